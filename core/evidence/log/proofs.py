"""Proof files (https://c2sp.org/tlog-proof): that an entry is in the log, in one text that stands for itself.

The entry travels along as `extra`. Nothing vouches for it there, until the proof has shown its hash to be the leaf's.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from core.errors import InvalidError
from core.evidence.log.checkpoints import decimal, hash_of
from core.evidence.signing import strict_base64

FIRST_LINE = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
PROOF_LIMIT = 512 * 1024
HASHES_LIMIT = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """Leaf `index` with its inclusion proof (the sibling first), in the tree of the checkpoint that follows it."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    entry: bytes

    def to_text(self) -> str:
        """The file."""
        hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.hashes)
        extra = base64.b64encode(self.entry).decode()
        return f"{FIRST_LINE}\nextra {extra}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def is_proof(source: bytes) -> bool:
    """Whether a file says of itself that it is a proof."""
    return source.startswith(b"c2sp.org/tlog-proof")


def parse_proof(source: bytes) -> LogProof:
    """Read a proof file. Nothing of it is to be believed yet. Raises InvalidError for any other form."""
    if len(source) > PROOF_LIMIT:
        raise InvalidError(f"a proof has at most {PROOF_LIMIT} bytes, this has {len(source)}")
    try:
        head, blank, checkpoint = source.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise InvalidError(f"not a proof: byte {error.start + 1} is not UTF-8") from error
    first, *lines = head.split("\n")
    if first != FIRST_LINE or not blank:
        raise InvalidError(f"not a proof: it begins with {FIRST_LINE}, and a checkpoint follows after a blank line")
    if len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
        raise InvalidError("not a proof of ours: extra, with the entry, and index are its second and third line")
    if len(lines) - 2 > HASHES_LIMIT:
        raise InvalidError(f"an inclusion proof has at most {HASHES_LIMIT} hashes, this has {len(lines) - 2}")
    try:
        entry = strict_base64(lines[0].removeprefix("extra "))
    except InvalidError as error:
        raise InvalidError(f"extra: {error.message}") from error
    hashes = tuple(hash_of(line, f"hash {number} of the proof") for number, line in enumerate(lines[2:], start=1))
    return LogProof(decimal(lines[1].removeprefix("index "), "the index"), hashes, checkpoint, entry)
