"""Putting one message into Slack exactly once, and keeping it current.

1. Before posting, the intention is stored (`SentMessage` without `ts`).
2. The message is posted with metadata that carries its key.
3. Slack's answer (`ts`) is stored.

Whoever finds an intention without `ts` (the program was killed between 1 and 3) looks in the channel for a message
with that key before posting again. An update is skipped where the message already shows the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import slack_error
from bot.gateways.slack_workspaces import Workspaces
from bot.slack.views.message import Message
from core.app.outbox import SentMessage
from core.app.ports import Ports

METADATA_TYPE = "countersign_message"
_GONE = {"message_not_found", "channel_not_found"}
_LOOK_BACK = timedelta(minutes=2)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a channel id, and the thread it belongs to; `aloud` shows a reply in the channel too.

    `team` is the workspace of the channel, empty for the only one.
    """

    channel: str
    thread_ts: str = ""
    aloud: bool = False
    team: str = ""

    @classmethod
    def of(cls, sent: SentMessage) -> Place:
        """Where a message stands."""
        return cls(sent.channel, team=sent.team)

    def thread(self, ts: str) -> Place:
        """The thread of a message that stands there."""
        return replace(self, thread_ts=ts)


class Poster:
    """Posts and updates messages by key."""

    def __init__(self, workspaces: Workspaces, ports: Ports) -> None:
        self._workspaces = workspaces
        self._ports = ports

    async def sent(self, key: str) -> SentMessage | None:
        """What stands in Slack under that key."""
        return await self._ports.transactions.read(lambda store: store.sent.get(key))

    async def show(self, key: str, promotion_id: UUID, place: Place, message: Message) -> SentMessage:
        """Post the message, or bring the one that is there up to date; one that was deleted is posted again.

        One in a workspace that we are not in any more stays as it is.
        """
        sent = await self.sent(key)
        if sent is None or not sent.ts:
            sent = await self._post(sent, key, promotion_id, place, message)
        if sent.digest == digest(message):
            return sent
        team = sent.team or place.team
        workspace = await (self._workspaces.find(team) if team else self._workspaces.of())
        if workspace is None:
            return sent
        try:
            await workspace.client.chat_update(
                channel=sent.channel, ts=sent.ts, text=message.text, blocks=message.blocks, metadata=_metadata(key)
            )
        except SlackApiError as error:
            if slack_error(error) not in _GONE:
                raise
            _log.info("a message is gone from Slack and is posted again", key=key)
            await self._ports.transactions.write(lambda store: store.sent.forget(key))
            return await self._post(None, key, promotion_id, place, message)
        return await self._stored(replace(sent, digest=digest(message)))

    async def once(self, key: str, promotion_id: UUID, place: Place, message: Message) -> SentMessage:
        """Post the message unless it stands there already; it is never changed."""
        sent = await self.sent(key)
        return sent if sent and sent.ts else await self._post(sent, key, promotion_id, place, message)

    async def upload_once(self, key: str, promotion_id: UUID, place: Place, name: str, content: bytes) -> None:
        """Share a file in a thread unless it is there already."""
        sent = await self.sent(key)
        if sent and sent.ts:
            return
        intention = sent or await self._intend(key, promotion_id, place)
        if sent is None or not await self._has_file(place, name):
            client = await self._workspaces.client(place.team)
            await client.files_upload_v2(
                filename=name, title=name, content=content, channel=place.channel, thread_ts=place.thread_ts or None
            )
        await self._stored(replace(intention, ts=name))

    async def _post(
        self, sent: SentMessage | None, key: str, promotion_id: UUID, place: Place, message: Message
    ) -> SentMessage:
        intention = sent or await self._intend(key, promotion_id, place)
        ts = await self._posted_before(intention, place) if sent else ""
        # What was posted without an answer shows what was so then, and nobody knows what that was.
        shows = "" if ts else digest(message)
        if not ts:
            client = await self._workspaces.client(place.team)
            answer = await client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread_ts or None,
                reply_broadcast=place.aloud or None,
                text=message.text,
                blocks=message.blocks,
                metadata=_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
            )
            ts = str(answer["ts"])
        return await self._stored(replace(intention, channel=place.channel, team=place.team, ts=ts, digest=shows))

    async def _intend(self, key: str, promotion_id: UUID, place: Place) -> SentMessage:
        return await self._stored(
            SentMessage(key, promotion_id, place.channel, "", "", self._ports.clock(), place.team)
        )

    async def _stored(self, message: SentMessage) -> SentMessage:
        await self._ports.transactions.write(lambda store: store.sent.put(message))
        return message

    async def _posted_before(self, intention: SentMessage, place: Place) -> str:
        """The `ts` of a message that was posted without its answer being stored; empty where there is none."""
        for message in await self._around(intention, place):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == METADATA_TYPE and metadata["event_payload"].get("key") == intention.key:
                return str(message["ts"])
        return ""

    async def _around(self, intention: SentMessage, place: Place) -> list[dict[str, Any]]:
        """The messages of that place since the intention was stored, a little before included."""
        client = await self._workspaces.client(place.team)
        call: Callable[..., Awaitable[Any]] = client.conversations_history
        options: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{(intention.at - _LOOK_BACK).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        if place.thread_ts:
            call = client.conversations_replies
            options["ts"] = place.thread_ts
        messages: list[dict[str, Any]] = []
        while True:
            page = await call(**options)
            messages += page["messages"]
            options["cursor"] = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not options["cursor"]:
                return messages

    async def _has_file(self, place: Place, name: str) -> bool:
        client = await self._workspaces.client(place.team)
        replies = await client.conversations_replies(channel=place.channel, ts=place.thread_ts, limit=200)
        return any(file.get("name") == name for message in replies["messages"] for file in message.get("files", ()))


async def all_of(works: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """Do all of them, whatever becomes of one: it may be about another workspace. Raises what was wrong first."""
    problems: list[Exception] = []
    for work in works:
        try:
            await work()
        except Exception as error:  # raised below, when the others are done
            problems.append(error)
    if problems:
        raise problems[0]


def digest(message: Message) -> str:
    """What a message shows, as a digest to compare by."""
    shown = json.dumps([message.text, message.blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}
