"""The outbox in memory, and what stands in Slack."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.app.outbox import (
    ALL_ERRANDS,
    LONGEST_HOLD,
    LONGEST_WAIT,
    ONCE,
    Errand,
    OutboxDepth,
    OutboxEntry,
    SentMessage,
)


@dataclass(frozen=True)
class OutboxRow:
    """An entry with its state; `due_at` None means done."""

    entry: OutboxEntry
    due_at: datetime | None
    error: str = ""


class MemoryOutbox:
    def __init__(self, rows: dict[str, OutboxRow]) -> None:
        self._rows = rows

    def put(self, errand: Errand, subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        key = f"{errand.value}:{subject_id}"
        row = self._rows.get(key)
        if row is None:
            entry = OutboxEntry(key, errand, subject_id, 1, 0, now, correlation_id)
            self._rows[key] = OutboxRow(entry, now)
        elif errand not in ONCE:
            self._ask_again(row, now, correlation_id)

    def put_all(self, errands: Iterable[Errand], subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        for errand in errands:
            self.put(errand, subject_id, now, correlation_id)

    def put_each(self, errand: Errand, subject_ids: Iterable[UUID], now: datetime) -> None:
        for subject_id in subject_ids:
            self.put(errand, subject_id, now)

    def repair(self, errand: Errand, subject_id: UUID, now: datetime) -> None:
        if row := self._rows.get(f"{errand.value}:{subject_id}"):
            self._ask_again(row, now, "")
        else:
            self.put(errand, subject_id, now)

    def _ask_again(self, row: OutboxRow, now: datetime, correlation_id: str) -> None:
        again = replace(row.entry, generation=row.entry.generation + 1)
        renewed = replace(again, created_at=now, correlation_id=correlation_id)
        self._rows[again.key] = OutboxRow(renewed, now) if row.due_at is None else replace(row, entry=again)

    def due(self, now: datetime, most: int = 256) -> Set[Errand]:
        kinds = [row.entry.errand for row in self._rows.values() if row.due_at is not None and row.due_at <= now]
        return set(kinds) if len(kinds) < most else ALL_ERRANDS

    def claim(
        self, now: datetime, until: datetime, limit: int, among: Set[Errand] = ALL_ERRANDS
    ) -> tuple[OutboxEntry, ...]:
        due = sorted(
            (row.due_at, row.entry.created_at, key)
            for key, row in self._rows.items()
            if row.due_at is not None and row.due_at <= now and row.entry.errand in among
        )
        for *_, key in due[:limit]:
            self._rows[key] = replace(self._rows[key], due_at=until)
        claimed = (self._rows[key].entry for *_, key in due[:limit])
        return tuple(sorted(claimed, key=lambda entry: (entry.created_at, entry.key)))

    def hold(self, entry: OutboxEntry, until: datetime) -> None:
        if row := self._waiting().get(entry.key):
            self._rows[entry.key] = replace(row, due_at=until)

    def finish(self, entry: OutboxEntry, now: datetime) -> None:
        if row := self._waiting().get(entry.key):
            well = replace(row.entry, attempts=0)
            is_newest = well.generation == entry.generation
            self._rows[entry.key] = (
                OutboxRow(well, None) if is_newest else OutboxRow(replace(well, created_at=now), now)
            )

    def put_off(self, entry: OutboxEntry, due_at: datetime, error: str) -> None:
        if row := self._waiting().get(entry.key):
            failed = replace(row.entry, attempts=row.entry.attempts + 1)
            self._rows[entry.key] = OutboxRow(failed, due_at, error.replace("\0", "")[:2000])

    def take_back(self, now: datetime) -> int:
        late = {
            key: row
            for key, row in self._waiting().items()
            if row.due_at and row.due_at > now + (LONGEST_WAIT if row.entry.attempts else LONGEST_HOLD)
        }
        self._rows.update({key: replace(row, due_at=now) for key, row in late.items()})
        return len(late)

    def depth(self) -> OutboxDepth:
        waiting = [row.entry for row in self._waiting().values()]
        oldest = min((entry.created_at for entry in waiting), default=None)
        return OutboxDepth(len(waiting), oldest, sum(entry.attempts > 0 for entry in waiting))

    def failures(self, limit: int) -> tuple[tuple[OutboxEntry, str], ...]:
        failing = [row for row in self._waiting().values() if row.entry.attempts]
        by_key = sorted(failing, key=lambda row: row.entry.key)
        newest_first = sorted(by_key, key=lambda row: str(row.due_at), reverse=True)
        return tuple((row.entry, row.error) for row in newest_first[:limit])

    def _waiting(self) -> dict[str, OutboxRow]:
        return {key: row for key, row in self._rows.items() if row.due_at is not None}


class MemorySent:
    def __init__(self, messages: dict[str, SentMessage]) -> None:
        self._messages = messages

    def get(self, key: str) -> SentMessage | None:
        return self._messages.get(key)

    def put(self, message: SentMessage) -> None:
        self._messages[message.key] = message

    def of(self, promotion_id: UUID) -> tuple[SentMessage, ...]:
        return tuple(
            self._messages[key] for key in sorted(self._messages) if self._messages[key].promotion_id == promotion_id
        )

    def forget(self, key: str) -> None:
        self._messages.pop(key, None)
