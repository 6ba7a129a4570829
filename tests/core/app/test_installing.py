"""Letting workspaces in and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.installations import Installation
from core.app.installing import Installing
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.errors import ForbiddenError, NotFoundError
from tests.core.app.room import Room
from tests.support.clock import MORNING, nth_id

ONE = Installation(nth_id(901), "T02", "Second", "", "U0", ("commands",), "sealed", MORNING)


@pytest.fixture
def installing(room: Room) -> Installing:
    return Installing(room.countersign.ports)


async def admit(
    installing: Installing, installation: Installation = ONE, *, listed: bool = False, invite: str = ""
) -> None:
    until = MORNING + timedelta(hours=1)
    await installing.admit(SYSTEM, installation, listed=listed, invite=invite, until=until)


async def test_nobody_comes_in_without_a_reason(installing: Installing, room: Room) -> None:
    with pytest.raises(ForbiddenError, match=r"Second \(T02\) may not use"):
        await admit(installing)
    assert await installing.all() == ()
    assert room.memory.tables.audit[-1].action is not Action.WORKSPACE_INSTALLED


async def test_an_invite_is_used_up_only_by_who_needs_it(installing: Installing) -> None:
    await admit(installing, listed=True, invite="i")
    await admit(installing, replace(ONE, sealed="again"), invite="i")
    await admit(installing, replace(ONE, id=nth_id(902), team="T03"), invite="i")
    with pytest.raises(ForbiddenError):
        await admit(installing, replace(ONE, id=nth_id(903), team="T04"), invite="i")
    assert [(each.team, each.sealed) for each in await installing.all()] == [("T02", "again"), ("T03", "sealed")]


async def test_a_workspace_keeps_its_identity_through_closing_and_coming_back(
    installing: Installing, room: Room
) -> None:
    await admit(installing, listed=True)
    assert await installing.close(SYSTEM, "T02", "tokens_revoked")
    assert not await installing.close(SYSTEM, "T02", "tokens_revoked")
    assert not await installing.close(SYSTEM, "T09", "tokens_revoked")
    (closed,) = await installing.all()
    assert (closed.is_open, closed.sealed, closed.closed_because) == (False, "", "tokens_revoked")
    await admit(installing, replace(ONE, id=nth_id(904)))
    (back,) = await installing.all()
    assert (back.id, back.is_open) == (ONE.id, True)
    told = [Action.WORKSPACE_INSTALLED, Action.WORKSPACE_CLOSED, Action.WORKSPACE_INSTALLED]
    assert room.actions(ONE.id) == told


async def test_a_removed_one_needs_a_reason_again(installing: Installing) -> None:
    await admit(installing, listed=True)
    assert (await installing.remove(SYSTEM, "T02")).name == "Second"
    with pytest.raises(NotFoundError, match="no workspace T02"):
        await installing.remove(SYSTEM, "T02")
    with pytest.raises(ForbiddenError):
        await admit(installing)
