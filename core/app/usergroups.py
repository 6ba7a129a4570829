"""Where the members of Slack's user groups are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.domain.usergroup import UserGroup
from core.errors import UnavailableError

MAX_AGE = timedelta(minutes=60)
"""How old the members of a user group may be at a vote, unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the connected workspaces said: their user groups by id, disabled ones included.

    `silent` are the workspaces that did not answer (empty for one whose id is not known yet), and `problem` says why:
    of their groups nothing is known.
    """

    groups: Mapping[str, UserGroup]
    silent: frozenset[str] = frozenset()
    problem: str = ""


class UserGroups(Protocol):
    """The user groups of the connected workspaces."""

    async def all(self) -> Heard:
        """All of them. Raises UnavailableError where no workspace says anything.

        Who asks while another's question is under way gets the answer to that.
        """
        ...


class NoUserGroups:
    """No workspace is connected, so nobody can say who is in a user group."""

    async def all(self) -> Heard:
        """Raise UnavailableError."""
        raise UnavailableError("No Slack workspace is connected", hint="Set SLACK_BOT_TOKEN and start again.")


NO_USERGROUPS = NoUserGroups()
