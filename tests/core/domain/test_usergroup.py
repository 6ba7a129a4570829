"""How an approver group follows a Slack user group."""

from __future__ import annotations

from datetime import timedelta

from core.domain.people import Person, SlackAccount
from core.domain.policy import ApproverGroup
from core.domain.usergroup import Reading, UserGroup
from tests.support.clock import MORNING, nth_id

GROUP = ApproverGroup(nth_id(1), "sres", frozenset({nth_id(9)}), "S01")
OWNERS = {("T01", "U01"): nth_id(11), ("T01", "U02"): nth_id(11), ("T02", "U03"): nth_id(12)}


def test_two_accounts_of_one_person_are_one_member_and_other_workspaces_are_nobody() -> None:
    read = GROUP.as_read(UserGroup("S01", "T01", ("U02", "U01", "U03")), OWNERS, MORNING)
    assert read.member_ids == {nth_id(11)}
    assert read.reading == Reading(MORNING, "T01", True, ("U03",))


def test_a_disabled_and_a_missing_user_group_have_nobody() -> None:
    for gone in (None, UserGroup("S01", "T01", ("U01",), enabled=False)):
        assert GROUP.as_read(gone, OWNERS, MORNING).member_ids == frozenset()


def test_freshness_is_asked_only_of_what_slack_keeps() -> None:
    later = MORNING + timedelta(seconds=1)
    read = GROUP.as_read(UserGroup("S01", "T01", ()), OWNERS, MORNING)
    assert [group.read_since(MORNING, MORNING) for group in (GROUP, read)] == [False, True]
    assert not read.read_since(later, later)
    assert ApproverGroup(nth_id(2), "ours").read_since(later, later)


def test_a_reading_from_a_clock_that_was_ahead_tells_nothing_and_gives_way() -> None:
    ahead = GROUP.as_read(UserGroup("S01", "T01", ("U01", "U02")), OWNERS, MORNING + timedelta(minutes=10))
    assert not ahead.read_since(MORNING - timedelta(hours=1), MORNING)
    assert ahead.as_read(UserGroup("S01", "T01", ()), OWNERS, MORNING).member_ids == frozenset()


def test_a_newcomer_is_in_and_no_longer_unknown() -> None:
    read = GROUP.as_read(UserGroup("S01", "T01", ("U01", "U07")), OWNERS, MORNING)
    person = Person(nth_id(13), "new@example.com", "New", slack=(SlackAccount("T01", "U07"),))
    joined = read.with_newcomer(person)
    assert joined.member_ids == {nth_id(11), nth_id(13)}
    assert joined.reading == Reading(MORNING, "T01")
    assert GROUP.with_newcomer(person) == GROUP
