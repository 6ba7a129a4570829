"""What a configuration file may say.

A key that is left out leaves what is stored as it is (or takes the default of a new thing), so a file need not repeat
what is kept elsewhere, such as accounts that people linked themselves.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from core.app.drafts import NotifyDraft
from core.domain.notify import Via
from core.domain.people import SlackAccount
from core.domain.recurrence import Recurrence
from core.errors import InvalidError


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be a time such as 2026-12-20T00:00:00Z") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("has no time zone; write Z at its end for UTC, or an offset such as +01:00")
    if isinstance(value, date) and not isinstance(value, datetime):
        raise ValueError(f"must say the time too, such as {value.isoformat()}T00:00:00Z")
    return value


Text = Annotated[str, AfterValidator(_plain)]
Name = Annotated[str, AfterValidator(_plain), Field(min_length=1)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Entry(BaseModel):
    """One thing in a file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)

    def given(self, *names: str) -> dict[str, Any]:
        """Of these attributes, the ones that the file has."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class NamedEntry(Entry):
    """A thing that is known by its name."""

    name: Name


class EnvironmentEntry(NamedEntry):
    """An environment; `promotes_from` names the one before it."""

    promotes_from: Name | None = None
    require_sod: bool = False
    slack_channel: Text = ""
    slack_team: Text = ""
    gates: dict[str, dict[str, Any] | None] = Field(default_factory=dict)
    announce: bool = False


class SlackEntry(Entry):
    """A Slack user of a workspace."""

    team: str
    user: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            SlackAccount(self.team, self.user)
        except InvalidError as error:
            raise ValueError(error.message) from error
        return self


class PersonEntry(Entry):
    """A person, known by e-mail address."""

    email: Name
    name: Name
    slack: list[SlackEntry] = Field(default_factory=list)
    roles: list[Literal["requester", "approver", "waiver", "emergency", "admin"]] = Field(default_factory=list)
    active: bool = True


class GroupEntry(NamedEntry):
    """An approver group with the e-mail addresses of its members."""

    members: list[Name] = Field(default_factory=list)
    slack_usergroup: Text = ""


class NotifyEntry(Entry):
    """How approvers hear of a request."""

    via: Literal["dm", "channel", "usergroup"] = "dm"
    remind_at_percent: int | None = 50
    escalate_at_percent: int | None = None
    escalate_to_group: Name | None = None

    def draft(self) -> NotifyDraft:
        return NotifyDraft(Via(self.via), self.remind_at_percent, self.escalate_at_percent, self.escalate_to_group)


class PolicyEntry(NamedEntry):
    """An approval policy of one environment."""

    environment: Name
    required_approvals: int
    approver_groups: list[Name] = Field(default_factory=list)
    require_separation_of_duties: bool = True
    auto_expire_hours: int | None = None
    notify: NotifyEntry = Field(default_factory=NotifyEntry)


class RecurrenceEntry(Entry):
    """How a freeze comes back."""

    rule: str
    time_zone: str = "UTC"
    except_dates: list[date] = Field(default_factory=list)

    def value(self) -> Recurrence:
        return Recurrence(self.rule, self.time_zone, tuple(self.except_dates))


class FreezeWindowEntry(NamedEntry):
    """A freeze window over environments."""

    environments: list[Name]
    starts_at: Moment
    ends_at: Moment
    reason: Text = ""
    components: list[Name] = Field(default_factory=list)
    recurrence: RecurrenceEntry | None = None


class CalendarEntry(NamedEntry):
    """A calendar that is read from an address."""

    environments: list[Name] = Field(default_factory=list)
    components: list[Name] = Field(default_factory=list)
    url: Text = ""
    time_zone: Text = ""
    refresh_minutes: int = 60
    stale_after_hours: int = 24
    when_stale: Literal["closed", "open"] = "closed"


class Configuration(Entry):
    """A whole file."""

    environments: list[EnvironmentEntry] = Field(default_factory=list)
    people: list[PersonEntry] = Field(default_factory=list)
    approver_groups: list[GroupEntry] = Field(default_factory=list)
    approval_policies: list[PolicyEntry] = Field(default_factory=list)
    freeze_windows: list[FreezeWindowEntry] = Field(default_factory=list)
    calendars: list[CalendarEntry] = Field(default_factory=list)
