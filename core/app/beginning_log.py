"""The log's beginning: its name, and the leaves of what happened before there was a log."""

from __future__ import annotations

from datetime import datetime

from core.app.keys import key_event
from core.app.ports import NewId, Store
from core.domain.events import LOGGED
from core.domain.people import SYSTEM
from core.errors import InvalidError
from core.evidence.log.entries import LogEntry, audit_entry
from core.evidence.log.notes import require_key_name

ORIGIN_LIMIT = 200
ORIGIN_SETTING = "COUNTERSIGN_LOG_ORIGIN"


def begin_log(store: Store, origin: str, new_id: NewId, now: datetime, *, catch_up: bool = True) -> None:
    """Name the log where it has no name, and add what happened before it. Every start does so; most change nothing.

    `catch_up` looks for decisions without a leaf as well: servers of an earlier version may have gone on for a while
    after the upgrade. That takes a moment where there are many.

    Raises InvalidError where the log has another name than the one that is set: who knows it by its name must not meet
    another under it.
    """
    if origin:
        require_origin(origin)
    state = store.log.locked()
    if origin and state.origin not in {"", origin}:
        raise InvalidError(
            f"The log is named {state.origin}, and a log cannot be renamed",
            field=ORIGIN_SETTING,
            hint=f"Unset {ORIGIN_SETTING}, or set it to that name.",
        )
    missing = _history(store, now) if state.size == 0 else store.log.forgotten() if catch_up else ()
    for entry in missing:
        store.log.append(entry)
    if not state.origin:
        store.log.name(origin or f"countersign.internal/{new_id().hex[-12:]}")


def require_origin(origin: str) -> None:
    """Raise InvalidError for what cannot be the name of a log, which names its keys too."""
    try:
        require_key_name(origin)
    except InvalidError as error:
        raise InvalidError(error.message, field=ORIGIN_SETTING) from error
    if len(origin) > ORIGIN_LIMIT:
        raise InvalidError(f"the name of a log has at most {ORIGIN_LIMIT} characters", field=ORIGIN_SETTING)


def _history(store: Store, now: datetime) -> list[LogEntry]:
    """Everything from before the log that would have been a leaf, in the order in which it happened."""
    known = store.evidence.keys()
    keys = (key_event(key, SYSTEM, key.not_before or now) for key in known)
    events = (audit_entry(event) for event in (*keys, *store.audit.of_actions(LOGGED)))
    return sorted((*events, *store.log.forgotten()), key=lambda entry: entry.at)
