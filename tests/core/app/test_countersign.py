"""Every command in every status, through the use cases, against a table written by hand from the design."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from core.domain.promotion import Promotion, Status
from tests.core.app.room import Room, code_of

OPEN = ("pending", "awaiting_approval")
STANDING = (*OPEN, "pending, blocked")
CLOSED = ("approved", "rejected", "cancelled", "expired", "deploying", "deployed", "failed", "rolled_back")

COMMANDS: dict[str, Callable[[Room, UUID], Awaitable[Any]]] = {
    "request": lambda room, _: room.request(),
    "evaluate": lambda room, id: room.evaluate(id),
    "approve": lambda room, id: room.approve("bob", id),
    "approve as the requester": lambda room, id: room.approve("alice", id),
    "approve as an outsider": lambda room, id: room.approve("olga", id),
    "approve as a program": lambda room, id: room.approve(room.ci, id),
    "reject": lambda room, id: room.reject("bob", id),
    "reject without a reason": lambda room, id: room.reject("bob", id, " "),
    "cancel": lambda room, id: room.cancel("alice", id),
    "cancel as admin": lambda room, id: room.cancel("ann", id),
    "cancel as an approver": lambda room, id: room.cancel("bob", id),
    "expire": lambda room, _: expire(room),
    "deploying": lambda room, id: room.report(id, "deploying"),
    "deployed": lambda room, id: room.report(id, "deployed"),
    "failed": lambda room, id: room.report(id, "failed"),
    "rolled_back": lambda room, id: room.report(id, "rolled_back"),
}


def open_or(in_open: str, in_closed: str) -> dict[str, str]:
    return dict.fromkeys(STANDING, in_open) | dict.fromkeys(CLOSED, in_closed)


# Command -> status -> what comes of it: the new status, or the code of the refusal.
EXPECTED: dict[str, dict[str, str]] = {
    "request": open_or("promotion_already_open", "pending"),
    "evaluate": open_or("awaiting_approval", "None") | {"pending, blocked": "pending"},
    "approve": open_or("approved", "already_decided") | {"pending, blocked": "gates_blocked"},
    "approve as the requester": open_or("separation_of_duties", "already_decided"),
    "approve as an outsider": open_or("not_in_approver_list", "already_decided"),
    "approve as a program": open_or("may_not_vote", "may_not_vote"),
    "reject": open_or("rejected", "already_decided"),
    "reject without a reason": open_or("invalid_request", "already_decided"),
    "cancel": open_or("cancelled", "already_decided"),
    "cancel as admin": open_or("cancelled", "already_decided"),
    "cancel as an approver": open_or("forbidden", "already_decided"),
    "expire": open_or("1", "0"),
    "deploying": dict.fromkeys((*STANDING, *CLOSED), "transition_not_allowed") | {"approved": "deploying"},
    "deployed": dict.fromkeys((*STANDING, *CLOSED), "transition_not_allowed") | {"deploying": "deployed"},
    "failed": dict.fromkeys((*STANDING, *CLOSED), "transition_not_allowed") | {"deploying": "failed"},
    "rolled_back": dict.fromkeys((*STANDING, *CLOSED), "transition_not_allowed")
    | dict.fromkeys(("deploying", "deployed", "failed"), "rolled_back"),
}


async def expire(room: Room) -> int:
    room.clock.advance(hours=24)
    return await room.countersign.deciding.expire_due()


async def brought_to(room: Room, standing: str) -> Promotion:
    """A promotion with one approval short of the quorum, or decided, brought there as people do it."""
    asked = await room.request()
    if standing == "pending, blocked":
        room.switch.passes = False
        return await room.evaluate(asked.id) or asked
    if standing in {"pending", "awaiting_approval"}:
        return await one_vote_short(room, asked, Status(standing))
    if standing == "rejected":
        return await room.reject("sam", asked.id)
    if standing == "cancelled":
        return await room.cancel("alice", asked.id)
    if standing == "expired":
        await expire(room)
        return room.stored(asked.id)
    await room.approve("sam", asked.id)
    decided = await room.approve("carol", asked.id)
    path = {"deployed": ("deploying",), "failed": ("deploying",), "rolled_back": ("deploying",)}
    for status in (*path.get(standing, ()), standing):
        if status != "approved":
            decided = await room.report(asked.id, status)
    return decided


async def one_vote_short(room: Room, asked: Promotion, status: Status) -> Promotion:
    """With Sam's vote, which has moved it on; what is to be pending is put back in the store."""
    voted = await room.approve("sam", asked.id)
    stored = replace(voted, status=status)
    room.memory.tables.promotions[asked.id] = stored
    return stored


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("standing", [*STANDING, *CLOSED])
async def test_every_command_in_every_status_does_what_the_table_says(room: Room, standing: str, command: str) -> None:
    promotion = await brought_to(room, standing)
    before = room.stored(promotion.id)
    expected = EXPECTED[command][standing]

    outcome = await code_of(COMMANDS[command](room, promotion.id))

    after = room.stored(promotion.id)
    assert outcome == expected
    if command == "expire":
        assert after.status == ("cancelled" if expected == "1" else before.status)
    elif command == "request" or expected not in list(Status):
        assert (after.status, after.votes) == (before.status, before.votes), "a refusal moves nothing"
    else:
        assert after.status == expected


@pytest.mark.parametrize("standing", CLOSED)
async def test_no_command_gives_a_decided_promotion_other_evidence(room: Room, standing: str) -> None:
    promotion = await brought_to(room, standing)
    sealed = room.evidence(promotion.id)

    for command in COMMANDS.values():
        await code_of(command(room, promotion.id))

    assert sealed is not None
    assert room.evidence(promotion.id) == sealed


async def test_what_does_not_exist_is_not_found_by_any_command(room: Room) -> None:
    nowhere = UUID(int=7)
    other = {"request", "evaluate", "expire", "approve as a program"}

    codes = {name: await code_of(command(room, nowhere)) for name, command in COMMANDS.items() if name not in other}

    assert set(codes.values()) == {"not_found"}, codes
    assert await room.evaluate(nowhere) is None
