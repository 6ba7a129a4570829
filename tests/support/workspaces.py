"""Workspaces around one client, where a test has only that."""

from __future__ import annotations

from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.gateways.slack_workspaces import OwnWorkspace, Workspace, Workspaces

TEAM = "T00000001"


class Named(OwnWorkspace):
    """The workspace of a client that need not be asked which one it is."""

    def __init__(self, client: AsyncWebClient, team: str) -> None:
        super().__init__(client)
        self._named = Workspace(team, client, SlackChannels(client))


def only(client: AsyncWebClient, team: str = TEAM) -> Workspaces:
    """The only workspace there is."""
    return Workspaces(lambda: datetime.now(UTC), getattr(client, "base_url", ""), Named(client, team))
