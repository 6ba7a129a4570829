"""Where releases go: environments and their freeze windows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.domain.people import TEAM_ID
from core.domain.recurrence import Recurrence
from core.domain.text import TEXT_MAX, checked_name, checked_text
from core.errors import InvalidError

DEFAULT_GATES: Mapping[str, Mapping[str, Any]] = {"freeze-window-gate": {}}
"""The gates of an environment that names none: a freeze window holds wherever somebody creates one."""

LONGEST_RECURRING = timedelta(days=366)
MAX_COMPONENTS = 200
_YEARS = range(1970, 2201)


@dataclass(frozen=True, slots=True)
class EnvironmentRef:
    """An environment as a promotion remembers it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Environment:
    """A place that releases are promoted to.

    `source_environment_id` is where a release comes from (None: it enters here). `gates` maps gate names to their
    settings. `slack_channel` is a channel id or `#name`, empty for none; with `announce`, what is new for the
    environment is announced there. `slack_team` is the workspace that the channel is in (or the organisation, with an
    app that is installed in the whole of it); empty where only one could be meant.
    """

    id: UUID
    name: str
    source_environment_id: UUID | None = None
    require_sod: bool = False
    slack_channel: str = ""
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFAULT_GATES)
    announce: bool = False
    slack_team: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        object.__setattr__(self, "slack_channel", checked_text(self.slack_channel, "slackChannel", limit=100))
        if self.slack_team and not re.fullmatch(TEAM_ID, self.slack_team):
            hint = "It begins with T and stands in the workspace's address; `countersign workspaces list` shows it."
            raise InvalidError("slackTeam is not the id of a Slack workspace", field="slackTeam", hint=hint)
        if self.source_environment_id == self.id:
            raise InvalidError("An environment cannot be its own source", field="sourceEnvironmentId")

    @property
    def ref(self) -> EnvironmentRef:
        """The short form."""
        return EnvironmentRef(self.id, self.name)


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """A time in which nothing is promoted to `environment_ids`: from `starts_at` (included) to `ends_at` (not).

    With `components` it holds for releases of those alone, otherwise for all. With a `recurrence` the two times are
    those of the first occurrence; when the others are, `core.calendars.occurrences` works out. `source` says where it
    comes from if somebody else keeps it: the name of a calendar.
    """

    id: UUID
    name: str
    environment_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    components: tuple[str, ...] = ()
    recurrence: Recurrence | None = None
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        object.__setattr__(self, "reason", checked_text(self.reason, "reason", limit=TEXT_MAX))
        object.__setattr__(self, "components", checked_components(self.components))
        if not self.environment_ids:
            raise InvalidError("A freeze window needs at least one environment", field="environmentIds")
        for name, at in (("startsAt", self.starts_at), ("endsAt", self.ends_at)):
            if at.tzinfo is None:
                hint = "Write it like 2026-12-20T00:00:00Z."
                raise InvalidError(f"{name} must say its time zone", field=name, hint=hint)
        if self.ends_at <= self.starts_at:
            raise InvalidError("A freeze window must end after it starts", field="endsAt")
        if self.recurrence is not None:
            _require_repeatable(self.starts_at, self.ends_at)

    def concerns(self, component: str) -> bool:
        """Whether it holds for releases of that component."""
        return not self.components or component in self.components


def checked_components(components: tuple[str, ...]) -> tuple[str, ...]:
    """The components, each once. Raises InvalidError."""
    if len(components) > MAX_COMPONENTS:
        raise InvalidError(f"At most {MAX_COMPONENTS} components can be named", field="components")
    return tuple(dict.fromkeys(checked_name(each, "components") for each in components))


def _require_repeatable(starts_at: datetime, ends_at: datetime) -> None:
    if starts_at.year not in _YEARS:
        message = f"A recurring freeze window starts between {_YEARS.start} and {_YEARS.stop - 1}"
        raise InvalidError(message, field="startsAt")
    if ends_at - starts_at > LONGEST_RECURRING:
        message = f"One occurrence of a recurring freeze window lasts at most {LONGEST_RECURRING.days} days"
        raise InvalidError(message, field="endsAt")
