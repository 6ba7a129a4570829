"""The Slack workspaces that we work in: the one of SLACK_BOT_TOKEN, and those that have installed us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_client import TRY_AGAIN, NotNowError, SlackClient
from core.errors import UnavailableError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace with the client that speaks to it.

    `team` is empty while it is not known. `enterprise` is the Enterprise Grid organisation it belongs to, empty for
    none. `vouches` says whether the e-mail addresses that it has verified are believed. `team_arg` is for calls with
    the token of a whole organisation, which must name the workspace they mean.
    """

    team: str
    client: AsyncWebClient
    channels: SlackChannels
    enterprise: str = ""
    vouches: bool = True
    team_arg: str | None = None


class UnknownWorkspaceError(NotNowError):
    """The app is not installed where something is to be delivered, or it is not clear which workspace is meant."""

    word = "not_installed"


class Installed(Protocol):
    """Workspaces that have installed us."""

    async def find(self, team: str, enterprise: str = "") -> Workspace | None:
        """The workspace with that id, by its own installation or by that of its organisation."""
        ...

    async def admits(self, team: str, enterprise: str = "") -> bool:
        """Whether that workspace, or its organisation, has installed us; whether its token works does not matter."""
        ...

    async def teams(self) -> tuple[str, ...]:
        """The workspaces that have ever installed us and were not removed, closed ones included."""
        ...

    async def doubt(self, team: str, enterprise: str, reason: str) -> bool:
        """Slack says that the token works no more; False where there is no such installation."""
        ...


class OwnWorkspace:
    """The workspace of SLACK_BOT_TOKEN. Which one that is, Slack says when it is first asked."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._unnamed = Workspace("", client, SlackChannels(client))
        self._named: Workspace | None = None

    async def workspace(self) -> Workspace:
        """The workspace with its id. Raises what the client raises."""
        if self._named is None:
            answer = await self._unnamed.client.auth_test()
            enterprise = str(answer.get("enterprise_id") or "")
            self._named = Workspace(
                str(answer["team_id"]), self._unnamed.client, self._unnamed.channels, enterprise=enterprise
            )
        return self._named

    async def as_known(self) -> Workspace:
        """The workspace, without its id where Slack does not say."""
        try:
            return await self.workspace()
        except Exception as error:
            # Whatever it was, the caller can do without the id, and meets the same again if it matters.
            _log.info("Slack does not say which workspace SLACK_BOT_TOKEN is of", error=type(error).__name__)
            return self._unnamed

    def lost(self, reason: str) -> None:
        """Its token works no more."""
        if isinstance(self._unnamed.client, SlackClient):
            self._unnamed.client.lost(reason)


class Workspaces:
    """Finds the workspace that something belongs to. `base_url` is the Web API's address."""

    def __init__(self, clock: Callable[[], datetime], base_url: str, own: OwnWorkspace | None) -> None:
        self.base_url = base_url
        self._clock = clock
        self._own = own
        self._installed: Installed | None = None

    def open_to(self, installed: Installed) -> None:
        """Let those in that have installed us. They are in the database, which is opened after this is made."""
        self._installed = installed

    async def find(self, team: str, enterprise: str = "") -> Workspace | None:
        """The workspace with that id; None where we are not in it. Raises what the own workspace's client raises."""
        if self._installed and (found := await self._installed.find(team, enterprise)):
            return found
        own = await self._own.workspace() if self._own else None
        return own if own and team in (own.team, own.enterprise) else None

    async def of(self, team: str = "", enterprise: str = "") -> Workspace:
        """The workspace with that id, or (without one) the only one that can be meant.

        Raises UnknownWorkspaceError, and what the own workspace's client raises.
        """
        found = await self.find(team, enterprise) if team else await self.main()
        if found is None:
            if team:
                message = f"Countersign is not installed in the workspace {team}"
            else:
                message = "It is not clear which workspace is meant: say so with slackTeam"
            raise UnknownWorkspaceError(message, self._clock() + TRY_AGAIN)
        return found

    async def teams(self) -> tuple[str, ...]:
        """The ids of all workspaces that are known, the own one first; empty for that while its id is not known."""
        own = ((await self._own.as_known()).team,) if self._own else ()
        others = await self._installed.teams() if self._installed else ()
        return tuple(dict.fromkeys((*own, *others)))

    async def comes_back(self, team: str) -> bool:
        """Whether a workspace that cannot be entered now may be entered again: it was not removed."""
        return self._installed is not None and team in await self._installed.teams()

    async def client(self, team: str, enterprise: str = "") -> AsyncWebClient:
        """The client for a workspace. Raises as `of` does."""
        return (await self.of(team, enterprise)).client

    async def admits(self, team: str, enterprise: str = "") -> bool:
        """Whether people of that workspace may be listened to. Raises UnavailableError where that cannot be said.

        Without any installations there is one workspace only, whose signing secret was checked.
        """
        if self._installed is None:
            return True
        if await self._installed.admits(team, enterprise):
            return True
        own = await self._own.as_known() if self._own else None
        if own and not own.team:
            raise UnavailableError("Slack does not say which workspace this is", hint="Try again when Slack answers.")
        return own is not None and team in (own.team, own.enterprise)

    async def are_one_organisation(self, home: str, enterprise: str) -> bool:
        """Whether the workspace `home` belongs to that organisation, as far as we know."""
        try:
            found = await self.find(home, enterprise="")
        except Exception as error:  # who cannot be placed is a stranger
            _log.warning("a workspace could not be placed", error=type(error).__name__)
            return False
        return found is not None and found.enterprise == enterprise

    async def lost(self, team: str, enterprise: str, reason: str) -> None:
        """Slack says that the token for a workspace works no more."""
        if self._installed and await self._installed.doubt(team, enterprise, reason):
            return
        if self._own and (await self._own.as_known()).team in ("", team):
            self._own.lost(reason)

    async def main(self) -> Workspace | None:
        """The workspace that is meant where none is named; None where there are several, or none.

        Raises what the own workspace's client raises.
        """
        if self._own:
            return await self._own.workspace()
        # Closed ones count: what was meant for one of two must not go to the other.
        teams = await self._installed.teams() if self._installed else ()
        return await self._installed.find(teams[0]) if self._installed and len(teams) == 1 else None
