"""Answers after the acknowledgement: to the response URL that came with a deed, in the background.

A response URL lets anybody post into the channel, so it is never logged, and never called unless it is Slack's. Where
it does not work any more, the answer goes out as an ephemeral message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.payloads import Click, Shortcut
from bot.slack.views.kit import modal
from bot.slack.views.message import Message

SLACK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_TIMEOUT = ClientTimeout(total=10)
_log = structlog.get_logger(__name__)


ClientFor = Callable[[str, str], Awaitable[AsyncWebClient]]
"""The client for a workspace and its organisation."""


class Replies:
    """Sends answers to people who pressed something. `close` waits for those under way.

    `base_url` is the Web API's: a server that stands in for Slack has its response URLs there too.
    """

    def __init__(self, client_for: ClientFor, session: ClientSession, base_url: str) -> None:
        self._client_for = client_for
        self._session = session
        api = urlsplit(base_url)
        self._api_origin = (api.scheme, api.netloc)
        self._under_way: set[asyncio.Task[None]] = set()

    def later(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement; what goes wrong is logged."""
        task = asyncio.create_task(_watched(errand))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def tell(self, click: Click | Shortcut, message: Message, *, in_place: bool = False) -> None:
        """Answer whoever pressed a button: only they see it, or, `in_place`, instead of the pressed message."""
        self.later(self._tell(click, message, in_place=in_place))

    async def close(self) -> None:
        """Wait for the answers under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _tell(self, click: Click | Shortcut, message: Message, *, in_place: bool) -> None:
        if click.channel is None:
            view = modal("Countersign", ()) | {"blocks": message.blocks}
            client = await self._client_for(click.asker.team, click.asker.enterprise)
            await client.views_open(trigger_id=click.trigger_id, view=view)
        elif not await self._respond(click.response_url, message, in_place=in_place):
            client = await self._client_for(click.asker.team, click.asker.enterprise)
            await client.chat_postEphemeral(
                channel=click.channel.id, user=click.user.id, text=message.text, blocks=message.blocks
            )

    async def _respond(self, url: str, message: Message, *, in_place: bool) -> bool:
        """Post to the response URL; False where that is not possible."""
        if not self.is_slacks(url):
            return False
        answer = {"text": message.text, "blocks": message.blocks, "replace_original": in_place}
        if not in_place:
            answer["response_type"] = "ephemeral"
        try:
            async with self._session.post(url, json=answer, timeout=_TIMEOUT, allow_redirects=False) as response:
                return response.status == 200
        except (ClientError, TimeoutError) as error:
            _log.warning("a response URL did not answer", error=type(error).__name__)
            return False

    def is_slacks(self, url: str) -> bool:
        """Whether that is a response URL of Slack's, or of the server that stands in for Slack."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if (parts.scheme, parts.netloc) == self._api_origin:
            return True
        return parts.scheme == "https" and parts.netloc in SLACK_HOSTS


async def _watched(errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except Exception as error:
        _log.warning("an answer did not reach Slack", error=type(error).__name__, reason=slack_reason(error))


def slack_reason(error: Exception) -> str:
    """Slack's own word for what went wrong, where it has one; the answer's body is not for the log."""
    answer = error.response.data if isinstance(error, SlackApiError) else None
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""
