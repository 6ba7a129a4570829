"""One human has one vote, whatever accounts there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.drafts import PersonDraft
from core.app.installations import Installation
from core.domain.people import SYSTEM, SlackAccount
from core.errors import InvalidError, NotAVoterError
from tests.core.app.room import Room
from tests.support.clock import MORNING, nth_id


def draft(handle: str, *accounts: SlackAccount) -> PersonDraft:
    return PersonDraft(f"{handle}@example.com", handle.title(), slack=accounts)


async def test_a_user_of_an_organisation_is_one_human_in_all_of_its_workspaces(room: Room) -> None:
    admin = room.countersign.administering
    eve = await admin.create_person(SYSTEM, draft("eve", SlackAccount("T51", "W09")))
    with pytest.raises(InvalidError, match=r"W09 is Eve in another workspace"):
        await admin.create_person(SYSTEM, draft("mallory", SlackAccount("T52", "W09")))
    both = draft("eve", SlackAccount("T51", "W09"), SlackAccount("T52", "W09"), SlackAccount("E05", "W09"))
    assert len((await admin.update_person(SYSTEM, eve.id, both)).slack) == 3
    with pytest.raises(InvalidError, match="one human has one vote"):
        await room.countersign.access.link_slack_account(SYSTEM, "bob@example.com", SlackAccount("T53", "W09"))


async def test_other_user_ids_mean_nothing_beyond_their_workspace(room: Room) -> None:
    known = room.people["bob"].slack[0]
    made = await room.countersign.administering.create_person(SYSTEM, draft("eve", replace(known, team="T99")))
    assert made.slack == (replace(known, team="T99"),)


async def installed(room: Room, team: str, enterprise: str) -> None:
    made = Installation(nth_id(int(team[1:], 36)), team, team, enterprise, "U0BOT", (), "sealed", MORNING)
    await room.memory.write(lambda store: store.installations.put(made))


async def test_in_workspaces_of_one_organisation_any_user_id_is_one_human(room: Room) -> None:
    admin = room.countersign.administering
    for team, enterprise in (("T61", "E06"), ("T62", "E06"), ("T63", ""), ("T64", "E07")):
        await installed(room, team, enterprise)
    eve = await admin.create_person(SYSTEM, draft("eve", SlackAccount("T61", "U77")))
    for team in ("T62", "E06"):
        with pytest.raises(InvalidError, match=r"U77 is Eve in another workspace"):
            await admin.create_person(SYSTEM, draft("mallory", SlackAccount(team, "U77")))
    both = draft("eve", SlackAccount("T61", "U77"), SlackAccount("T62", "U77"))
    assert len((await admin.update_person(SYSTEM, eve.id, both)).slack) == 2
    others = draft("una", SlackAccount("T63", "U77"), SlackAccount("T64", "U77"))
    assert len((await admin.create_person(SYSTEM, others)).slack) == 2, "these are elsewhere"


async def test_an_account_in_all_of_an_organisation_may_be_the_one_in_a_workspace_nobody_knows(room: Room) -> None:
    admin = room.countersign.administering
    await admin.create_person(SYSTEM, draft("eve", SlackAccount("T71", "U77")))
    with pytest.raises(InvalidError, match="one human has one vote"):
        await admin.create_person(SYSTEM, draft("mallory", SlackAccount("E06", "U77")))


async def test_who_is_two_people_in_an_organisation_acts_as_neither(room: Room) -> None:
    """Slack says only with a deed which organisation a workspace belongs to, so the two could be stored."""
    admin, access = room.countersign.administering, room.countersign.access
    eve = await admin.create_person(SYSTEM, draft("eve", SlackAccount("T81", "U77")))
    mallory = await admin.create_person(SYSTEM, draft("mallory", SlackAccount("T82", "U77")))
    for team in ("T81", "T82"):
        with pytest.raises(NotAVoterError, match="one human has one vote"):
            await access.by_slack(team, "U77", enterprise="E08")
    assert (await access.by_slack("T81", "U77")).ref.id == eve.id, "in workspaces of none they are two"
    await installed(room, "T82", "")
    assert (await access.by_slack("T81", "U77", enterprise="E08")).ref.id == eve.id, (
        "the other is known to be elsewhere"
    )
    await admin.update_person(SYSTEM, mallory.id, draft("mallory"))
    await admin.update_person(SYSTEM, eve.id, draft("eve", SlackAccount("T81", "U77"), SlackAccount("T82", "U77")))
    assert (await access.by_slack("T82", "U77", enterprise="E08")).ref.id == eve.id
