"""Decisions by a key that is elsewhere: whole or not at all, whatever happens while it signs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from core.app.outbox import Errand
from core.app.ports import Store
from core.app.sealing import ROUNDS, signed
from core.domain.events import Action
from core.domain.promotion import CloseReason
from core.errors import (
    AlreadyDecidedError,
    AlreadyVotedError,
    GatesBlockedError,
    SigningUnavailableError,
    UnavailableError,
)
from core.evidence.attestation_verification import verify_attestation
from core.evidence.exports import all_exports
from core.evidence.log.entries import decision_entry
from core.evidence.verification import verify
from tests.core.app.room import Room
from tests.core.evidence.samples import SIGNER, ring

Meanwhile = Callable[[], Awaitable[Any]]


class Elsewhere:
    """A key that others can get ahead of: what is in `meanwhile` happens before it signs, one each time."""

    def __init__(self, *meanwhile: Meanwhile) -> None:
        self.meanwhile = list(meanwhile)
        self.asked: list[int] = []

    async def __call__(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        self.asked.append(len(messages))
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        return [SIGNER.sign(message) for message in messages]


class Inside:
    """Transactions that know whether one is under way."""

    def __init__(self, room: Room) -> None:
        self.under_way = 0
        self._whole = room.memory

    async def write(self, body: Callable[[Store], Any]) -> Any:
        self.under_way += 1
        try:
            return await self._whole.write(body)
        finally:
            self.under_way -= 1

    async def read(self, body: Callable[[Store], Any]) -> Any:
        return await self._whole.read(body)


def assert_evidence_holds(room: Room, id: Any) -> None:
    packet = room.evidence(id)
    assert packet is not None
    assert verify(packet.to_file(), ring()).ok
    mine = str(packet.id).encode()
    leaves = [leaf for leaf in room.memory.tables.log.leaves if b'"packetId":"' + mine in leaf.content]
    assert leaves == [decision_entry(packet)], "a leaf for what is stored, none for what was only planned"
    attestations = tuple(each for each in room.memory.tables.attestations.values() if each.packet_id == packet.id)
    exports = all_exports(packet, attestations)[1:]
    assert exports
    assert all(verify_attestation(export.content, ring()).ok for export in exports)


async def test_each_way_to_decide_is_signed_outside_of_any_transaction(room: Room) -> None:
    inside = Inside(room)
    room.use(inside)
    seen: list[int] = []

    async def look() -> None:
        seen.append(inside.under_way)

    elsewhere = Elsewhere(*[look] * 20)
    room.sign_elsewhere(elsewhere)
    gated = await room.environment("Gated", gates={"switch": {}})
    await room.policy_for(gated, 0)
    approved = await room.approved()
    rejected = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    await room.reject("bob", rejected.id)
    cancelled = await room.awaiting(release=await room.a_release_with_scan("1.6.0"))
    await room.cancel("alice", cancelled.id)
    by_gates = await room.awaiting(to=gated)
    expired = await room.awaiting(release=await room.a_release_with_scan("1.7.0"))
    room.clock.advance(hours=24)
    assert await room.countersign.deciding.expire_due() == 1

    for promotion in (approved, rejected, cancelled, by_gates, expired):
        assert_evidence_holds(room, promotion.id)
        assert len([each for each in room.actions(promotion.id) if each is Action.PROMOTION_REQUESTED]) == 1
    assert elsewhere.asked == [3, 2, 2, 3, 2], "packet and statement, and the result of what was allowed"
    assert seen == [0] * 5


async def test_what_decides_nothing_asks_no_key(room: Room) -> None:
    elsewhere = Elsewhere()
    room.sign_elsewhere(elsewhere)
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    with pytest.raises(AlreadyVotedError):
        await room.approve("bob", promotion.id)

    assert elsewhere.asked == []


async def test_one_approval_that_supersedes_others_is_signed_in_one_go(room: Room) -> None:
    older = await room.awaiting()
    room.clock.advance(minutes=1)
    elsewhere = Elsewhere()
    room.sign_elsewhere(elsewhere)
    newer = await room.approved(release=await room.a_release_with_scan("1.5.0"))

    assert elsewhere.asked == [5]
    assert room.stored(older.id).close_reason is CloseReason.SUPERSEDED
    for promotion in (older, newer):
        assert_evidence_holds(room, promotion.id)


@pytest.mark.parametrize("problem", [UnavailableError("the token was pulled out"), asyncio.CancelledError()])
async def test_where_the_key_does_not_sign_nothing_is_stored_and_it_can_be_tried_again(
    room: Room, problem: BaseException
) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    before = room.memory.tables.copy()

    async def fail() -> None:
        raise problem

    room.sign_elsewhere(Elsewhere(fail))
    with pytest.raises(type(problem)):
        await room.approve("carol", promotion.id)
    assert room.memory.tables == before

    assert (await room.approve("carol", promotion.id)).status == "approved"
    assert_evidence_holds(room, promotion.id)
    assert {errand for errand, id in room.errands() if id == promotion.id} >= {Errand.SUMMARY, Errand.OUTCOME}


async def test_whoever_decides_while_another_is_being_signed_for_has_decided(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    other = Room()
    other.memory, other.people, other.clock = room.memory, room.people, room.clock
    other.use(room.memory)

    room.sign_elsewhere(Elsewhere(lambda: other.reject("sam", promotion.id)))
    with pytest.raises(AlreadyDecidedError) as refused:
        await room.approve("carol", promotion.id)

    assert refused.value.params["decidedBy"] == "Sam"
    assert room.stored(promotion.id).status == "rejected"
    assert [vote.person_name for vote in room.stored(promotion.id).votes] == ["Bob", "Sam"]
    assert_evidence_holds(room, promotion.id)


async def test_what_others_change_meanwhile_is_in_what_is_signed_in_the_end(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.clock.advance(minutes=1)

    async def dave_votes() -> None:
        room.clock.advance(seconds=5)
        dave = room.people["dave"]
        promotion_now = room.stored(promotion.id)
        vote = type(promotion_now.votes[0])(
            dave.id, dave.name, promotion_now.votes[0].choice, "me too", room.clock.now, "rest", ""
        )
        await room.memory.write(lambda store: store.promotions.save(promotion_now.with_vote(vote)))

    elsewhere = Elsewhere(dave_votes)
    room.sign_elsewhere(elsewhere)
    decided = await room.approve("carol", promotion.id)

    assert elsewhere.asked == [3, 3]
    assert [vote.person_name for vote in decided.votes] == ["Bob", "Dave", "Carol"]
    assert decided.decided_at == room.clock.now, "the moment is that of the round that held"
    assert_evidence_holds(room, promotion.id)


async def test_a_gate_that_closes_meanwhile_blocks(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    async def close_the_gate() -> None:
        room.switch.passes = False

    room.sign_elsewhere(Elsewhere(close_the_gate))
    with pytest.raises(GatesBlockedError):
        await room.approve("carol", promotion.id)

    assert room.stored(promotion.id).is_open
    assert room.evidence(promotion.id) is None


async def test_whoever_leaves_the_group_meanwhile_decides_nothing(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    ann = Room()
    ann.memory, ann.people, ann.clock = room.memory, room.people, room.clock
    ann.use(room.memory)

    room.sign_elsewhere(Elsewhere(lambda: ann.members(room.managers, "alice", "carol")))
    voted = await room.approve("carol", promotion.id)

    assert voted.status == "awaiting_approval", "Bob's vote no longer counts, Carol's is kept"
    assert room.evidence(promotion.id) is None


async def test_where_it_keeps_changing_somebody_is_told_to_try_later(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    async def change() -> None:
        room.clock.advance(seconds=1)
        now = room.stored(promotion.id)
        changed = now.with_gates(now.gates, room.clock.now)
        await room.memory.write(lambda store: store.promotions.save(changed))
        await room.scan(room.release, low=room.clock.now.second)

    elsewhere = Elsewhere(*[change] * ROUNDS)
    room.sign_elsewhere(elsewhere)
    with pytest.raises(UnavailableError, match="kept changing"):
        await room.approve("carol", promotion.id)

    assert elsewhere.asked == [3] * ROUNDS
    assert room.stored(promotion.id).is_open


async def test_other_things_are_signed_wherever_the_key_is(room: Room) -> None:
    here = await signed(room.countersign.ports, b"message")
    room.sign_elsewhere(Elsewhere())

    assert await signed(room.countersign.ports, b"message") == here == SIGNER.sign(b"message")


async def test_where_the_key_does_not_sign_running_out_of_time_waits_and_asks_it_once(room: Room) -> None:
    promotions = [await room.awaiting(release=await room.a_release_with_scan(f"1.{n}.0")) for n in (5, 6)]
    room.clock.advance(hours=24)

    async def fail() -> None:
        raise SigningUnavailableError("the token was pulled out")

    elsewhere = Elsewhere(fail)
    room.sign_elsewhere(elsewhere)
    with pytest.raises(SigningUnavailableError):
        await room.countersign.deciding.expire_due()
    assert elsewhere.asked == [2]
    assert all(room.stored(each.id).is_open for each in promotions)

    assert await room.countersign.deciding.expire_due() == 2
    for promotion in promotions:
        assert_evidence_holds(room, promotion.id)
