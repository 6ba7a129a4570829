"""What may be made of a log, its proofs and its checkpoints: one table that every verifier is held against.

Each case is a folder of files, the keys that a verifier has, and whether all of it holds. `seen.checkpoint` is one that
somebody has kept; below `log/` is a whole log.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from core.evidence.canonical import canonical
from core.evidence.keyring import KeyRing
from core.evidence.log.merkle import EMPTY_ROOT, hashes_of, inclusion_path
from core.evidence.log.notes import Note, NoteSignature, key_id, parse_note
from core.evidence.log.proofs import LogProof
from core.evidence.log.tiles import packed
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
    files_of,
    packet_of,
    proof_of,
)
from tests.core.evidence.samples import SIGNER, STRANGER, record, ring
from tests.core.evidence.test_signing import second_form
from tests.support.clock import MORNING

PROOF, SEEN, DAY = "evidence.tlog-proof", "seen.checkpoint", "day.checkpoint"
MADE_UP = canonical({"action": "made up", "type": "audit_entry", "version": "1"})
REVOKED = KeyRing([record(revoked_at=MORNING)])
ENDED = KeyRing([record(not_after=MORNING - timedelta(days=1))])


@dataclass(frozen=True)
class LogCase:
    name: str
    files: dict[str, bytes]
    keys: KeyRing = field(default_factory=ring)
    holds: bool = False


def log_cases() -> list[LogCase]:
    found = [*_of_notes(), *_of_proofs(), *_of_entries(), *_of_packets(), *_of_logs(), *_of_histories()]
    assert len({case.name for case in found}) == len(found)
    return found


def _of_notes() -> Iterator[LogCase]:
    """A checkpoint is judged the same by itself and in a proof."""
    note = parse_note(CHECKPOINT.encode())
    (line,) = note.signatures
    witness = Witness()
    other_name = NoteSignature("example.com/other", line.key_id, line.signature)
    ed25519 = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + b"\7" * 32).digest()[:4]
    forms: dict[str, tuple[bytes, KeyRing, bool]] = {
        "as it was signed": (CHECKPOINT.encode(), ring(), True),
        "cosigned": (f"{CHECKPOINT}{witness.line(note.text)}".encode(), ring(), True),
        "second form of the signature": (_signed_by(note, second_form(line.signature)), ring(), True),
        "by a key whose time has ended": (CHECKPOINT.encode(), ENDED, True),
        "by a revoked key": (CHECKPOINT.encode(), REVOKED, False),
        "by a key that nobody knows": (CHECKPOINT.encode(), ring(STRANGER), False),
        "by somebody else": (checkpoint_at(signer=STRANGER).encode(), ring(), False),
        "a substituted key": (
            Note(note.text, (NoteSignature(ORIGIN, key_id(record(STRANGER)), line.signature),)).to_text().encode(),
            ring(SIGNER, STRANGER),
            False,
        ),
        "another algorithm": (
            Note(note.text, (NoteSignature(ORIGIN, ed25519, b"\1" * 64),)).to_text().encode(),
            ring(),
            False,
        ),
        "signed under another name": (Note(note.text, (other_name,)).to_text().encode(), ring(), False),
        "of another log": (CHECKPOINT.replace(ORIGIN, "example.com/other").encode(), ring(), False),
        "one wrong signature beside": (CHECKPOINT.encode() + _line(line.signature[:-1]), ring(), False),
        "a larger tree": (CHECKPOINT.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n").encode(), ring(), False),
        "another root": (CHECKPOINT.replace(note.text.split("\n")[2], _text(EMPTY_ROOT)).encode(), ring(), False),
        "with CR": (CHECKPOINT.replace("\n", "\r\n").encode(), ring(), False),
        "not signed": (f"{note.text}\n".encode(), ring(), False),
        "no last new line": (CHECKPOINT[:-1].encode(), ring(), False),
        "bytes behind it": (f"{CHECKPOINT}\n".encode(), ring(), False),
        "base64 without padding": (CHECKPOINT.replace("=\n", "\n").encode(), ring(), False),
        "a size with a zero in front": (
            _well_signed(f"{ORIGIN}\n0{SIZE}\n{_text(TREE.frontier.root)}\n"),
            ring(),
            False,
        ),
        "a size below zero": (_well_signed(f"{ORIGIN}\n-1\n{_text(EMPTY_ROOT)}\n"), ring(), False),
        "a root that is too short": (_well_signed(f"{ORIGIN}\n1\n{_text(b'no root')}\n"), ring(), False),
        "a root in loose base64": (_well_signed(f"{ORIGIN}\n1\n{_loose(_text(EMPTY_ROOT))}\n"), ring(), False),
        "a tab, well signed": (_well_signed(f"{ORIGIN}\n1\n{_text(EMPTY_ROOT)}\na\tb\n"), ring(), False),
        "a line that is no signature": (f"{CHECKPOINT}- {ORIGIN} AAAAAAAA\n".encode(), ring(), False),
        "a signature that is too short": (f"{CHECKPOINT}\N{EM DASH} {ORIGIN} AAAA\n".encode(), ring(), False),
        "no name": (_well_signed(f"\n1\n{_text(EMPTY_ROOT)}\n"), ring(), False),
    }
    for name, (file, keys, holds) in forms.items():
        yield LogCase(f"checkpoint: {name}", {DAY: file}, keys, holds)
        if b"\xe2\x80\x94" in file and f"\n{SIZE}\n".encode() in file:
            yield LogCase(f"proof: checkpoint {name}", {PROOF: proof_of(checkpoint=file.decode())}, keys, holds)


def _of_proofs() -> Iterator[LogCase]:
    file, hashes = proof_of(), hashes_of(inclusion_path(PLACE, SIZE), TREE)
    for index in (0, 255, 256, SIZE - 1):
        yield LogCase(f"proof: leaf {index}", {PROOF: proof_of(index)}, holds=True)
    yield LogCase("proof: of the only leaf", {PROOF: proof_of(0, 1)}, holds=True)
    changes: dict[str, bytes] = {
        "another leaf": proof_of(entry=ENTRIES[PLACE + 1]),
        "another index": file.replace(f"index {PLACE}".encode(), f"index {PLACE + 1}".encode()),
        "an index beyond the tree": file.replace(f"index {PLACE}".encode(), f"index {SIZE}".encode()),
        "an index below zero": proof_of(0).replace(b"index 0", b"index -1"),
        "an index with a zero in front": file.replace(f"index {PLACE}".encode(), f"index 0{PLACE}".encode()),
        "an index with a blank": file.replace(b"index ", b"index  "),
        "no hashes": proof_of(hashes=()),
        "one hash too few": proof_of(hashes=hashes[:-1]),
        "one hash too many": proof_of(hashes=(*hashes, EMPTY_ROOT)),
        "hashes in another order": proof_of(hashes=(hashes[1], hashes[0], *hashes[2:])),
        "hashes of a smaller tree": proof_of(checkpoint=checkpoint_at(SIZE - 1)),
        "a hash that is too long": file.replace(_text(hashes[0]).encode(), _text(hashes[0] + b"\0").encode()),
        "a hash in loose base64": file.replace(_text(hashes[0]).encode(), _loose(_text(hashes[0])).encode()),
        "an entry in loose base64": file.replace(b"extra ", b"extra  "),
        "without its entry": re.sub(rb"extra .*\n", b"", file),
        "another version": file.replace(b"@v1", b"@v2"),
        "no blank line": file.replace(b"\n\n", b"\n", 1),
        "with CR": file.replace(b"\n", b"\r\n"),
        "bytes behind it": file + b"{}",
        "bytes before it": b"\n" + file,
        "cut short": file[:-9],
        "not UTF-8": file.replace(b"index", b"\xff", 1),
    }
    for name, changed in changes.items():
        yield LogCase(f"proof: {name}", {PROOF: changed})


def _of_entries() -> Iterator[LogCase]:
    """Leaves that are in the tree, and are none of ours."""
    for name, entry in {
        "not JSON": b"no",
        "a list": b"[]",
        "a duplicate key": b'{"type":"audit_entry","type":"audit_entry","version":"1"}',
        "not canonical": b'{"version":"1","type":"audit_entry"}',
        "a float": b'{"n":1.5,"type":"audit_entry","version":"1"}',
        "not a number": b'{"n":NaN,"type":"audit_entry","version":"1"}',
        "half a character": b'{"n":"\\ud800","type":"audit_entry","version":"1"}',
        "an unknown kind": canonical({"type": "rumour", "version": "1"}),
        "another version": canonical({"type": "audit_entry", "version": "2"}),
        "a type that is a list": canonical({"type": ["audit_entry"], "version": "1"}),
        "no type": canonical({}),
    }.items():
        alone = LogProof(0, (), checkpoint_at(1, Kept([entry])), entry).to_text().encode()
        yield LogCase(f"entry: {name}", {PROOF: alone})


def _of_packets() -> Iterator[LogCase]:
    packet = {"evidence.json": PACKET.to_file()}
    other = {"evidence.json": packet_of(PLACE + 1).to_file()}
    beside: dict[str, Callable[[], dict[str, bytes]]] = {"proof": lambda: {PROOF: proof_of()}, "log": _below}
    for name, evidence in beside.items():
        yield LogCase(f"packet and {name}: of one decision", packet | evidence(), holds=True)
        changed = packet["evidence.json"].replace(b"Bob", b"Eve")
        yield LogCase(f"packet and {name}: changed", {"evidence.json": changed} | evidence())
        renamed = packet["evidence.json"].replace(f'"id": "{PACKET.id}"'.encode(), b'"id": "another"')
        assert renamed != packet["evidence.json"]
        yield LogCase(f"packet and {name}: outer field unlike the inner", {"evidence.json": renamed} | evidence())
        yield LogCase(f"packet and {name}: by a revoked key", packet | evidence(), REVOKED)
        yield LogCase(f"packet and {name}: outside of the key's time", packet | evidence(), ENDED)
    yield LogCase("packet and proof: of another decision", other | {PROOF: proof_of()})
    unlogged = {"evidence.json": packet_of(SIZE + 5).to_file()}
    yield LogCase("packet and log: not in it", unlogged | _below())


def _of_logs() -> Iterator[LogCase]:
    files = files_of()
    for size in (0, 1, 255, 256, 257, SIZE):
        yield LogCase(f"log: of {size} entries", _below(files_of(ENTRIES[:size])), holds=True)
    yield LogCase("log: with its checkpoint", _below() | {DAY: CHECKPOINT.encode()}, holds=True)
    yield LogCase("log: by somebody else", _below(files_of(signer=STRANGER)))
    for path in files:
        flipped = bytes([files[path][9] ^ 1])
        changed = files[path][:9] + flipped + files[path][10:]
        yield LogCase(f"log: a flipped bit in {path}", _below(files | {path: changed}))
        yield LogCase(f"log: a byte more in {path}", _below(files | {path: files[path] + b"\0"}))
        yield LogCase(f"log: cut short in {path}", _below(files | {path: files[path][:-1]}))
        yield LogCase(f"log: without {path}", _below({name: files[name] for name in files if name != path}))
    swapped = packed([ENTRIES[1], ENTRIES[0], *ENTRIES[2:256]])
    yield LogCase("log: entries in another order", _below(files | {"tile/entries/000": swapped}))
    fewer = files_of(ENTRIES[:-1]) | {"checkpoint": files["checkpoint"]}
    yield LogCase("log: shorter than its checkpoint", _below(fewer))
    yield LogCase("log: a decision twice", _below(files_of([*ENTRIES[:3], ENTRIES[0]])))
    yield LogCase("log: an entry of no known kind", _below(files_of([ENTRIES[0], canonical({"type": "x"})])))


def _of_histories() -> Iterator[LogCase]:
    """A log, and a checkpoint of it that somebody has kept."""
    forked = Kept([*ENTRIES[:-1], MADE_UP])
    whole = {SEEN: CHECKPOINT.encode()}
    yield LogCase("history: grown", whole | _below(files_of([*ENTRIES, MADE_UP])), holds=True)
    yield LogCase("history: the same", whole | _below(), holds=True)
    for name, entries in {
        "shortened": ENTRIES[:-1],
        "emptied": [],
        "forked": [*ENTRIES[:-1], MADE_UP],
        "forked and grown": [*ENTRIES[:-1], MADE_UP, ENTRIES[-1]],
        "reordered": [ENTRIES[1], ENTRIES[0], *ENTRIES[2:]],
        "one taken out": [*ENTRIES[:20], *ENTRIES[21:], ENTRIES[20]],
    }.items():
        yield LogCase(f"history: {name}", whole | _below(files_of(entries)))
    other = checkpoint_at(SIZE, forked).encode()
    yield LogCase("history: two checkpoints of one size", whole | {DAY: other})
    yield LogCase("history: a proof in a fork", {SEEN: other, PROOF: proof_of()})
    yield LogCase(
        "history: an earlier checkpoint", {SEEN: checkpoint_at(5).encode(), DAY: CHECKPOINT.encode()}, holds=True
    )
    yield LogCase("history: a checkpoint in a fork", _below() | {DAY: checkpoint_at(5, root=EMPTY_ROOT).encode()})
    elsewhere = checkpoint_at(SIZE, forked, origin="example.com/other").encode()
    yield LogCase("history: of another log", {SEEN: elsewhere} | _below(), holds=True)
    yield LogCase("history: made up", {SEEN: checkpoint_at(5, signer=STRANGER).encode()} | _below())


def _below(files: dict[str, bytes] | None = None) -> dict[str, bytes]:
    return {f"log/{path}": content for path, content in (files_of() if files is None else files).items()}


def _signed_by(note: Note, signature: bytes) -> bytes:
    return Note(note.text, (NoteSignature(ORIGIN, key_id(record()), signature),)).to_text().encode()


def _line(signature: bytes) -> bytes:
    return NoteSignature(ORIGIN, key_id(record()), signature).line.encode()


def _well_signed(text: str) -> bytes:
    return _signed_by(Note(text, ()), SIGNER.sign(text.encode()))


def _text(binary: bytes) -> str:
    return base64.b64encode(binary).decode()


def _loose(text: str) -> str:
    """The same bytes in another spelling: unused bits of the last character are set."""
    assert text.endswith("=") and not text.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = text[:-2] + alphabet[alphabet.index(text[-2]) + 1] + "="
    assert base64.b64decode(loose) == base64.b64decode(text)
    return loose
