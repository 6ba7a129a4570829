from __future__ import annotations

import pytest

from core.domain.people import (
    ROLES,
    SERVICE_SCOPES,
    SYSTEM,
    SYSTEM_REF,
    Actor,
    ActorKind,
    Person,
    Right,
    ServiceAccount,
    SlackAccount,
)
from core.errors import ForbiddenError, InvalidError
from tests.core.domain.samples import BOB_REF, CI_REF
from tests.support.clock import nth_id


def test_no_program_can_be_given_the_scope_to_vote() -> None:
    assert Right.APPROVER not in SERVICE_SCOPES


def test_an_email_address_does_not_care_for_letter_case() -> None:
    assert Person(nth_id(1), " Bob@Example.COM ", "Bob").email == "bob@example.com"


@pytest.mark.parametrize("email", ["bob", "", "bob\u200b@example.com", "x" * 250 + "@example.com", "bob＠example.com"])  # noqa: RUF001
def test_what_is_no_email_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidError) as caught:
        Person(nth_id(1), email, "Bob")

    assert caught.value.field == "email"


@pytest.mark.parametrize("right", sorted(set(Right) - ROLES))
def test_a_person_cannot_hold_what_is_no_role(right: Right) -> None:
    with pytest.raises(InvalidError, match=f"^{right} is not a role$") as caught:
        Person(nth_id(1), "bob@example.com", "Bob", frozenset({right}))

    assert caught.value.field == "roles"
    assert caught.value.hint == "Roles are admin, approver, emergency, requester, waiver."


@pytest.mark.parametrize(
    ("team", "user", "field"),
    [
        ("", "U1", "slack.team"),
        ("t01", "U1", "slack.team"),
        ("X01", "U1", "slack.team"),
        ("T01\n", "U1", "slack.team"),
        ("T" * 40, "U1", "slack.team"),
        ("T01", "", "slack.user"),
        ("T01", "B01", "slack.user"),
        ("T01", "U01\n", "slack.user"),
        ("T01", "<!channel>", "slack.user"),
    ],
)
def test_what_is_no_slack_id_is_refused_where_it_is_written(team: str, user: str, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        SlackAccount(team, user)

    assert caught.value.field == field


def test_enterprise_ids_are_slack_ids_too() -> None:
    assert SlackAccount("E0123ABC", "W0123ABC").blocked_by == ""


def test_a_service_account_has_a_name_that_can_be_seen() -> None:
    with pytest.raises(InvalidError):
        ServiceAccount(nth_id(1), "ci\u202e")


@pytest.mark.parametrize("held", Right)
@pytest.mark.parametrize("wanted", Right)
def test_a_scope_opens_what_it_names_and_admin_everything_and_everybody_reads(held: Right, wanted: Right) -> None:
    actor = Actor(CI_REF, "rest", frozenset({held}))

    if wanted in {held, Right.READER} or held is Right.ADMIN:
        actor.require_scope(wanted)
        return
    with pytest.raises(ForbiddenError) as caught:
        actor.require_scope(wanted)
    assert caught.value.params == {"missingScope": wanted.value}
    assert caught.value.hint == f"Use a token made with --scope {wanted}."


def test_a_token_without_any_scope_only_reads() -> None:
    actor = Actor(CI_REF, "rest", frozenset())

    actor.require_scope(Right.READER)
    with pytest.raises(ForbiddenError):
        actor.require_scope(Right.REQUESTER)


def test_one_of_several_wanted_scopes_is_enough() -> None:
    Actor(CI_REF, "rest", frozenset({Right.DEPLOYER})).require_scope(Right.PUBLISHER, Right.DEPLOYER)


def test_who_comes_without_a_token_is_limited_by_no_scope() -> None:
    Actor(BOB_REF, "slack").require_scope(Right.ADMIN)


def test_the_system_is_nobody_and_no_person() -> None:
    assert SYSTEM_REF.id is None
    assert SYSTEM.ref.kind is ActorKind.SYSTEM
    assert not SYSTEM.is_person
    assert not Actor(CI_REF, "rest").is_person
    assert Actor(BOB_REF, "rest").is_person


def test_the_correlation_id_does_not_make_somebody_else_of_an_actor() -> None:
    assert Actor(BOB_REF, "rest", correlation_id="a") == Actor(BOB_REF, "rest", correlation_id="b")


@pytest.mark.parametrize(
    ("active", "flags", "may_vote"),
    [
        (True, (), True),
        (True, ("",), True),
        (True, ("deleted", ""), True),
        (True, ("is_restricted",), False),
        (True, ("deleted", "is_stranger"), False),
        (False, (), False),
        (False, ("",), False),
    ],
)
def test_somebody_votes_who_is_active_and_not_known_to_slack_as_a_stranger_alone(
    active: bool, flags: tuple[str, ...], may_vote: bool
) -> None:
    accounts = tuple(SlackAccount("T01", f"U{number}", flag) for number, flag in enumerate(flags))

    assert Person(nth_id(1), "bob@example.com", "Bob", slack=accounts, active=active).may_vote is may_vote
