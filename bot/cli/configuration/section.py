"""One section of a configuration file: how its entries meet what is stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from bot.cli.configuration.changes import Verb
from bot.cli.configuration.schema import Entry
from bot.cli.configuration.yaml_tree import Path
from core.app.administering import Administering
from core.app.calendars import Calendars
from core.app.ports import Ports, Store
from core.domain.people import Actor

EntryT = TypeVar("EntryT", bound=Entry)
ThingT = TypeVar("ThingT")
DraftT = TypeVar("DraftT")


class UnknownReferenceError(Exception):
    """An entry names something that is neither in the file nor stored. `path` is relative to the entry."""

    def __init__(self, kind: str, name: str, path: Path) -> None:
        super().__init__(f"there is no {kind} {name!r}, neither in this file nor stored")
        self.path = path


class Section(ABC, Generic[EntryT, ThingT, DraftT]):
    """The entries of one section against the stored things of that kind.

    A draft is made of what is stored, changed where the entry says something, and stored where it then shows
    something else. Whether it makes sense is for the use cases to say.
    """

    key: ClassVar[str]
    removal: ClassVar[Verb] = Verb.DELETE
    field_paths: ClassVar[dict[str, str]] = {}
    """Where a field that a use case complains about stands in the file, if under another name."""

    def __init__(self, ports: Ports, store: Store, actor: Actor) -> None:
        self.gates = ports.gates
        self.store = store
        self.administering = Administering(ports)
        self.calendars = Calendars(ports)
        self.actor = actor

    def ordered(self, entries: Sequence[EntryT]) -> Iterable[tuple[int, EntryT]]:
        """The entries with their place in the file, in an order in which they can be stored."""
        return enumerate(entries)

    @abstractmethod
    def name_of(self, entry: EntryT) -> str:
        """What the entry is known by."""

    @abstractmethod
    def stored(self, entry: EntryT) -> ThingT | None:
        """The stored thing that the entry is about."""

    @abstractmethod
    def draft_of(self, thing: ThingT) -> DraftT:
        """The draft that would store the thing as it is."""

    @abstractmethod
    def wanted(self, entry: EntryT, thing: ThingT | None) -> DraftT:
        """The draft that the entry asks for. Raises UnknownReferenceError, InvalidError."""

    @abstractmethod
    def shown(self, draft: DraftT) -> dict[str, Any]:
        """The draft in the words of the file, as JSON; two drafts that show the same are the same."""

    @abstractmethod
    async def create(self, draft: DraftT) -> ThingT:
        """Store a new thing."""

    @abstractmethod
    async def update(self, thing: ThingT, draft: DraftT) -> ThingT:
        """Store a thing's new state."""

    @abstractmethod
    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, ThingT]]:
        """What is stored beyond `kept`, by name, in an order in which it can go."""

    @abstractmethod
    async def remove(self, thing: ThingT) -> None:
        """Let a thing go that the file does not name."""

    @staticmethod
    @abstractmethod
    def id_of(thing: ThingT) -> UUID:
        """The thing's id."""
