"""The transparency log in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.app.transparency import LogState, StoredCheckpoint
from core.evidence.envelope import EvidencePacket
from core.evidence.log.entries import LogEntry, decision_entry
from core.evidence.log.merkle import Frontier, Node, leaf_hash


@dataclass
class LogTables:
    """What is stored of the log; a tree of any size is worked out anew."""

    origin: str = ""
    leaves: list[LogEntry] = field(default_factory=list)
    checkpoints: dict[int, StoredCheckpoint] = field(default_factory=dict)
    cosigned: dict[tuple[int, str], str] = field(default_factory=dict)

    def copy(self) -> LogTables:
        return LogTables(self.origin, self.leaves.copy(), self.checkpoints.copy(), self.cosigned.copy())


class MemoryLog:
    def __init__(self, tables: LogTables, packets: Mapping[UUID, EvidencePacket]) -> None:
        self._tables = tables
        self._packets = packets
        self._committed = len(tables.leaves)

    def append(self, entry: LogEntry) -> None:
        self._tables.leaves.append(entry)

    def state(self) -> LogState:
        frontier, _ = self._tree()
        return LogState(self._tables.origin, frontier)

    def locked(self) -> LogState:
        return self.state()

    def name(self, origin: str) -> None:
        self._tables.origin = self._tables.origin or origin

    def hashes(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        _, kept = self._tree()
        return {node: kept[node] for node in nodes if node in kept}

    def entries(self, start: int, end: int) -> tuple[bytes, ...]:
        return tuple(leaf.content for leaf in self._tables.leaves[start : min(end, self._committed)])

    def index_of(self, subject_id: UUID) -> int | None:
        leaves = self._tables.leaves[: self._committed]
        return max((index for index, leaf in enumerate(leaves) if leaf.subject_id == subject_id), default=None)

    def forgotten(self) -> Iterable[LogEntry]:
        logged = {leaf.subject_id for leaf in self._tables.leaves[: self._committed]}
        in_order = sorted(self._packets.values(), key=lambda packet: (packet.generated_at, packet.id))
        return [decision_entry(packet) for packet in in_order if packet.id not in logged]

    def checkpoint(self, size: int | None = None) -> StoredCheckpoint | None:
        wanted = max(self._tables.checkpoints, default=None) if size is None else size
        return self._tables.checkpoints.get(wanted) if wanted is not None else None

    def checkpoint_sizes(self, since: datetime, until: datetime) -> tuple[int, ...]:
        return tuple(size for size, each in sorted(self._tables.checkpoints.items()) if since <= each.signed_at < until)

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        assert checkpoint.size not in self._tables.checkpoints
        self._tables.checkpoints[checkpoint.size] = checkpoint

    def cosignatures(self, size: int) -> tuple[str, ...]:
        return tuple(line for (at, _), line in sorted(self._tables.cosigned.items()) if at == size)

    def cosign(self, size: int, witness: str, line: str) -> None:
        self._tables.cosigned[size, witness] = line

    def _tree(self) -> tuple[Frontier, dict[Node, bytes]]:
        frontier = Frontier()
        kept: dict[Node, bytes] = {}
        for leaf in self._tables.leaves[: self._committed]:
            frontier, completed = frontier.grown(leaf_hash(leaf.content))
            kept.update(completed)
        return frontier, kept
