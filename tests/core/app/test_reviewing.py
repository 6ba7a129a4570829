"""Looking at a period: complete by the log, and as of one checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from core.app.reviewing import LoggedChange, LoggedDecision, Review
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion
from core.errors import ForbiddenError, LogInconsistentError, NotFoundError, UnavailableError
from core.evidence.audit.period import Period
from core.evidence.log.examination import Known, examine_proof
from core.evidence.log.proofs import parse_proof
from tests.core.app.room import Room
from tests.core.evidence.samples import ring
from tests.support.memory import MemoryTransactions
from tests.support.wired import begun

T = TypeVar("T")
TODAY = Period.of("2026-03-02", "2026-03-02")


@pytest.fixture
async def room() -> Room:
    """A room whose log has a name."""
    made = Room()
    await made.memory.write(begun)
    return await made.furnish()


async def look(room: Room, at: Callable[[Review], T], period: Period = TODAY, *environments: str) -> T:
    return await room.countersign.reviewing.review(SYSTEM, period, environments, at)


def decisions(review: Review) -> list[LoggedDecision]:
    return [leaf for leaf in review.leaves() if isinstance(leaf, LoggedDecision)]


def undecided(review: Review) -> list[Promotion]:
    return list(review.undecided())


async def test_every_decision_comes_with_its_forms_and_a_proof_that_holds(room: Room) -> None:
    promotion = await room.approved()
    (decision,) = await look(room, decisions)

    packet = room.evidence(promotion.id)
    assert packet is not None
    assert [export.name.partition(".")[2] for export in decision.exports][:2] == ["json", "dsse.json"]
    assert decision.exports[0].content == packet.to_file()
    assert decision.case.promotion_id == str(promotion.id)
    report = examine_proof(decision.proof, Known(ring()))
    assert report.ok, report
    assert json.loads(parse_proof(decision.proof).entry)["contentHash"] == packet.content_hash == decision.content_hash


async def test_logged_changes_are_leaves_too(room: Room) -> None:
    def changes(review: Review) -> list[tuple[str, bool]]:
        made = [leaf for leaf in review.leaves() if isinstance(leaf, LoggedChange)]
        return [(leaf.leaf.content["action"], examine_proof(leaf.proof, Known(ring())).ok) for leaf in made]

    told = await look(room, changes)
    assert {action for action, _ in told} == {
        "signing_key:registered",
        "approver_group:created",
        "environment:created",
        "approval_policy:created",
        "person:created",
    }
    assert all(proven for _, proven in told)


async def test_what_was_decided_outside_of_the_period_is_left_out(room: Room) -> None:
    first = await room.approved()
    room.clock.advance(hours=15)
    room.clock.advance(hours=24)
    assert [each.case.promotion_id for each in await look(room, decisions)] == [str(first.id)]
    assert await look(room, decisions, Period.of("2026-03-03", "2026-03-31")) == []


async def test_an_expiry_counts_when_it_was_written_down(room: Room) -> None:
    waiting = await room.awaiting()
    room.clock.advance(hours=48)
    await room.countersign.deciding.expire_due()
    assert (await look(room, decisions), [each.id for each in await look(room, undecided)]) == ([], [waiting.id])
    (later,) = await look(room, decisions, Period.of("2026-03-04", "2026-03-04"))
    assert (later.case.outcome, later.case.decided_at.day, later.case.generated_at.day) == ("expired", 3, 4)


async def test_environments_restrict_decisions_and_requests(room: Room) -> None:
    await room.approved()
    release = await room.a_release_with_scan("2.0.0")
    waiting = await room.request(release=release, to=room.staging)
    assert await look(room, decisions, TODAY, "Staging") == []
    assert [each.id for each in await look(room, undecided, TODAY, "staging")] == [waiting.id]
    assert len(await look(room, decisions, TODAY, "Staging", "PRODUCTION")) == 1
    with pytest.raises(NotFoundError) as refused:
        await look(room, decisions, TODAY, "Production", "moon")
    assert "no environment moon" in refused.value.message


async def test_what_is_decided_after_the_checkpoint_is_not_decided_yet(room: Room) -> None:
    """Another server decides between the signing of the checkpoint and the reading."""

    class Busy(MemoryTransactions):
        async def read(self, body):  # type: ignore[no-untyped-def]
            if body.__qualname__.startswith("Reviewing"):
                await room.approve("carol", waiting.id)
            return await super().read(body)

    before = await room.approved()
    waiting = await room.awaiting(release=await room.a_release_with_scan("2.0.0"))
    await room.approve("bob", waiting.id)
    busy = Busy()
    busy.tables = room.memory.tables
    room.memory = busy
    room.use(busy)

    def both(review: Review) -> tuple[list[str], list[Promotion]]:
        return [each.case.promotion_id for each in decisions(review)], undecided(review)

    decided, open_ones = await look(room, both)
    assert decided == [str(before.id)]
    assert [each.id for each in open_ones] == [waiting.id]


async def test_evidence_that_is_gone_or_another_is_noticed(room: Room) -> None:
    promotion = await room.approved()
    packet = room.memory.tables.packets[promotion.id]
    room.memory.tables.packets[promotion.id] = replace(packet, canonical=packet.canonical.replace(b"Fixes", b"Fixed"))
    with pytest.raises(LogInconsistentError):
        await look(room, decisions)
    del room.memory.tables.packets[promotion.id]
    with pytest.raises(LogInconsistentError) as refused:
        await look(room, decisions)
    index = next(place for place, leaf in enumerate(room.memory.tables.log.leaves) if leaf.subject_id == packet.id)
    assert f"leaf {index} is gone" in refused.value.message


async def test_an_entry_that_was_changed_has_no_proof(room: Room) -> None:
    await room.approved()
    await room.countersign.proving.checkpoint()
    leaves = room.memory.tables.log.leaves
    leaves[0] = replace(leaves[0], content=leaves[0].content.replace(b"p256-", b"p257-"))
    with pytest.raises(LogInconsistentError):
        await look(room, decisions)


async def test_decisions_that_are_not_in_the_log_yet_are_not_passed_over(room: Room) -> None:
    await room.approved()
    room.memory.tables.log.leaves.pop()
    with pytest.raises(UnavailableError) as refused:
        await look(room, decisions)
    assert "Start the server once" in (refused.value.hint or "")


async def test_only_administrators_look(room: Room) -> None:
    with pytest.raises(ForbiddenError):
        await room.countersign.reviewing.review(room.actor("alice"), TODAY, (), decisions)
    assert await room.countersign.reviewing.review(room.actor("ann"), TODAY, (), decisions) == []


async def test_checkpoints_of_the_period_and_the_last_one(room: Room) -> None:
    first = await room.countersign.proving.checkpoint()
    room.clock.advance(hours=24)
    await room.approved()
    await room.countersign.proving.checkpoint()
    room.clock.advance(hours=24)
    await room.approved(release=await room.a_release_with_scan("2.0.0"))

    def sizes(review: Review) -> list[int]:
        return [each.checkpoint.size for each in review.checkpoints()]

    assert await look(room, sizes) == [first.checkpoint.size, first.checkpoint.size + 2]
    assert await look(room, sizes, Period.of("2020-01-01", "2020-01-02")) == [first.checkpoint.size + 2]


async def test_groups_have_their_members_and_keys_their_names(room: Room) -> None:
    def read(review: Review) -> tuple[list[tuple[str, list[str]]], int, tuple[str, ...]]:
        groups = [(group.name, [each.name for each in members]) for group, members in review.groups()]
        return groups, len(review.public_keys()), review.log_keys()

    groups, keys, log_keys = await look(room, read)
    assert groups == [("release-managers", ["Alice", "Bob", "Carol", "Dave"]), ("sre-team", ["Sam"])]
    assert (keys, log_keys[0].partition("+")[0]) == (1, "example.com/log")


async def test_checkpoints_carry_the_cosignatures_that_they_have_by_now(room: Room) -> None:
    checkpoint = (await room.countersign.proving.checkpoint()).checkpoint
    line = "\N{EM DASH} witness.example.com AAAAAAAA\n"
    await room.memory.write(lambda store: store.log.cosign(checkpoint.size, "witness", line))
    (text,) = await look(room, lambda review: [each.text for each in review.checkpoints()])
    assert text.endswith(line)
