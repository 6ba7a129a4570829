"""Slack user groups as the source of an approver group's members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group of the workspace `team`, as Slack describes it. A disabled one has no members to us.

    `enterprise` is the organisation of the workspace, empty for none: an account of it is one in all its workspaces.
    """

    id: str
    team: str
    users: tuple[str, ...]
    enabled: bool = True
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How Slack's user group was read the last time.

    `at` is when Slack was asked. `enabled` is False where it is disabled, deleted or not to be seen: then nobody is a
    member. `unknown` are the Slack users in it (by id) who are nobody's account here; they are left out.
    """

    at: datetime
    team: str = ""
    enabled: bool = True
    unknown: tuple[str, ...] = ()
