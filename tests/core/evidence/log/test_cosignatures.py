from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from core.errors import InvalidError
from core.evidence.log.cosignatures import WitnessKey, cosigned_message, cosigners
from core.evidence.log.notes import Note, NoteSignature, parse_note
from tests.core.evidence.log.samples import CHECKPOINT, Witness, checkpoint_at

NOTE = parse_note(CHECKPOINT.encode())
W1, W2 = Witness(), Witness("witness.example/w2", 2)


def cosigned(*lines: str) -> Note:
    return Note(NOTE.text, (*NOTE.signatures, *(NoteSignature.from_line(line.rstrip("\n")) for line in lines)))


def test_the_message_is_as_specified() -> None:
    assert cosigned_message(NOTE.text, 1679315147) == f"cosignature/v1\ntime 1679315147\n{NOTE.text}".encode()


def test_a_witness_key_is_read_as_it_is_published() -> None:
    assert WitnessKey.from_text(W1.key.to_text()) == W1.key
    assert base64.b64decode(W1.key.to_text().split("+", 2)[2])[:1] == b"\x04"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no name"),
        ("witness.example", "not NAME"),
        ("a b+00000000+AAAA", "no name"),
        ("w+00000000+AAAA", "type 4"),
        ("w+00000000+!", "not base64"),
        (W1.key.to_text().replace("+", "+0", 1), "has the id"),
        (W1.key.to_text().replace("w1+", "w2+", 1), "has the id"),
    ],
)
def test_another_text_is_no_witness_key(text: str, complaint: str) -> None:
    with pytest.raises(InvalidError, match=complaint):
        WitnessKey.from_text(text)


def test_whoever_has_cosigned_is_told_with_the_time() -> None:
    note = cosigned(W1.line(NOTE.text), W2.line(NOTE.text, 1_800_000_000))
    assert cosigners(note, (W1.key, W2.key)) == (
        (W1.key, datetime.fromtimestamp(1_772_442_000, UTC)),
        (W2.key, datetime.fromtimestamp(1_800_000_000, UTC)),
    )
    assert cosigners(note, (W2.key,))[0][0] == W2.key
    assert cosigners(NOTE, (W1.key,)) == ()


def test_a_cosignature_is_of_one_witness_over_one_checkpoint_at_one_time() -> None:
    other = parse_note(checkpoint_at(5).encode())
    right = NoteSignature.from_line(W1.line(NOTE.text).rstrip("\n"))
    assert W1.key.cosigned_at(right, NOTE.text)
    assert W1.key.cosigned_at(right, other.text) is None
    assert W2.key.cosigned_at(right, NOTE.text) is None
    renamed = Witness("witness.example/w1", 2).key
    assert renamed.cosigned_at(NoteSignature(renamed.name, renamed.key_id, right.signature), NOTE.text) is None
    later = (1_772_442_001).to_bytes(8) + right.signature[8:]
    assert W1.key.cosigned_at(NoteSignature(right.name, right.key_id, later), NOTE.text) is None
    assert W1.key.cosigned_at(NoteSignature(right.name, right.key_id, right.signature[:-1]), NOTE.text) is None


def test_a_time_that_no_calendar_has_is_none() -> None:
    signature = NoteSignature.from_line(W1.line(NOTE.text, 2**63 - 1).rstrip("\n"))
    assert W1.key.cosigned_at(signature, NOTE.text) is None
