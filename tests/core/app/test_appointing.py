"""Nobody makes a voter of themself, by no change that an administrator can make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.app.drafts import GroupDraft, PersonDraft
from core.domain.people import SYSTEM, Right, SlackAccount
from core.errors import NameTakenError, SeparationOfDutiesError
from tests.core.app.room import Room


def ann(room: Room) -> PersonDraft:
    person = room.people["ann"]
    return PersonDraft(person.email, person.name, person.roles, person.slack)


async def test_an_administrator_joins_no_approver_group_by_the_own_hand(room: Room) -> None:
    admin = room.countersign.administering
    mine = ("bob@example.com", "ann@example.com")
    with pytest.raises(SeparationOfDutiesError, match="make yourself an approver") as refused:
        await admin.update_group(room.actor("ann"), room.managers.id, GroupDraft("release-managers", mine))
    assert "another administrator" in refused.value.hint
    with pytest.raises(SeparationOfDutiesError):
        await admin.create_group(room.actor("ann"), GroupDraft("friends", mine))
    assert room.memory.tables.groups[room.managers.id] == room.managers

    await admin.update_group(SYSTEM, room.managers.id, GroupDraft("release-managers", mine))
    stays = await admin.update_group(room.actor("ann"), room.managers.id, GroupDraft("managers", mine))
    assert room.people["ann"].id in stays.member_ids, "who was let in by others may keep the group in order"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": frozenset({Right.ADMIN, Right.APPROVER})}, "role approver"),
        ({"roles": frozenset({Right.ADMIN, Right.EMERGENCY})}, "role emergency"),
        ({"slack": ()}, "Slack accounts"),
        ({"slack": (SlackAccount("T01", "U99"),)}, "Slack accounts"),
        ({"email": "ann.other@example.com"}, "e-mail address"),
    ],
)
async def test_an_administrator_does_not_change_who_they_are(room: Room, changes: dict[str, Any], said: str) -> None:
    admin, person = room.countersign.administering, room.people["ann"]
    with pytest.raises(SeparationOfDutiesError, match=said):
        await admin.update_person(room.actor("ann"), person.id, replace(ann(room), **changes))
    assert room.memory.tables.people[person.id] == person
    assert await admin.update_person(SYSTEM, person.id, replace(ann(room), **changes))


async def test_the_own_name_can_be_mended_and_rights_given_up(room: Room) -> None:
    admin, person = room.countersign.administering, room.people["ann"]
    less = replace(ann(room), email="ANN@example.com", name="Ann B.", roles=frozenset[Right](), active=False)
    changed = await admin.update_person(room.actor("ann"), person.id, less)
    assert (changed.name, changed.roles, changed.active) == ("Ann B.", frozenset(), False)


async def test_the_account_behind_a_request_is_not_handed_to_a_made_up_person(room: Room) -> None:
    """Ann asks, hands her account to Zed whom she has made up and let in, and would approve as Zed."""
    admin = room.countersign.administering
    await room.change("ann", roles=frozenset({Right.ADMIN, Right.REQUESTER}))
    asked = await room.awaiting(who="ann")
    zed = await admin.create_person(room.actor("ann"), PersonDraft("zed@example.com", "Zed"))
    await admin.update_group(room.actor("ann"), room.sres.id, GroupDraft("sre-team", ("zed@example.com",)))
    account = room.people["ann"].slack
    with pytest.raises(SeparationOfDutiesError):
        await admin.update_person(room.actor("ann"), room.people["ann"].id, replace(ann(room), slack=()))
    with pytest.raises(NameTakenError):
        await admin.update_person(room.actor("ann"), zed.id, PersonDraft("zed@example.com", "Zed", slack=account))
    assert room.stored(asked.id).votes == ()


async def test_an_administrator_hands_no_group_over_to_slack_where_they_may_be_in_it(room: Room) -> None:
    admin, ann_acts = room.countersign.administering, room.actor("ann")
    with pytest.raises(SeparationOfDutiesError, match="cannot hand an approver group over"):
        await admin.update_group(ann_acts, room.sres.id, GroupDraft("sre-team", (), "S0MINE"))
    with pytest.raises(SeparationOfDutiesError):
        await admin.create_group(ann_acts, GroupDraft("friends", (), "S0MINE"))
    kept = await admin.update_group(SYSTEM, room.sres.id, GroupDraft("sre-team", (), "S0MINE"))
    assert kept.slack_usergroup == "S0MINE"
    await admin.update_group(ann_acts, room.sres.id, GroupDraft("sre-team", (), "S0MINE"))
    given_up = await admin.update_group(ann_acts, room.sres.id, GroupDraft("sre-team", ("sam@example.com",)))
    assert given_up.slack_usergroup == ""


async def test_an_account_that_is_lent_for_a_while_stands_in_the_log(room: Room) -> None:
    bob = room.people["bob"]
    lent = PersonDraft(bob.email, bob.name, bob.roles, (SlackAccount("T01", "U99"),))
    await room.countersign.administering.update_person(room.actor("ann"), bob.id, lent)
    assert room.memory.tables.audit[-1].details["slack"] == ["T01/U99"]
    leaf = room.memory.tables.log.leaves[-1].content
    assert b"T01/U99" in leaf
    assert b"@example.com" not in leaf
