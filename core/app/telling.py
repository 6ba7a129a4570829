"""What is remembered of telling people: notices, preferences, and channels that cannot be posted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.notices import Notice
from core.domain.promotion import Promotion
from core.domain.quiet import Preferences


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """An environment's channel cannot be posted in; `problem` is Slack's word for it. `solved_at`: it works again."""

    environment_id: UUID
    channel: str
    problem: str
    since: datetime
    solved_at: datetime | None = None


class Notices(Protocol):
    """Who is to be told what, and who was."""

    def add(self, notices: Iterable[Notice]) -> None:
        """Store new ones; nothing changes where a person has had that call about that promotion already."""
        ...

    def put(self, notices: Iterable[Notice]) -> None:
        """Store what has changed of them, and those that are new."""
        ...

    def drop(self, notice: Notice) -> None:
        """Forget one that was never told."""
        ...

    def of(self, promotion_id: UUID) -> tuple[Notice, ...]:
        """All about a promotion."""
        ...

    def waiting(self, person_id: UUID) -> tuple[Notice, ...]:
        """Those of a person that have not been told, oldest first."""
        ...

    def told_since(self, person_id: UUID, moment: datetime) -> tuple[Notice, ...]:
        """Those that a person was told after a moment, oldest first."""
        ...

    def first_told(self, promotion_ids: Iterable[UUID]) -> Mapping[tuple[UUID, UUID], datetime]:
        """When each person was first told of each of these promotions: by promotion and person."""
        ...

    def promotions(self, ids: Iterable[UUID]) -> tuple[Promotion, ...]:
        """The promotions with these ids, oldest request first: what a person's notices are about, at one go."""
        ...

    def people_due(self, now: datetime) -> tuple[UUID, ...]:
        """The people with a notice that waits and whose time has come."""
        ...


class PreferencesRows(Protocol):
    """What people want of our messages."""

    def of(self, person_id: UUID) -> Preferences:
        """A person's preferences; the usual ones where none are stored."""
        ...

    def put(self, preferences: Preferences) -> None:
        """Store them in place of what was there."""
        ...


class ChannelTroubles(Protocol):
    """Channels that cannot be posted in, at most one entry for an environment."""

    def get(self, environment_id: UUID) -> ChannelTrouble | None:
        """The trouble of an environment's channel."""
        ...

    def all(self) -> tuple[ChannelTrouble, ...]:
        """All of them, oldest first."""
        ...

    def put(self, trouble: ChannelTrouble) -> None:
        """Store it in place of what was there."""
        ...

    def drop(self, environment_id: UUID) -> None:
        """It is over, and everybody who should know does."""
        ...


def by_message(notices: Iterable[Notice]) -> dict[str, list[Notice]]:
    """Notices by the key of the message that they went out in."""
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.told_in, []).append(notice)
    return found
