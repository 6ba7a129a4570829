from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.access import MAX_TOKEN_LENGTH, MAX_TOKEN_LIFE, CreateToken
from core.app.tokens import token_digest
from core.domain.events import Action
from core.domain.people import SYSTEM, ActorKind, Right, SlackAccount
from core.errors import InvalidError, NameTakenError, NotFoundError, UnauthenticatedError, UnknownPersonError
from tests.core.app.room import Room, code_of
from tests.support.clock import nth_id

BOBS = CreateToken(person_email="bob@example.com")
DEPLOYER = CreateToken(service_name="argo", scopes=frozenset({Right.DEPLOYER}))


def only(*rights: Right) -> frozenset[Right]:
    return frozenset(rights)


async def test_a_token_stands_for_its_person_with_the_persons_own_rights(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)

    actor = await room.countersign.access.by_token(issued.text, "c-1")

    assert (actor.ref.id, actor.door, actor.scopes) == (room.people["bob"].id, "rest", None)
    assert actor.correlation_id == "c-1"
    assert issued.scopes == {Right.APPROVER, Right.READER}


async def test_a_token_is_stored_as_its_hash_and_shown_once(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)

    assert issued.text.startswith("csn_")
    assert issued.token.digest == token_digest(issued.text)
    assert issued.text not in repr(room.memory.tables)


async def test_the_audit_log_names_the_holder_and_no_secret(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)

    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id, entry.details) == (Action.TOKEN_CREATED, issued.token.id, {"holder": "Bob"})


@pytest.mark.parametrize("text", ["", "csn_", "nonsense", "x" * (MAX_TOKEN_LENGTH + 1), "csn_\ud800", "csn_\0"])
async def test_a_token_that_nobody_made_opens_nothing(room: Room, text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        await room.countersign.access.by_token(text)


async def test_the_hash_of_a_token_is_no_token(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)

    with pytest.raises(UnauthenticatedError):
        await room.countersign.access.by_token(issued.token.digest)


async def test_a_token_ends_at_its_time_and_not_before(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, replace(BOBS, valid_for=timedelta(hours=1)))

    room.clock.advance(timedelta(hours=1) - timedelta(microseconds=1))
    await room.countersign.access.by_token(issued.text)
    room.clock.advance(timedelta(microseconds=1))
    with pytest.raises(UnauthenticatedError):
        await room.countersign.access.by_token(issued.text)


@pytest.mark.parametrize("span", [timedelta(0), timedelta(hours=-1), MAX_TOKEN_LIFE + timedelta(1), timedelta.max])
async def test_a_token_is_valid_for_some_time_that_makes_sense(room: Room, span: timedelta) -> None:
    with pytest.raises(InvalidError) as caught:
        await room.countersign.access.create_token(SYSTEM, replace(BOBS, valid_for=span))

    assert caught.value.field == "expires"
    assert not room.memory.tables.tokens


async def test_a_revoked_token_opens_nothing_and_says_no_more_than_any_other(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)

    await room.countersign.access.revoke_token(SYSTEM, issued.token.id)

    with pytest.raises(UnauthenticatedError, match="unknown, expired or revoked"):
        await room.countersign.access.by_token(issued.text)
    assert room.memory.tables.audit[-1].action is Action.TOKEN_REVOKED


async def test_only_a_token_that_exists_can_be_revoked(room: Room) -> None:
    with pytest.raises(NotFoundError):
        await room.countersign.access.revoke_token(SYSTEM, nth_id(1))


async def test_a_token_of_somebody_since_deactivated_does_nothing(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, BOBS)
    promotion = await room.awaiting()
    await room.change("bob", active=False)

    actor = await room.countersign.access.by_token(issued.text)

    assert await code_of(room.approve(actor, promotion.id)) == "may_not_vote"
    assert await code_of(room.cancel(actor, promotion.id)) == "may_not_vote"
    assert await code_of(room.countersign.reading.promotion(actor, promotion.id)) == "may_not_vote"


@pytest.mark.parametrize("command", [CreateToken(), replace(BOBS, service_name="ci")])
async def test_a_token_belongs_to_exactly_one_holder(room: Room, command: CreateToken) -> None:
    with pytest.raises(InvalidError):
        await room.countersign.access.create_token(SYSTEM, command)


async def test_nobody_unknown_gets_a_token(room: Room) -> None:
    with pytest.raises(NotFoundError):
        await room.countersign.access.create_token(SYSTEM, CreateToken(person_email="eve@example.com"))


@pytest.mark.parametrize(
    "scopes", [frozenset(), frozenset({Right.APPROVER}), frozenset({Right.DEPLOYER, Right.APPROVER})]
)
async def test_a_service_account_gets_no_token_without_scopes_and_none_to_vote(
    room: Room, scopes: frozenset[Right]
) -> None:
    with pytest.raises(InvalidError, match="programs do not vote") as caught:
        await room.countersign.access.create_token(SYSTEM, replace(DEPLOYER, scopes=scopes))

    assert caught.value.field == "scope"
    assert not room.memory.tables.services


async def test_a_service_account_is_made_with_its_first_token_and_known_by_the_second(room: Room) -> None:
    first = await room.countersign.access.create_token(SYSTEM, DEPLOYER)
    second = await room.countersign.access.create_token(SYSTEM, replace(DEPLOYER, service_name="ARGO"))

    assert first.token.service_id == second.token.service_id
    actor = await room.countersign.access.by_token(first.text)
    assert (actor.ref.kind, actor.ref.name, actor.scopes) == (ActorKind.SERVICE, "argo", only(Right.DEPLOYER))


async def test_a_programs_token_whose_scopes_were_lost_may_do_nothing_but_read(room: Room) -> None:
    issued = await room.countersign.access.create_token(SYSTEM, DEPLOYER)
    room.memory.tables.tokens[issued.token.id] = replace(issued.token, scopes=None)

    actor = await room.countersign.access.by_token(issued.text)

    assert actor.scopes == frozenset()
    assert await code_of(room.request(actor)) == "forbidden"


async def test_a_persons_token_can_be_narrowed_but_not_widened(room: Room) -> None:
    narrow = await room.countersign.access.create_token(SYSTEM, replace(BOBS, scopes=frozenset({Right.READER})))
    wide = await room.countersign.access.create_token(SYSTEM, replace(BOBS, scopes=frozenset({Right.ADMIN})))
    promotion = await room.awaiting()

    reader = await room.countersign.access.by_token(narrow.text)
    claims_admin = await room.countersign.access.by_token(wide.text)

    assert (narrow.scopes, wide.scopes) == (only(Right.READER), only())
    assert await code_of(room.approve(reader, promotion.id)) == "forbidden"
    assert await code_of(room.cancel(claims_admin, promotion.id)) == "forbidden"


async def test_the_list_of_tokens_names_holders_and_what_each_may_do_now(room: Room) -> None:
    await room.countersign.access.create_token(SYSTEM, BOBS)
    room.clock.advance(seconds=1)
    await room.countersign.access.create_token(SYSTEM, DEPLOYER)
    await room.members(room.managers, "carol")

    listed = await room.countersign.access.tokens()

    assert [(each.holder, each.scopes) for each in listed] == [
        ("argo", only(Right.DEPLOYER)),
        ("Bob", only(Right.READER)),
    ]


async def test_a_slack_account_stands_for_its_person(room: Room) -> None:
    account = room.people["bob"].slack[0]

    actor = await room.countersign.access.by_slack(account.team, account.user, "c-2")

    assert (actor.ref.id, actor.ref.name, actor.door) == (room.people["bob"].id, "Bob", "slack")
    assert (actor.account, actor.correlation_id) == (account, "c-2")


@pytest.mark.parametrize("team_and_user", [("T02", "U01"), ("T01", "U99"), ("", "")])
async def test_an_account_of_nobody_is_told_whom_to_ask(room: Room, team_and_user: tuple[str, str]) -> None:
    with pytest.raises(UnknownPersonError) as caught:
        await room.countersign.access.by_slack(*team_and_user)

    assert "administrator" in caught.value.hint


async def test_an_account_of_an_organisation_is_one_in_each_of_its_workspaces(room: Room) -> None:
    access = room.countersign.access
    await access.link_slack_account(SYSTEM, "bob@example.com", SlackAccount("E05", "W09"))

    actor = await access.by_slack("T51", "W09", enterprise="E05")

    assert (actor.ref.name, actor.account) == ("Bob", SlackAccount("T51", "W09"))
    for team, enterprise in (("T51", ""), ("T51", "E06")):
        with pytest.raises(UnknownPersonError):
            await access.by_slack(team, "W09", enterprise=enterprise)


@pytest.mark.parametrize("flag", ["deleted", "is_bot", "is_restricted", "is_stranger"])
async def test_what_slack_says_of_an_account_holds_at_the_next_vote(room: Room, flag: str) -> None:
    known = room.people["bob"].slack[0]
    promotion = await room.awaiting()

    await room.countersign.access.note_slack_account(replace(known, blocked_by=flag))
    actor = await room.countersign.access.by_slack(known.team, known.user)

    assert await code_of(room.approve(actor, promotion.id)) == "may_not_vote"
    await room.countersign.access.note_slack_account(known)
    actor = await room.countersign.access.by_slack(known.team, known.user)
    assert await code_of(room.approve(actor, promotion.id)) == "awaiting_approval"


async def test_of_accounts_that_nobody_has_nothing_is_kept(room: Room) -> None:
    before = room.memory.tables.copy()

    await room.countersign.access.note_slack_account(SlackAccount("T01", "U99"))

    assert room.memory.tables == before


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@Example.com", " bob@example.com "])
async def test_an_account_is_linked_by_its_verified_address(room: Room, email: str) -> None:
    linked = await room.countersign.access.link_slack_account(SYSTEM, email, SlackAccount("T09", "U09"))

    assert linked
    actor = await room.countersign.access.by_slack("T09", "U09")
    assert actor.ref.id == room.people["bob"].id
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id) == (Action.PERSON_UPDATED, actor.ref.id)
    assert len(room.memory.tables.people[room.people["bob"].id].slack) == 2


@pytest.mark.parametrize("email", ["\uff42ob@example.com", "bob@exam\u017fple.com", "eve@example.com", "", "bob\ud800"])
async def test_an_address_that_only_looks_like_somebodys_links_nothing(room: Room, email: str) -> None:
    assert not await room.countersign.access.link_slack_account(SYSTEM, email, SlackAccount("T09", "U09"))
    with pytest.raises(UnknownPersonError):
        await room.countersign.access.by_slack("T09", "U09")


async def test_a_mailbox_is_not_another_one_that_folds_to_the_same_name(room: Room) -> None:
    await room.change("bob", name="Bob")
    person = replace(room.people["bob"], email="strasse@example.com")
    room.memory.tables.people[person.id] = person

    assert not await room.countersign.access.link_slack_account(
        SYSTEM, "straße@example.com", SlackAccount("T09", "U09")
    )


async def test_no_account_is_linked_to_somebody_deactivated_or_taken_from_somebody_else(room: Room) -> None:
    await room.change("carol", active=False)

    assert not await room.countersign.access.link_slack_account(SYSTEM, "carol@example.com", SlackAccount("T09", "U09"))
    with pytest.raises(NameTakenError):
        await room.countersign.access.link_slack_account(SYSTEM, "bob@example.com", room.people["alice"].slack[0])
