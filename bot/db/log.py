"""The transparency log in the database.

Leaves are numbered as the last thing before the commit, under a lock on the one row that says how large the log is. So
the numbers have no gaps, no two replicas ever give one twice, and the order of locks is the same for everybody: nobody
waits for another row while holding this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from bot.db import log_tables, tables
from bot.db.prepared import Prepared
from bot.db.statements import inserted, upsert
from core.app.transparency import LogState, StoredCheckpoint
from core.evidence.log.entries import LogEntry, logged_decision
from core.evidence.log.merkle import HASH_BYTES, Frontier, Node, leaf_hash

_state = log_tables.log_state
_leaves = log_tables.log_leaves
_nodes = log_tables.log_nodes
_checkpoints = log_tables.log_checkpoints
_cosignatures = log_tables.log_cosignatures
_packets = tables.evidence_packets

_state_row = select(_state.c.origin, _state.c.size, _state.c.peaks)
_STATE, _STATE_LOCKED = Prepared(_state_row), Prepared(_state_row.with_for_update())
_EMPTY = {"id": 1, "origin": "", "size": 0, "peaks": b""}
_ADD_LEAVES, _ADD_NODES = Prepared(insert(_leaves).inline()), Prepared(insert(_nodes).inline())
_GROW = Prepared(update(_state).values(size=bindparam("leaves"), peaks=bindparam("now")))


class Log:
    """TransparencyLog of `core.app.transparency`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._appended: list[LogEntry] = []

    def append(self, entry: LogEntry) -> None:
        self._appended.append(entry)

    def settle(self) -> None:
        """Number what was appended, and store it with the hashes that it completes."""
        appended, self._appended = self._appended, []
        if not appended:
            return
        frontier = self.locked().frontier
        leaves: list[Mapping[str, Any]] = []
        nodes: list[Mapping[str, Any]] = []
        for entry in appended:
            leaves.append({"position": frontier.size, "subject_id": entry.subject_id, "content": entry.content})
            frontier, completed = frontier.grown(leaf_hash(entry.content))
            nodes += [{"level": node.level, "position": node.position, "hash": hashed} for node, hashed in completed]
        _ADD_LEAVES.run_each(self._connection, leaves)
        _ADD_NODES.run_each(self._connection, nodes)
        _GROW.run(self._connection, {"leaves": frontier.size, "now": b"".join(frontier.peaks)})

    def state(self) -> LogState:
        row = _STATE.one(self._connection)
        return _log_state(row) if row else LogState()

    def locked(self) -> LogState:
        row = _STATE_LOCKED.one(self._connection)
        if row is None:
            # Two replicas may get here at once: one makes the row, and both wait for it and see the same.
            inserted(self._connection, _state, _EMPTY)
            row = _STATE_LOCKED.one(self._connection)
        return _log_state(row)

    def name(self, origin: str) -> None:
        self._connection.execute(update(_state).where(_state.c.origin == "").values(origin=origin))

    def hashes(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        if not nodes:
            return {}
        wanted = or_(
            *(
                and_(_nodes.c.level == level, _nodes.c.position.in_([node.position for node in row]))
                for level, row in groupby(sorted(nodes), key=lambda node: node.level)
            )
        )
        found = self._connection.execute(select(_nodes.c.level, _nodes.c.position, _nodes.c.hash).where(wanted))
        return {Node(row.level, row.position): row.hash for row in found}

    def entries(self, start: int, end: int) -> tuple[bytes, ...]:
        wanted = select(_leaves.c.content).where(_leaves.c.position >= start, _leaves.c.position < end)
        return tuple(self._connection.execute(wanted.order_by(_leaves.c.position)).scalars())

    def index_of(self, subject_id: UUID) -> int | None:
        newest = select(_leaves.c.position).where(_leaves.c.subject_id == subject_id)
        return self._connection.execute(newest.order_by(_leaves.c.position.desc()).limit(1)).scalar_one_or_none()

    def forgotten(self) -> Iterable[LogEntry]:
        has_leaf = select(_leaves.c.position).where(_leaves.c.subject_id == _packets.c.id).exists()
        columns = (_packets.c.id, _packets.c.content_hash, _packets.c.generated_at)
        in_order = select(*columns).where(~has_leaf).order_by(_packets.c.generated_at, _packets.c.id)
        for row in self._connection.execute(in_order):
            yield logged_decision(row.id, row.content_hash, row.generated_at)

    def checkpoint(self, size: int | None = None) -> StoredCheckpoint | None:
        wanted = select(_checkpoints)
        if size is None:
            wanted = wanted.order_by(_checkpoints.c.size.desc()).limit(1)
        else:
            wanted = wanted.where(_checkpoints.c.size == size)
        row = self._connection.execute(wanted).one_or_none()
        return StoredCheckpoint(**row._mapping) if row else None

    def checkpoint_sizes(self, since: datetime, until: datetime) -> tuple[int, ...]:
        signed = (_checkpoints.c.signed_at >= since, _checkpoints.c.signed_at < until)
        wanted = select(_checkpoints.c.size).where(*signed).order_by(_checkpoints.c.size)
        return tuple(self._connection.execute(wanted).scalars())

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        row = {column.name: getattr(checkpoint, column.name) for column in _checkpoints.columns}
        self._connection.execute(insert(_checkpoints).inline(), row)

    def cosignatures(self, size: int) -> tuple[str, ...]:
        wanted = select(_cosignatures.c.line).where(_cosignatures.c.size == size).order_by(_cosignatures.c.witness)
        return tuple(self._connection.execute(wanted).scalars())

    def cosign(self, size: int, witness: str, line: str) -> None:
        upsert(self._connection, _cosignatures, ("size", "witness"), {"size": size, "witness": witness, "line": line})


def _log_state(row: Any) -> LogState:
    peaks = tuple(row.peaks[start : start + HASH_BYTES] for start in range(0, len(row.peaks), HASH_BYTES))
    return LogState(row.origin, Frontier(row.size, peaks))
