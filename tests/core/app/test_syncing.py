"""Who is in an approver group when Slack says so, and what happens while Slack says nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.countersign import Countersign
from core.app.drafts import GroupDraft
from core.app.outbox import Errand
from core.app.syncing import ALL_USERGROUPS
from core.app.usergroups import Heard
from core.domain.events import Action
from core.domain.people import SYSTEM, SlackAccount
from core.domain.policy import ApproverGroup
from core.domain.promotion import Promotion, Status
from core.domain.usergroup import UserGroup
from core.errors import MembershipUnknownError, NotEligibleError, UnavailableError
from tests.core.app.room import Room, code_of

HOUR = timedelta(hours=1)
SAM, OLGA = "U04", "U06"


class Slack:
    """User groups that a test changes; `away` is what keeps Slack from answering."""

    def __init__(self) -> None:
        self.groups = {"S01": UserGroup("S01", "T01", (SAM,))}
        self.away = ""
        self.silent: frozenset[str] = frozenset()
        self.asked = 0

    async def all(self) -> Heard:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise UnavailableError(self.away)
        return Heard(dict(self.groups), self.silent, "T02 does not answer" if self.silent else "")

    def has(self, *users: str, enabled: bool = True) -> None:
        self.groups["S01"] = UserGroup("S01", "T01", users, enabled)


@pytest.fixture
def slack(room: Room) -> Slack:
    """Connect the room to a Slack."""
    made = Slack()
    room.countersign = Countersign(replace(room.countersign.ports, usergroups=made))
    return made


async def kept_by_slack(room: Room) -> ApproverGroup:
    """Let Slack say from now on who is in the SRE team."""
    draft = GroupDraft("sre-team", (), "S01")
    return await room.countersign.administering.update_group(SYSTEM, room.sres.id, draft)


async def one_approval(room: Room) -> Promotion:
    """A request that the SRE team alone decides, with one vote."""
    environment = await room.environment("Europe", gates={})
    await room.policy_for(environment, 1, "sre-team")
    return await room.awaiting(to=environment)


def members(room: Room) -> set[str]:
    stored = room.memory.tables.groups[room.sres.id]
    return {handle for handle, person in room.people.items() if person.id in stored.member_ids}


async def test_members_are_those_of_the_user_group_and_the_unknown_are_left_out(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    slack.has(SAM, OLGA, "U77")
    (group,) = await room.countersign.syncing.sync()
    assert members(room) == {"sam", "olga"}
    assert group.reading is not None
    assert (group.reading.at, group.reading.unknown) == (room.clock(), ("U77",))
    assert room.actions(group.id)[-1] is Action.GROUP_UPDATED


async def test_a_sync_that_changes_nobody_leaves_no_trace_but_its_time(room: Room, slack: Slack) -> None:
    group = await kept_by_slack(room)
    await room.countersign.syncing.sync()
    written = len(room.actions(group.id))
    room.clock.advance(HOUR)
    (again,) = await room.countersign.syncing.sync()
    assert again.read_since(room.clock(), room.clock())
    assert len(room.actions(group.id)) == written


async def test_cards_are_brought_up_to_date_when_members_change(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    promotion = await one_approval(room)
    await room.countersign.syncing.sync()
    room.run_errands()
    slack.has(SAM, OLGA)
    await room.countersign.syncing.sync()
    assert {(Errand.CARD, promotion.id), (Errand.NOTICES, promotion.id)} <= room.errands()


async def test_without_such_groups_slack_is_not_asked(room: Room, slack: Slack) -> None:
    assert await room.countersign.syncing.sync() == ()
    await room.countersign.syncing.ask_soon()
    assert slack.asked == 0
    assert (Errand.USERGROUPS, ALL_USERGROUPS) not in room.errands()


async def test_a_new_group_is_asked_for_at_once(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    assert (Errand.USERGROUPS, ALL_USERGROUPS) in room.errands()


@pytest.mark.parametrize("gone", ["disabled", "deleted"])
async def test_a_disabled_or_deleted_user_group_approves_nothing(room: Room, slack: Slack, gone: str) -> None:
    await kept_by_slack(room)
    promotion = await one_approval(room)
    await room.countersign.syncing.sync()
    if gone == "disabled":
        slack.has(SAM, enabled=False)
    else:
        slack.groups.clear()
    await room.countersign.syncing.sync()
    with pytest.raises(NotEligibleError):
        await room.approve("sam", promotion.id)


async def test_a_vote_reads_members_that_are_too_old_and_counts_on_what_it_read(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    promotion = await one_approval(room)
    await room.countersign.syncing.sync()
    room.clock.advance(HOUR)
    slack.has(OLGA)
    assert slack.asked == 1
    with pytest.raises(NotEligibleError):
        await room.approve("olga", promotion.id)  # an hour is not yet too old
    room.clock.advance(seconds=1)
    with pytest.raises(NotEligibleError):
        await room.approve("sam", promotion.id)
    assert slack.asked == 2
    assert (await room.approve("olga", promotion.id)).status is Status.APPROVED
    assert slack.asked == 2


@pytest.mark.parametrize("choice", ["approve", "reject"])
async def test_without_slack_old_members_decide_nothing_and_that_is_said(room: Room, slack: Slack, choice: str) -> None:
    await kept_by_slack(room)
    promotion = await one_approval(room)
    await room.countersign.syncing.sync()
    room.clock.advance(HOUR, seconds=1)
    slack.away = "Slack is away"
    with pytest.raises(MembershipUnknownError, match=r"sre-team.*Slack is away"):
        await getattr(room, choice)("sam", promotion.id)
    assert room.stored(promotion.id).votes == ()
    slack.away = ""
    assert (await getattr(room, choice)("sam", promotion.id)).is_open is False


async def test_other_groups_go_on_while_slack_is_away(room: Room, slack: Slack) -> None:
    slack.away = "Slack is away"
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    assert slack.asked == 0


async def test_a_list_of_members_lets_nobody_in_where_slack_keeps_them(room: Room, slack: Slack) -> None:
    promotion = await one_approval(room)
    listed = GroupDraft("sre-team", (room.people["olga"].email,), "S01")
    await room.countersign.administering.update_group(SYSTEM, room.sres.id, listed)
    with pytest.raises(NotEligibleError):
        await room.approve("olga", promotion.id)
    assert members(room) == {"sam"}


async def test_many_votes_at_once_end_in_one_decision(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    slack.has(SAM, OLGA)
    promotion = await one_approval(room)
    votes = (room.approve(who, promotion.id) for who in ("sam", "olga", "bob"))
    outcomes = await asyncio.gather(*votes, return_exceptions=True)
    assert sum(isinstance(each, Promotion) for each in outcomes) == 1


async def test_an_older_answer_never_replaces_a_newer_one(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    room.clock.advance(seconds=30)
    await room.countersign.syncing.sync()
    room.clock.now -= timedelta(seconds=30)
    slack.has(OLGA)
    await room.countersign.syncing.sync()
    assert members(room) == {"sam"}


async def test_an_answer_from_a_clock_that_was_ahead_is_replaced_by_the_next(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    promotion = await one_approval(room)
    room.clock.advance(HOUR)
    await room.countersign.syncing.sync()
    room.clock.now -= HOUR
    slack.has(OLGA)
    assert await code_of(room.approve("sam", promotion.id)) == "not_in_approver_list"
    assert members(room) == {"olga"}


async def test_somebody_linked_after_the_reading_is_in_the_group_at_once(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    slack.has("U77")
    promotion = await one_approval(room)
    (before,) = await room.countersign.syncing.sync()
    assert before.member_ids == frozenset()
    account = SlackAccount("T01", "U77")
    assert await room.countersign.access.link_slack_account(SYSTEM, "olga@example.com", account)
    assert (await room.approve("olga", promotion.id)).status is Status.APPROVED
    stored = room.memory.tables.groups[room.sres.id].reading
    assert stored is not None
    assert stored.unknown == ()


async def test_what_slack_says_of_an_account_refreshes_what_waits_for_its_vote(room: Room) -> None:
    promotion = await room.awaiting()
    room.run_errands()
    guest = SlackAccount("T01", "U01", "is_restricted")
    await room.countersign.access.note_slack_account(guest)
    assert (Errand.CARD, promotion.id) in room.errands()
    room.run_errands()
    await room.countersign.access.note_slack_account(guest)
    assert room.errands() == set()


async def test_a_workspace_that_is_silent_leaves_its_groups_as_they_were(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    await room.countersign.syncing.sync()
    room.clock.advance(HOUR)
    slack.silent = frozenset({"T02"})
    await room.countersign.syncing.sync()
    assert members(room) == {"sam"}, "T01 has spoken"
    room.clock.advance(HOUR)
    slack.silent = frozenset({"T01"})
    slack.groups.clear()
    with pytest.raises(UnavailableError, match="does not answer"):
        await room.countersign.syncing.sync()
    assert members(room) == {"sam"}
    slack.silent = frozenset()
    await room.countersign.syncing.sync()
    assert members(room) == set(), "nobody knows that group"


async def test_a_group_never_read_is_not_empty_while_any_workspace_is_silent(room: Room, slack: Slack) -> None:
    await kept_by_slack(room)
    slack.groups.clear()
    slack.silent = frozenset({""})
    with pytest.raises(UnavailableError, match="does not answer"):
        await room.countersign.syncing.sync()
    assert room.memory.tables.groups[room.sres.id].reading is None
