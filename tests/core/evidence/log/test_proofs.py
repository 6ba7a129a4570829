from __future__ import annotations

import pytest

from core.errors import InvalidError
from core.evidence.log.proofs import is_proof, parse_proof
from tests.core.evidence.log.samples import CHECKPOINT, ENTRIES, PLACE, proof_of

FILE = proof_of().decode()


def test_a_proof_is_written_and_read_as_specified() -> None:
    first, extra, index, *rest = FILE.split("\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {PLACE}")
    assert extra.startswith("extra ")
    assert rest[rest.index("") + 1] == "example.com/log"
    proof = parse_proof(FILE.encode())
    assert (proof.index, proof.entry, proof.checkpoint) == (PLACE, ENTRIES[PLACE], CHECKPOINT)
    assert proof.to_text() == FILE
    assert is_proof(FILE.encode())
    assert not is_proof(CHECKPOINT.encode())


def test_the_only_leaf_of_a_log_needs_no_hashes() -> None:
    assert parse_proof(proof_of(0, 1)).hashes == ()


@pytest.mark.parametrize(
    "broken",
    [
        "",
        FILE.replace("@v1", "@v2"),
        FILE.replace("extra ", "Extra "),
        FILE.replace(f"index {PLACE}", f"index 0{PLACE}"),
        FILE.replace(f"index {PLACE}", "index -1"),
        FILE.replace("index ", "index  "),
        FILE.replace("\n\n", "\n", 1),
        FILE.replace("\n", "\r\n"),
        FILE.replace("=\n", "\n", 1),
        "c2sp.org/tlog-proof@v1\nindex 0\n\n" + CHECKPOINT,
        FILE.replace(f"index {PLACE}\n", f"index {PLACE}\n" + "A" * 43 + "=\n" * 64),
        "x" * 600_000,
    ],
)
def test_every_other_form_is_refused(broken: str) -> None:
    with pytest.raises(InvalidError):
        parse_proof(broken.encode())


def test_broken_utf8_is_refused() -> None:
    with pytest.raises(InvalidError, match="UTF-8"):
        parse_proof(FILE.encode() + b"\xff")
