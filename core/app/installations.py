"""Slack workspaces that have let us in, as they are kept: tokens only as ciphertext, which nobody here can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one Slack workspace (`team` T...), or in a whole Enterprise Grid organisation (`team` E...).

    `enterprise` is the organisation that the workspace belongs to, empty for none. `sealed` holds the tokens,
    encrypted; it is empty once the installation is closed. `expires_at` is when the access token ends, None where it
    is not rotated. A closed installation was let in once, and may come back by itself; a removed one is not there.
    """

    id: UUID
    team: str
    name: str
    enterprise: str
    bot_user: str
    scopes: tuple[str, ...]
    sealed: str
    installed_at: datetime
    expires_at: datetime | None = None
    closed_at: datetime | None = None
    closed_because: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a token to come in with."""
        return self.closed_at is None

    @property
    def is_org_wide(self) -> bool:
        """Whether it stands for all workspaces of an organisation."""
        return self.team.startswith("E")


class Installations(Protocol):
    """The workspaces, and the passes to let one in that were used already."""

    def get(self, team: str) -> Installation | None:
        """The installation of a workspace or organisation, open or closed."""
        ...

    def all(self) -> tuple[Installation, ...]:
        """All of them, by the id of their workspace."""
        ...

    def put(self, installation: Installation) -> None:
        """Store one in place of what was there for its workspace."""
        ...

    def change(self, before: Installation, after: Installation) -> bool:
        """Store `after` unless the tokens are others than `before` by now; says whether it did."""
        ...

    def remove(self, team: str) -> None:
        """Forget a workspace."""
        ...

    def spend(self, digest: str, until: datetime) -> bool:
        """Use up something that works once; False where it was used before. It may be forgotten after `until`."""
        ...

    def forget_spent(self, now: datetime) -> int:
        """Forget what was used up and is too old to work anyway; says how many."""
        ...
