"""What the Events API sends: somebody looks at the app, or Slack tells of something."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from bot.slack.payload_parts import Asker, Id, Part


class _Event(Part):
    type: str
    user: str = ""
    tab: str = ""


class Authorization(Part):
    """An installation that an event is delivered for."""

    team_id: str | None = None
    enterprise_id: str | None = None


class _Delivered(Part):
    """What stands around every event. In shared channels, only the authorization says which installation is meant."""

    team_id: str | None = None
    enterprise_id: str | None = None
    authorizations: tuple[Authorization, ...] | None = None
    event_id: str = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.team:
            raise ValueError("neither team_id nor enterprise_id")
        return self

    @property
    def team(self) -> str:
        """The workspace it is delivered for, or the organisation where there is none."""
        meant = self.authorizations[0] if self.authorizations else None
        return (meant.team_id if meant else None) or self.team_id or self.enterprise

    @property
    def enterprise(self) -> str:
        """The organisation of the workspace; empty for none."""
        meant = self.authorizations[0] if self.authorizations else None
        return (meant.enterprise_id if meant else self.enterprise_id) or ""

    @property
    def delivery_id(self) -> str:
        """The same for every delivery of one event."""
        return self.event_id


class HomeOpened(_Delivered):
    """Somebody looks at the app."""

    event: _Event

    @property
    def asker(self) -> Asker:
        """Who looks."""
        return Asker(self.team, self.event.user, enterprise=self.enterprise)


class Tokens(Part):
    """Tokens that work no more, by whose they were."""

    bot: tuple[str, ...] = ()


class _Told(Part):
    type: str
    user: dict[str, Any] = Field(default_factory=dict)
    tokens: Tokens = Tokens()


class Happening(_Delivered):
    """Something that Slack tells of people, user groups or of ourselves; nobody asks for anything."""

    event: _Told


class _Function(Part):
    callback_id: Annotated[str, Field(min_length=1, max_length=200)]


class _Executed(Part):
    function: _Function
    function_execution_id: Id
    inputs: dict[str, Any] = Field(default_factory=dict)


class StepRun(_Delivered):
    """A workflow has come to one of our steps. Slack's token for it is not read: see `bot.slack.steps`."""

    event: _Executed
