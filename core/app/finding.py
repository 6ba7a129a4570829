"""Finding things by id or by name, or saying which are not there."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from core.errors import NotFoundError

T = TypeVar("T")


def found(thing: T | None, kind: str, wanted: UUID | str, field: str = "") -> T:
    """Return `thing`, or raise NotFoundError that says what was looked for, and which field asked for it."""
    if thing is None:
        extra = {"field": field} if field else {}
        raise NotFoundError(f"There is no {kind} {str(wanted)[:100]}", kind=kind, wanted=str(wanted)[:100], **extra)
    return thing
