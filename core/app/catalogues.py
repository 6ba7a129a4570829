"""What use cases need of named things: catalogues of them, and the questions that some are asked besides."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from core.app.pages import Page, PageRequest
from core.domain.calendar import Calendar
from core.domain.environment import FreezeWindow

T = TypeVar("T")


class Catalogue(Protocol[T]):
    """Named things of one kind. Names are unique by `core.domain.text.name_key`."""

    def get(self, id: UUID) -> T | None:
        """The one with that id."""
        ...

    def named(self, name: str) -> T | None:
        """The one with that name, whatever its letter case."""
        ...

    def all(self) -> tuple[T, ...]:
        """All of them by name."""
        ...

    def page(self, request: PageRequest) -> Page[T]:
        """One page of them by name."""
        ...

    def add(self, thing: T) -> None:
        """Store a new one; NameTakenError where another has its name."""
        ...

    def replace(self, thing: T) -> None:
        """Store the changed one; NameTakenError as for `add`."""
        ...

    def remove(self, id: UUID) -> None:
        """Forget it; InUseError where something refers to it."""
        ...


class FreezeWindows(Catalogue[FreezeWindow], Protocol):
    """Freeze windows."""

    def ahead(self, environment_id: UUID, now: datetime) -> tuple[FreezeWindow, ...]:
        """Those of an environment that have not ended, by start; of recurring ones all."""
        ...


class Calendars(Catalogue[Calendar], Protocol):
    """Calendars that somebody else keeps."""

    def of_environment(self, environment_id: UUID) -> tuple[Calendar, ...]:
        """Those that freeze an environment, by name."""
        ...
