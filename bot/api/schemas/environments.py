"""Environments, with the settings of their gates."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WithJsonSchema

from bot.api.schemas.base import ONE_PAGE, Body, Id, Listing, Name, Shown, example, meta_of
from core.app.drafts import EnvironmentDraft
from core.app.pages import Page
from core.app.reading import EnvironmentView
from core.domain.environment import DEFAULT_GATES, Environment
from core.domain.people import TEAM_ID
from core.domain.release import Release

GATES_MARK = "x-gate-settings"
"""Stands in the schema where the OpenAPI document has the settings of the gates that are installed."""

MAX_GATES = 50
GateSettings = Annotated[dict[str, dict[str, Any]], WithJsonSchema({GATES_MARK: True})]

_TERMS = {
    "name": "production",
    "sourceEnvironmentId": "0d7f6c0a-6f0e-4a4b-b7b1-3f5e5a1c9f06",
    "requireSod": True,
    "slackChannel": "#releases-production",
    "slackTeam": "T0123ABCD",
    "gates": {"security-gate": {"maxCritical": 0, "maxHigh": 5}, "freeze-window-gate": {}, "sequence-gate": {}},
    "announce": True,
}
_SHOWN = {"id": "a7e1f7c2-7c55-4a57-8d0b-5d6f0b6e1d02", **_TERMS}


class EnvironmentBody(Body):
    """A place that releases are promoted to."""

    model_config = example("EnvironmentDraft", **_TERMS)

    name: Name = Field(description="Unique, whatever its letter case.")
    source_environment_id: Id | None = Field(
        default=None, description="Where releases come from; null: they enter here."
    )
    require_sod: bool = Field(default=False, description="The requester may not approve, whatever the policies say.")
    slack_channel: str = Field(
        default="",
        max_length=100,
        description="The id or #name of the channel with the cards.",
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
    )
    slack_team: str = Field(
        default="",
        max_length=31,
        description="The id of the workspace that the channel is in; needed only where there are several.",
        pattern=rf"^({TEAM_ID})?$",
    )
    gates: GateSettings | None = Field(
        default=None, description="Settings by gate name. Left out: the freeze-window gate alone. {}: no gate at all."
    )

    announce: bool = Field(
        default=False,
        description="Announce new releases (where no source is set) and finished deployments in the channel.",
    )

    def draft(self) -> EnvironmentDraft:
        return EnvironmentDraft(
            name=self.name,
            source_environment_id=self.source_environment_id,
            require_sod=self.require_sod,
            slack_channel=self.slack_channel,
            gates=DEFAULT_GATES if self.gates is None else self.gates,
            announce=self.announce,
            slack_team=self.slack_team,
        )


class EnvironmentShown(Shown):
    """A place that releases are promoted to."""

    model_config = example("Environment", **_SHOWN)

    id: UUID
    name: str
    source_environment_id: UUID | None
    require_sod: bool
    slack_channel: str
    slack_team: str
    gates: GateSettings
    announce: bool


class ReleaseName(Shown):
    """A release, in short."""

    id: UUID
    name: str


class EnvironmentDetail(EnvironmentShown):
    """An environment with what it runs."""

    model_config = example(
        "EnvironmentDetail",
        **_SHOWN,
        currentRelease={"id": "5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01", "name": "myapp-v2.3.1"},
    )

    current_release: ReleaseName | None = Field(description="The newest release that was deployed and not rolled back.")


class EnvironmentList(Listing[EnvironmentShown]):
    """One page of environments by name."""

    model_config = example(data=[_SHOWN], meta=ONE_PAGE)


def environment_of(environment: Environment) -> EnvironmentShown:
    return EnvironmentShown(**_environment(environment))


def environment_detail(view: EnvironmentView) -> EnvironmentDetail:
    return EnvironmentDetail(**_environment(view.environment), current_release=_release_name(view.current))


def environments_of(page: Page[Environment]) -> EnvironmentList:
    return EnvironmentList(data=[environment_of(environment) for environment in page.items], meta=meta_of(page))


def _environment(environment: Environment) -> dict[str, Any]:
    return {
        "id": environment.id,
        "name": environment.name,
        "source_environment_id": environment.source_environment_id,
        "require_sod": environment.require_sod,
        "slack_channel": environment.slack_channel,
        "slack_team": environment.slack_team,
        "gates": {name: dict(settings) for name, settings in environment.gates.items()},
        "announce": environment.announce,
    }


def _release_name(release: Release | None) -> ReleaseName | None:
    return ReleaseName(id=release.id, name=release.name) if release else None
