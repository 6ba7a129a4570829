"""Checkpoints and proofs: signed for what is committed, and never against what was signed before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from core.app.proving import Proving
from core.app.transparency import StoredCheckpoint
from core.domain.people import SYSTEM
from core.errors import (
    ForbiddenError,
    InvalidError,
    LogInconsistentError,
    NotFoundError,
    SigningUnavailableError,
    UnavailableError,
)
from core.evidence.log.checkpoints import trusted_checkpoint
from core.evidence.log.entries import LogEntry, decision_entry
from core.evidence.log.examination import examine_checkpoint, examine_proof
from core.evidence.log.merkle import consistency_holds, leaf_hash
from core.evidence.log.notes import parse_note
from tests.core.app.room import Room
from tests.core.evidence.log.samples import Witness, known
from tests.core.evidence.samples import ring
from tests.support.clock import MORNING, nth_id
from tests.support.wired import ORIGIN, begun

WITNESS = Witness()


@pytest.fixture
async def proving(room: Room) -> Proving:
    """On a room whose log has begun, with one witness."""
    await room.memory.write(begun)
    return Proving(replace(room.countersign.ports, witnesses=(WITNESS.key,)))


async def test_a_checkpoint_is_signed_for_what_is_there_and_once(room: Room, proving: Proving) -> None:
    first = await proving.checkpoint()
    assert trusted_checkpoint(first.text.encode(), ring()).checkpoint == first.checkpoint
    assert first.checkpoint.origin == ORIGIN
    assert await proving.checkpoint() == first
    await room.approved()
    second = await proving.checkpoint()
    assert second.checkpoint.size == first.checkpoint.size + 1
    assert list(room.memory.tables.log.checkpoints) == [first.checkpoint.size, second.checkpoint.size]
    assert await proving.checkpoint(first.checkpoint.size) == first
    with pytest.raises(NotFoundError):
        await proving.checkpoint(second.checkpoint.size + 1)


async def test_two_checkpoints_are_always_consistent(room: Room, proving: Proving) -> None:
    checkpoints = [(await proving.checkpoint()).checkpoint]
    for _ in range(4):
        await room.approved(release=await room.a_release_with_scan(f"2.{len(checkpoints)}"))
        checkpoints.append((await proving.checkpoint()).checkpoint)
    for number, one in enumerate(checkpoints):
        for other in checkpoints[number:]:
            proof = await proving.consistency(one.size, other.size)
            assert (proof.first_root, proof.second_root) == (one.root, other.root)
            assert consistency_holds(one.size, other.size, one.root, other.root, proof.hashes)


async def test_every_kind_of_decision_is_in_the_log_and_can_be_proved(room: Room, proving: Proving) -> None:
    approved = await room.approved()
    rejected = await room.awaiting(release=await room.a_release_with_scan("2.0"))
    await room.reject("bob", rejected.id)
    cancelled = await room.request(release=await room.a_release_with_scan("2.1"))
    await room.cancel("alice", cancelled.id)
    for promotion in (approved, rejected, cancelled):
        packet = room.evidence(promotion.id)
        assert packet is not None
        found = await proving.inclusion(room.actor("olga"), promotion_id=promotion.id)
        assert found.entry == decision_entry(packet).content
        assert examine_proof(found.file, known(packets={"packet": found.entry})).ok


def lost(leaves: list[LogEntry]) -> None:
    leaves.pop()


def changed(leaves: list[LogEntry]) -> None:
    leaves[0] = LogEntry(nth_id(9), MORNING, b"another")


def reordered(leaves: list[LogEntry]) -> None:
    leaves[0], leaves[1] = leaves[1], leaves[0]


def changed_and_grown(leaves: list[LogEntry]) -> None:
    changed(leaves)
    leaves.append(LogEntry(nth_id(10), MORNING, b"more"))


def lost_and_grown(leaves: list[LogEntry]) -> None:
    leaves[-1:] = [LogEntry(nth_id(11), MORNING, b"one"), LogEntry(nth_id(12), MORNING, b"two")]


@pytest.mark.parametrize("tamper", [lost, changed, reordered, changed_and_grown, lost_and_grown])
async def test_a_log_that_does_not_begin_with_what_was_signed_is_never_signed(
    room: Room, proving: Proving, tamper: Callable[[list[LogEntry]], None]
) -> None:
    await room.approved()
    before = await proving.checkpoint()
    tamper(room.memory.tables.log.leaves)
    with pytest.raises(LogInconsistentError) as refusal:
        await proving.checkpoint()
    assert refusal.value.params["signedSize"] == before.checkpoint.size
    with pytest.raises(LogInconsistentError):
        await proving.consistency(1)
    assert list(room.memory.tables.log.checkpoints) == [before.checkpoint.size]


async def test_of_two_who_sign_at_once_the_larger_log_stays(room: Room, proving: Proving) -> None:
    """Somebody else signs more while we sign: ours is dropped, and what is served is theirs."""
    await proving.checkpoint()
    await room.approved()
    ours = Proving(replace(room.countersign.ports, signer=_SlowSigner(room, proving)))
    served = await ours.checkpoint()
    assert served == await proving.checkpoint()
    sizes = sorted(room.memory.tables.log.checkpoints)
    assert served.checkpoint.size == sizes[-1]


class _SlowSigner:
    """Signs, but meanwhile another replica has appended a leaf and signed."""

    def __init__(self, room: Room, other: Proving) -> None:
        self._room = room
        self._signer = room.countersign.ports.signer
        self.key_ref = self._signer.key_ref

    def sign(self, message: bytes) -> bytes:
        tables = self._room.memory.tables.log
        tables.leaves.append(LogEntry(nth_id(99), MORNING, b"meanwhile"))
        size = len(tables.leaves)
        from tests.core.evidence.log.oracle import Kept
        from tests.core.evidence.log.samples import checkpoint_at

        tree = Kept([leaf.content for leaf in tables.leaves])
        note = checkpoint_at(size, tree, origin=ORIGIN)
        tables.checkpoints[size] = StoredCheckpoint(size, tree.frontier.root, note, MORNING)
        return self._signer.sign(message)


async def test_a_key_that_is_elsewhere_signs_the_log_outside_of_any_transaction(room: Room) -> None:
    await room.memory.write(begun)
    signs = room.countersign.ports.signer.sign

    async def elsewhere(messages: Sequence[bytes]) -> Sequence[bytes]:
        return [signs(message) for message in messages]

    room.sign_elsewhere(elsewhere)
    served = await room.countersign.proving.checkpoint()
    assert trusted_checkpoint(served.text.encode(), ring()).checkpoint == served.checkpoint


async def test_a_revoked_key_signs_no_checkpoint(room: Room, proving: Proving) -> None:
    before = await proving.checkpoint()
    await room.countersign.keys.revoke(SYSTEM, room.countersign.ports.signer.key_ref, "stolen")
    with pytest.raises(SigningUnavailableError):
        await proving.checkpoint()
    assert list(room.memory.tables.log.checkpoints) == [before.checkpoint.size]


async def test_before_the_log_has_a_name_nothing_is_signed(room: Room) -> None:
    with pytest.raises(UnavailableError):
        await room.countersign.proving.checkpoint()
    assert await room.countersign.proving.verifier_keys() == ()


async def test_the_keys_of_the_log_have_its_name(proving: Proving) -> None:
    (key,) = await proving.verifier_keys()
    assert key.startswith(f"{ORIGIN}+")


async def test_entries_are_for_readers(room: Room, proving: Proving) -> None:
    await room.change("olga", active=False)
    for ask in (proving.inclusion(room.actor("olga"), index=0), proving.entries(room.actor("olga"), "000.p/1")):
        with pytest.raises(ForbiddenError):
            await ask
    assert (await proving.tile("0/000.p/1")) == leaf_hash(room.memory.tables.log.leaves[0].content)


async def test_witnesses_add_their_word_to_a_checkpoint(room: Room, proving: Proving) -> None:
    head = (await proving.checkpoint()).checkpoint
    line = WITNESS.line(head.text)
    cosigned = await proving.cosign(room.actor("olga"), head.size, [line])
    assert await proving.cosign(room.actor("olga"), head.size, [line.rstrip("\n")]) == cosigned
    assert await proving.checkpoint() == cosigned
    assert examine_checkpoint(cosigned.text.encode(), known(witnesses=(WITNESS.key,))).ok
    later = WITNESS.line(head.text, 1_800_000_000)
    again = await proving.cosign(room.actor("olga"), head.size, [later])
    assert len(parse_note(again.text.encode()).signatures) == 2, "a witness has one word, the last"


async def test_nobody_else_cosigns(room: Room, proving: Proving) -> None:
    head = (await proving.checkpoint()).checkpoint
    stranger = Witness("witness.example/w2", 2)
    for line in (stranger.line(head.text), WITNESS.line("another text\n"), "not a line", "", "— a b\n— c d"):
        with pytest.raises(InvalidError) as refusal:
            await proving.cosign(room.actor("olga"), head.size, [line])
        assert refusal.value.field == "cosignatures[0]"
    with pytest.raises(NotFoundError):
        await proving.cosign(room.actor("olga"), head.size + 1, [WITNESS.line(head.text)])
    assert room.memory.tables.log.cosigned == {}
