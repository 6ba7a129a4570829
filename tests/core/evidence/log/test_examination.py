"""Proof files and checkpoints under examination: each wrong is refused at its step and named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.evidence.canonical import canonical
from core.evidence.keyring import KeyRing
from core.evidence.log import examination
from core.evidence.log.checkpoints import Checkpoint
from core.evidence.log.entries import decision_entry
from core.evidence.log.examination import Known, KnownCheckpoint, examine_checkpoint, examine_proof
from core.evidence.log.merkle import EMPTY_ROOT, hashes_of, inclusion_path, root_of
from core.evidence.report import VerificationReport
from tests.core.evidence.log.oracle import Kept
from tests.core.evidence.log.samples import (
    CHECKPOINT,
    ENTRIES,
    ORIGIN,
    PACKET,
    PLACE,
    SIZE,
    TREE,
    Witness,
    checkpoint_at,
    known,
    packet_of,
    proof_of,
)
from tests.core.evidence.samples import STRANGER, record, ring
from tests.support.clock import MORNING

FORKED = Kept([*ENTRIES[:-1], b'{"another": "history"}'])
PACKETS = {"evidence.json": decision_entry(PACKET).content}


def refused(report: VerificationReport, step: str) -> str:
    assert not report.ok
    assert report.failure and report.failure.name == step, report.failure
    return report.failure.detail


def seen(size: int, root: bytes | None = None, origin: str = ORIGIN) -> KnownCheckpoint:
    return KnownCheckpoint(Checkpoint(origin, size, root or root_of(size, TREE)), "the last one seen")


def beside(tree: Kept = TREE, **changes: Any) -> Known:
    """What is known where a log is examined beside."""

    def root_at(size: int) -> bytes | None:
        return root_of(size, tree) if size <= tree.frontier.size else None

    return known(log_origin=ORIGIN, root_at=root_at, **changes)


def test_a_proof_holds_in_every_step() -> None:
    report = examine_proof(proof_of(), known(packets=PACKETS))
    assert report.ok
    assert [step.number for step in report.steps] == list(range(1, 8))
    assert all(step.detail for step in report.steps)
    listed = re.findall(r"^ ?(\d+)\. ", examination.__doc__ or "", re.MULTILINE)
    assert listed == [str(step.number) for step in report.steps]
    assert "evidence.json" in report.steps[4].detail


@pytest.mark.parametrize("index", [0, 3, 255, 256, SIZE - 1])
def test_every_leaf_can_be_proved(index: int) -> None:
    assert examine_proof(proof_of(index), known()).ok


def test_what_is_no_proof_is_refused_at_once() -> None:
    assert "begins with" in refused(examine_proof(b"{}", known()), "proof file")


def test_the_checkpoint_of_a_proof_must_be_signed_by_a_known_key() -> None:
    refused(examine_proof(proof_of(), known(keys=ring(STRANGER))), "signed checkpoint")
    refused(examine_proof(proof_of(checkpoint=checkpoint_at(signer=STRANGER)), known()), "signed checkpoint")
    revoked = KeyRing([record(revoked_at=MORNING)])
    assert "revoked" in refused(examine_proof(proof_of(), known(keys=revoked)), "signed checkpoint")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (b"not JSON", "not JSON"),
        (b"[]", "RFC 8785"),
        (b'{ "type": "release_decision" }', "RFC 8785"),
        (canonical({"type": "release_decision", "version": "2"}), "unknown"),
        (canonical({"type": ["audit_entry"], "version": "1"}), "unknown"),
        (canonical({}), "unknown"),
    ],
)
def test_an_entry_of_no_known_kind_is_refused(entry: bytes, words: str) -> None:
    assert words in refused(examine_proof(proof_of(entry=entry), known()), "entry of a known kind")


def test_another_entry_place_or_size_is_not_proved() -> None:
    name = "entry is in the tree"
    refused(examine_proof(proof_of(entry=ENTRIES[PLACE + 1]), known()), name)
    refused(examine_proof(proof_of(hashes=()), known()), name)
    moved = proof_of().replace(f"index {PLACE}".encode(), f"index {PLACE + 1}".encode())
    refused(examine_proof(moved, known()), name)
    refused(examine_proof(proof_of(checkpoint=checkpoint_at(SIZE - 1)), known()), name)
    longer = (*hashes_of(inclusion_path(PLACE, SIZE), TREE), EMPTY_ROOT)
    refused(examine_proof(proof_of(hashes=longer), known()), name)


def test_the_proof_of_another_packet_is_refused() -> None:
    other = {"other.json": decision_entry(packet_of(8)).content}
    assert str(PACKET.id) in refused(examine_proof(proof_of(), known(packets=other)), "entry of the packet")
    assert examine_proof(proof_of(3), known(packets=other)).ok, "a policy's leaf is of no packet"


def test_witnesses_that_are_asked_for_must_have_cosigned() -> None:
    one, other = Witness(), Witness("witness.example/w2", 2)
    text = CHECKPOINT.partition("\n\n")[0] + "\n"
    cosigned = CHECKPOINT + one.line(text)
    assert examine_checkpoint(cosigned.encode(), known(witnesses=(one.key,))).ok
    assert examine_proof(proof_of(checkpoint=cosigned), known(witnesses=(one.key,))).ok
    both = known(witnesses=(one.key, other.key))
    assert "w2" in refused(examine_checkpoint(cosigned.encode(), both), "witnesses")
    refused(examine_checkpoint((CHECKPOINT + one.line("something else\n")).encode(), both), "witnesses")


def test_a_fork_of_the_same_size_is_noticed() -> None:
    name = "fits to what is known"
    forked = known(checkpoints=(seen(SIZE, FORKED.frontier.root),))
    assert "forked" in refused(examine_checkpoint(CHECKPOINT.encode(), forked), name)
    assert "forked" in refused(examine_proof(proof_of(), forked), name)
    assert examine_checkpoint(CHECKPOINT.encode(), known(checkpoints=(seen(SIZE),))).ok


def test_another_logs_checkpoint_says_nothing() -> None:
    other = known(checkpoints=(seen(SIZE, FORKED.frontier.root, "example.com/other"),))
    assert examine_checkpoint(CHECKPOINT.encode(), other).ok


def test_with_the_log_beside_it_is_told_whether_two_checkpoints_are_of_one_history() -> None:
    name = "fits to what is known"
    for size in (5, SIZE - 1):
        assert examine_checkpoint(checkpoint_at(size).encode(), beside(checkpoints=(seen(SIZE),))).ok
        assert examine_checkpoint(CHECKPOINT.encode(), beside(checkpoints=(seen(size),))).ok
        wrong = beside(checkpoints=(seen(size, EMPTY_ROOT),))
        assert "forked" in refused(examine_checkpoint(CHECKPOINT.encode(), wrong), name)
    assert "shortened" in refused(
        examine_checkpoint(CHECKPOINT.encode(), beside(checkpoints=(seen(SIZE + 1, EMPTY_ROOT),))), name
    )
    assert "no such tree" in refused(examine_checkpoint(CHECKPOINT.encode(), beside(FORKED)), name)
    assert "no such tree" in refused(examine_checkpoint(CHECKPOINT.encode(), beside(Kept(ENTRIES[:9]))), name)
