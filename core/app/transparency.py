"""The transparency log as it is kept: leaves in the order of their commits, the hashes over them, and what was signed.

A leaf is written in the transaction of what it speaks of. It gets its number last of all, so that whoever numbers
leaves holds nobody else up for longer than a commit takes, on however many replicas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from core.evidence.log.entries import LogEntry
from core.evidence.log.merkle import EMPTY, Frontier, Node

LOG_ID = uuid5(NAMESPACE_URL, "urn:countersign:log")
"""What stands for the log itself where things are kept by what they are about."""


@dataclass(frozen=True, slots=True)
class LogState:
    """How far the log is. `origin` is its name for good; empty until the server was started once."""

    origin: str = ""
    frontier: Frontier = EMPTY

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self.frontier.size


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint that was signed. `note` is the text as signed; cosignatures of witnesses are stored beside it."""

    size: int
    root: bytes
    note: str
    signed_at: datetime


class TransparencyLog(Protocol):
    """The log inside one transaction. Leaves, hashes and checkpoints are never changed."""

    def append(self, entry: LogEntry) -> None:
        """Make this a leaf when the transaction commits, behind what was appended before."""
        ...

    def state(self) -> LogState:
        """The log as it is committed, without what this transaction appends."""
        ...

    def locked(self) -> LogState:
        """The same, and until the commit nobody else appends or signs."""
        ...

    def name(self, origin: str) -> None:
        """Name the log, once and for good."""
        ...

    def hashes(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """The hashes of perfect subtrees that are complete."""
        ...

    def entries(self, start: int, end: int) -> tuple[bytes, ...]:
        """The leaves from `start` up to, and without, `end`."""
        ...

    def index_of(self, subject_id: UUID) -> int | None:
        """The last leaf about a subject: for a decision, the one of the packet with that id."""
        ...

    def forgotten(self) -> Iterable[LogEntry]:
        """The decisions with evidence and without a leaf, in the order in which they were made."""
        ...

    def checkpoint(self, size: int | None = None) -> StoredCheckpoint | None:
        """The checkpoint that was signed last, or the one for a tree of that size."""
        ...

    def checkpoint_sizes(self, since: datetime, until: datetime) -> tuple[int, ...]:
        """The sizes of the checkpoints that were signed from `since` until `until`, the smallest first."""
        ...

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Store a signed checkpoint."""
        ...

    def cosignatures(self, size: int) -> tuple[str, ...]:
        """The signature lines of witnesses for the checkpoint of that size, by witness."""
        ...

    def cosign(self, size: int, witness: str, line: str) -> None:
        """Store a witness's line, in place of an earlier one for the same checkpoint."""
        ...
