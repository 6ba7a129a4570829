"""Channels by id or by `#name`, as environments name them."""

from __future__ import annotations

import re
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

_ID = re.compile(r"[CGD][A-Z0-9]{2,30}")
_PAGE = 500


class UnknownChannelError(Exception):
    """No channel of that name is visible to the bot."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the channel {name} does not exist or the bot is not in it")


class SlackChannels:
    """Finds channel ids by name, and remembers them; a renamed channel keeps its id.

    `team` is for a client with the token of a whole organisation.
    """

    def __init__(self, client: AsyncWebClient, team: str | None = None) -> None:
        self._client = client
        self._team = team
        self._ids: dict[str, str] = {}

    async def id_of(self, channel: str) -> str:
        """The id of a channel given as id or as `#name`. Raises UnknownChannelError."""
        if _ID.fullmatch(channel):
            return channel
        name = channel.removeprefix("#")
        if name not in self._ids:
            self._ids |= {each["name"]: each["id"] for each in await self._all()}
        if name not in self._ids:
            raise UnknownChannelError(channel)
        return self._ids[name]

    async def _all(self) -> list[dict[str, Any]]:
        channels: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self._client.conversations_list(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=_PAGE,
                cursor=cursor,
                team_id=self._team,
            )
            channels += page["channels"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return channels
