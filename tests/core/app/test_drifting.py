"""An approval is bound to what the voter saw."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.app.deciding import CastVote
from core.app.outbox import Errand
from core.domain.promotion import Promotion, Status, VoteChoice
from core.domain.release import Artifact
from core.domain.seen import seen_digest
from core.errors import CardDriftedError, GatesBlockedError
from tests.core.app.room import Room

OTHER = Artifact("shop", "sha256:" + "e" * 64)


async def approve(room: Room, name: str, promotion: Promotion, seen: str) -> Promotion:
    command = CastVote(promotion.id, VoteChoice.APPROVED, seen=seen)
    return await room.countersign.deciding.vote(room.actor(name), command)


async def drifted(room: Room, name: str, promotion: Promotion, seen: str) -> CardDriftedError:
    with pytest.raises(CardDriftedError) as caught:
        await approve(room, name, promotion, seen)
    return caught.value


async def test_votes_on_what_was_seen_count_and_the_evidence_says_what_it_was(room: Room) -> None:
    promotion = await room.awaiting()
    seen = seen_digest(promotion)
    await approve(room, "bob", promotion, seen)
    approved = await room.approve("carol", promotion.id)

    assert [vote.seen for vote in approved.votes] == [seen, ""]
    packet = room.evidence(promotion.id)
    assert packet is not None
    assert [each["seenDigest"] for each in json.loads(packet.canonical)["approvals"]] == [seen, None]


async def test_the_deciding_vote_on_what_has_changed_stores_nothing_and_says_what_changed(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    await room.scan(room.release, high=4)

    error = await drifted(room, "carol", promotion, seen_digest(promotion))

    stored = room.stored(promotion.id)
    assert (stored.status, [vote.person_name for vote in stored.votes]) == (Status.AWAITING_APPROVAL, ["Bob"])
    (change,) = error.params["changes"]
    assert (change["what"], change["gateName"]) == ("gate", "security-gate")
    assert change["from"].startswith("passed: Within thresholds: 0 critical") and "4 high" in change["to"]
    assert "4 high" in error.message and error.params["seenDigest"] == seen_digest(stored)
    assert (Errand.CARD, promotion.id) in room.errands()

    approved = await approve(room, "carol", promotion, error.params["seenDigest"])
    assert approved.status is Status.APPROVED


async def test_a_vote_that_does_not_decide_is_compared_with_what_is_stored(room: Room) -> None:
    promotion = await room.awaiting()
    await room.scan(room.release, high=4)
    await approve(room, "bob", promotion, seen_digest(promotion))

    await room.evaluate(promotion.id)
    error = await drifted(room, "sam", promotion, seen_digest(promotion))
    assert "4 high" in error.params["changes"][0]["to"]


async def test_a_newer_report_with_the_same_counts_asks_nobody_to_look_again(room: Room) -> None:
    promotion = await room.awaiting()
    seen = seen_digest(promotion)
    await approve(room, "bob", promotion, seen)
    await room.scan(room.release, high=promotion.gates[0].details["highCount"])
    assert (await approve(room, "carol", promotion, seen)).status is Status.APPROVED


async def test_a_gate_that_blocks_says_so_first(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.switch.passes = False
    with pytest.raises(GatesBlockedError):
        await approve(room, "carol", promotion, seen_digest(promotion))


async def test_a_rejection_is_never_bound(room: Room) -> None:
    promotion = await room.awaiting()
    command = CastVote(promotion.id, VoteChoice.REJECTED, "no", seen="sha256:" + "0" * 64)
    rejected = await room.countersign.deciding.vote(room.actor("bob"), command)
    assert (rejected.status, rejected.votes[0].seen) == (Status.REJECTED, "")


async def test_what_was_seen_of_another_promotion_counts_for_nothing(room: Room) -> None:
    promotion = await room.awaiting()
    error = await drifted(room, "bob", promotion, "sha256:" + "0" * 64)
    assert error.params["changes"][0]["what"] == "terms"
    assert room.stored(promotion.id).votes == ()


async def test_a_release_that_was_tampered_with_cannot_be_approved_for_what_it_was(room: Room) -> None:
    promotion = await room.awaiting()
    room.memory.tables.releases[room.release.id] = replace(room.release, artifacts=(OTHER,))
    error = await drifted(room, "bob", promotion, seen_digest(promotion))
    assert (error.params["changes"][0]["what"], error.hint) == ("artifacts", "Ask for it again.")


async def test_a_vote_that_is_bound_to_no_card_does_not_approve_what_was_tampered_with_either(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.memory.tables.releases[room.release.id] = replace(room.release, artifacts=(OTHER,))
    with pytest.raises(CardDriftedError, match="does not hold the artifacts any more"):
        await room.approve("carol", promotion.id)
    assert room.stored(promotion.id).status is Status.AWAITING_APPROVAL
