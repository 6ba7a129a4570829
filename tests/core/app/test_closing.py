"""A decision is stored whole or not at all; and what was asked for earlier of the same component ends with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from core.app.outbox import Errand
from core.app.ports import Store
from core.domain.events import Action
from core.domain.policy import ApprovalPolicy, Electorate
from core.domain.promotion import CloseReason, Promotion
from tests.core.app.broken import BREAKS, BrokenError, BrokenTransactions
from tests.core.app.room import Room
from tests.support.memory.people import MemoryPeople

TOLD = {Errand.CARD, Errand.NOTICES, Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK, Errand.HOMES}


async def approve(room: Room, promotion: Promotion) -> None:
    await room.approve("carol", promotion.id)


async def reject(room: Room, promotion: Promotion) -> None:
    await room.reject("carol", promotion.id)


async def cancel(room: Room, promotion: Promotion) -> None:
    await room.cancel("alice", promotion.id)


async def expire(room: Room, promotion: Promotion) -> None:
    room.clock.advance(hours=24)
    await room.countersign.deciding.expire_due()


DECISIONS = {"approve": approve, "reject": reject, "cancel": cancel, "expire": expire}


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
async def test_where_one_part_of_a_decision_cannot_be_stored_nothing_remains_of_it(
    room: Room, decide: Callable[[Room, Promotion], Awaitable[None]], broken: str
) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, broken))

    with pytest.raises(BrokenError):
        await decide(room, promotion)

    assert room.memory.tables == before


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
async def test_a_decision_stores_promotion_votes_evidence_audit_entry_and_errands_in_one_transaction(
    room: Room, decide: Callable[[Room, Promotion], Awaitable[None]]
) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.run_errands()
    counting = Counting(room)

    await decide(room, promotion)

    stored, packet = room.stored(promotion.id), room.evidence(promotion.id)
    assert counting.writes == 1
    assert not stored.is_open
    assert packet is not None
    assert packet.content["promotion"]["status"] == stored.status
    entry = room.memory.tables.audit[-1]
    assert (entry.subject_id, entry.details["contentHash"]) == (promotion.id, packet.content_hash)
    assert room.errands() == {(errand, promotion.id) for errand in TOLD}
    assert room.woken


async def test_an_open_promotion_has_no_evidence(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    assert room.evidence(promotion.id) is None


async def test_an_approval_supersedes_what_was_asked_for_earlier_of_the_same_component(room: Room) -> None:
    older = await room.awaiting()
    room.clock.advance(minutes=1)

    newer = await room.approved(release=await room.a_release_with_scan("1.5.0"))

    closed = room.stored(older.id)
    assert closed.close_reason is CloseReason.SUPERSEDED
    assert closed.close_comment == "shop-1.5.0 was approved"
    assert closed.decided_by is not None
    assert closed.decided_by.name == "Countersign"
    packet = room.evidence(older.id)
    assert packet is not None
    assert packet.content["promotion"]["closeReason"] == "superseded"
    assert packet.content["promotion"]["decision"] == "deny"
    entry = next(each for each in room.memory.tables.audit if each.action is Action.PROMOTION_SUPERSEDED)
    assert (entry.subject_id, entry.details["by"]) == (older.id, str(newer.id))
    assert (Errand.OUTCOME, older.id) in room.errands()


async def test_gates_that_decide_alone_supersede_too(room: Room) -> None:
    gated = await room.environment("Gated", gates={"switch": {}})
    await room.policy_for(gated, 0)
    room.switch.passes = False
    older = await room.awaiting(to=gated)
    room.clock.advance(minutes=1)
    room.switch.passes = True

    newer = await room.awaiting(release=await room.a_release_with_scan("1.5.0"), to=gated)

    assert newer.status == "approved"
    assert room.stored(older.id).close_reason is CloseReason.SUPERSEDED


async def test_what_had_run_out_before_it_could_be_superseded_is_closed_as_expired(room: Room) -> None:
    older = await room.awaiting()
    room.clock.advance(hours=1)
    newer = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    await room.approve("bob", newer.id)
    room.clock.advance(hours=23)

    await room.approve("carol", newer.id)

    assert room.stored(older.id).close_reason is CloseReason.EXPIRED
    assert room.stored(older.id).decided_at == older.expires_at


async def test_later_requests_other_components_and_other_environments_go_on(room: Room) -> None:
    to_staging = await room.awaiting(to=room.staging)
    other_component = await room.awaiting(release=await room.a_release_with_scan("1.0.0", "cart"))
    asked = await room.awaiting()
    room.clock.advance(minutes=1)
    later = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))

    await room.approve("bob", asked.id)
    await room.approve("carol", asked.id)

    assert all(room.stored(each.id).is_open for each in (to_staging, other_component, later))


async def test_a_rejection_supersedes_nothing(room: Room) -> None:
    older = await room.awaiting()
    room.clock.advance(minutes=1)
    newer = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))

    await room.reject("bob", newer.id)

    assert room.stored(older.id).is_open


class Counting:
    """How many transactions have written since."""

    def __init__(self, room: Room) -> None:
        self.writes = 0
        self._room = room
        room.use(self)

    async def write(self, body: Callable[[Store], Any]) -> Any:
        self.writes += 1
        return await self._room.memory.write(body)

    async def read(self, body: Callable[[Store], Any]) -> Any:
        return await self._room.memory.read(body)


@pytest.mark.parametrize("decide", [approve, reject])
async def test_evidence_counts_by_the_electorate_that_decided_whoever_leaves_meanwhile(
    room: Room, monkeypatch: pytest.MonkeyPatch, decide: Callable[[Room, Promotion], Awaitable[None]]
) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    asked: list[Electorate] = []
    read = MemoryPeople.electorate

    def leaving(people: MemoryPeople, policies: Iterable[ApprovalPolicy]) -> Electorate:
        """On a database that many share, a second look may see what others have committed since the first."""
        asked.append(read(people, policies))
        return Electorate({}, {}) if len(asked) > 1 else asked[0]

    monkeypatch.setattr(MemoryPeople, "electorate", leaving)
    await decide(room, promotion)

    packet = room.evidence(promotion.id)
    assert packet is not None
    (policy,) = packet.content["policies"]
    assert policy["approvalCount"] == (2 if decide is approve else 1)
