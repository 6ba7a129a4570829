from __future__ import annotations

import pytest

from core.errors import InvalidError
from core.evidence.keyring import KeyRing
from core.evidence.log.checkpoints import Checkpoint, checkpoint_of, trusted_checkpoint
from core.evidence.log.notes import Note, NoteSignature, parse_note
from tests.core.evidence.log.samples import CHECKPOINT, ORIGIN, SIZE, TREE, checkpoint_at
from tests.core.evidence.samples import SIGNER, STRANGER, record, ring
from tests.support.clock import MORNING

PUBLISHED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501 - the example of the specification


def test_the_published_example_is_read() -> None:
    checkpoint = checkpoint_of(parse_note(PUBLISHED.encode()))
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == PUBLISHED.partition("\n\n")[0] + "\n"


def test_ours_is_signed_under_the_logs_name() -> None:
    found = trusted_checkpoint(CHECKPOINT.encode(), ring())
    assert found.checkpoint == Checkpoint(ORIGIN, SIZE, TREE.frontier.root)
    assert found.key_ref == SIGNER.key_ref
    assert [each.name for each in found.note.signatures] == [ORIGIN]


@pytest.mark.parametrize(
    "text",
    [
        "log\n1\n",
        "log\n01\n{root}\n",
        "log\n-1\n{root}\n",
        "log\n1 \n{root}\n",
        "log\n\u0661\n{root}\n",
        "log\n99999999999999999999\n{root}\n",
        "log\n1\nnot base64\n",
        "log\n1\nAAAA\n",
        "\n1\n{root}\n",
    ],
)
def test_other_texts_are_no_checkpoint(text: str) -> None:
    root = CHECKPOINT.split("\n")[2]
    note = parse_note(CHECKPOINT.encode())
    with pytest.raises(InvalidError):
        checkpoint_of(Note(text.format(root=root), note.signatures))


def test_the_key_of_somebody_else_vouches_for_nothing() -> None:
    with pytest.raises(InvalidError, match="none of the 1 known keys"):
        trusted_checkpoint(CHECKPOINT.encode(), ring(STRANGER))
    stranger = checkpoint_at(signer=STRANGER)
    with pytest.raises(InvalidError, match="none of the 1 known keys"):
        trusted_checkpoint(stranger.encode(), ring())


def test_a_signature_over_something_else_is_no_signature() -> None:
    changed = CHECKPOINT.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")
    with pytest.raises(InvalidError, match="not signed as it stands"):
        trusted_checkpoint(changed.encode(), ring())


def test_a_revoked_key_vouches_no_more() -> None:
    revoked = KeyRing([record(revoked_at=MORNING)])
    with pytest.raises(InvalidError, match="revoked on 2026-03-02"):
        trusted_checkpoint(CHECKPOINT.encode(), revoked)


def test_a_second_key_carries_a_checkpoint_over_a_revocation() -> None:
    one, other = (parse_note(checkpoint_at(signer=signer).encode()) for signer in (SIGNER, STRANGER))
    both = Note(one.text, (*one.signatures, *other.signatures)).to_text().encode()
    keys = KeyRing([record(revoked_at=MORNING), record(STRANGER)])
    assert trusted_checkpoint(both, keys).key_ref == STRANGER.key_ref


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = parse_note(CHECKPOINT.encode())
    unknown = NoteSignature(ORIGIN, b"\0\0\0\0", b"whatever it is")
    both = Note(note.text, (unknown, *note.signatures)).to_text().encode()
    assert trusted_checkpoint(both, ring()).checkpoint.size == SIZE
