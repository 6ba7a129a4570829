"""What App Homes are made from: who has opened theirs, and what was decided lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core.domain.promotion import Promotion

REMEMBERED = timedelta(days=30)
"""How long after the last opening somebody's App Home is kept current."""


@dataclass(frozen=True, slots=True)
class OpenedHome:
    """Somebody has looked at the App Home with a Slack account. `digest` is over what was published last."""

    team: str
    user: str
    person_id: UUID
    opened_at: datetime
    digest: str = ""


class Homes(Protocol):
    """Who has opened the App Home, and what they are shown of decisions."""

    def put(self, home: OpenedHome) -> None:
        """Store an opening in place of the account's last one."""
        ...

    def published(self, home: OpenedHome, digest: str) -> None:
        """Something else was published to an account; one that was forgotten meanwhile stays so."""
        ...

    def of(self, person_ids: Iterable[UUID]) -> tuple[OpenedHome, ...]:
        """The App Homes that these people have opened, by team and user."""
        ...

    def people(self) -> tuple[UUID, ...]:
        """Everybody who has opened the App Home."""
        ...

    def forget(self, home: OpenedHome) -> None:
        """There is nobody to show it to any more."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Forget what was opened before that for the last time, and say how many."""
        ...

    def decided(self, environment_ids: Iterable[UUID], since: datetime, limit: int) -> tuple[Promotion, ...]:
        """What was decided of promotions to these environments after `since`, newest decision first."""
        ...
