"""One human has one vote, whatever accounts there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.drafts import PersonDraft
from core.domain.people import SYSTEM, SlackAccount
from core.errors import InvalidError
from tests.core.app.room import Room


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
