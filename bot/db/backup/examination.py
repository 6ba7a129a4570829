"""What is in a database, found out by reading it: whether it is one of ours, and whether its log holds.

Every leaf of the transparency log is hashed again, so whoever sees the root hash knows that all decisions are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select, table

from bot.db import log_tables, tables
from bot.db.backup.files import BackupError
from bot.db.log import Log
from bot.db.schema import current_revision, is_known
from core.evidence.log.checkpoints import Checkpoint
from core.evidence.log.merkle import Frontier, leaf_hash

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found: rows by table, and the log as a checkpoint would say it (no size and no name before a log)."""

    revision: str
    rows: Mapping[str, int]
    log: Checkpoint

    @property
    def promotions(self) -> int:
        """How many promotions there are."""
        return self.rows[tables.promotions.name]

    @property
    def decisions(self) -> int:
        """How many of them are decided: each has its evidence."""
        return self.rows[tables.evidence_packets.name]


def examine(connection: Connection) -> Contents:
    """Read everything that can show a loss, in one transaction.

    Raises BackupError where it is no database of this program or of a later version, where a decision lacks its
    evidence, and where the log is not what its leaves or its last signed checkpoint say.
    """
    revision = current_revision(connection)
    if revision is None:
        raise BackupError("There are no tables of Countersign in it", hint="Is it the right database?")
    if not is_known(revision):
        message = f"It is at revision {revision}, which this version does not know"
        raise BackupError(message, hint="Use the version of Countersign that wrote it, or a later one.")
    names = set(inspect(connection).get_table_names())
    ours = [name for name in tables.metadata.tables if name in names]
    rows = {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in ours}
    _require_evidence(connection)
    has_log = log_tables.log_state.name in names
    return Contents(revision, rows, _examined_log(Log(connection)) if has_log else Checkpoint("", 0, Frontier().root))


def _require_evidence(connection: Connection) -> None:
    promotions, packets = tables.promotions.c, tables.evidence_packets.c
    has_packet = select(packets.id).where(packets.promotion_id == promotions.id).exists()
    bare = select(func.count()).select_from(tables.promotions).where(promotions.decided_at.is_not(None), ~has_packet)
    if count := connection.execute(bare).scalar_one():
        raise BackupError(f"{count} decided promotions have no evidence", hint="Compare it with an earlier backup.")


def _examined_log(log: Log) -> Checkpoint:
    state, signed, tree = log.state(), log.checkpoint(), Frontier()
    roots = {tree.size: tree.root}
    for entry in _entries(log, state.size):
        tree, _ = tree.grown(leaf_hash(entry))
        if signed is not None and tree.size == signed.size:
            roots[signed.size] = tree.root
    hint = "Compare it with an earlier backup, and with checkpoints that others have."
    if tree != state.frontier:
        raise BackupError("The log does not have the leaves that its hashes were made of", hint=hint)
    if signed is not None and roots.get(signed.size) != signed.root:
        raise BackupError(f"The log does not begin with the {signed.size} entries that were signed", hint=hint)
    return Checkpoint(state.origin, tree.size, tree.root)


def _entries(log: Log, size: int) -> Iterator[bytes]:
    for start in range(0, size, _AT_ONCE):
        yield from log.entries(start, min(start + _AT_ONCE, size))
