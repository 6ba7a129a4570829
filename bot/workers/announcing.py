"""Posting announcements of releases, and keeping them current."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.slack.views.announcement import announcement
from bot.workers.outbox import Runner
from bot.workers.posting import Place, Poster
from core.app.announcing import Announcement, announcements
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports


class AnnouncementDelivery:
    """Brings what was announced of a release up to date. May run any number of times, at any time."""

    def __init__(self, client: AsyncWebClient, channels: SlackChannels, ports: Ports) -> None:
        self._channels = channels
        self._ports = ports
        self._poster = Poster(client, ports)

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.ANNOUNCE: self.announce}

    async def announce(self, entry: OutboxEntry) -> None:
        """All announcements of one release."""
        release_id = entry.subject_id
        for each in await self._ports.transactions.read(lambda store: announcements(store, release_id)):
            if channel := await self._channel(each):
                await self._poster.show(each.key, release_id, Place(channel), announcement(each))

    async def _channel(self, shown: Announcement) -> str:
        """Where it stands already, or the environment's channel; empty where there is none."""
        sent = await self._poster.sent(shown.key)
        if sent and sent.channel:
            return sent.channel
        name = shown.environment.slack_channel
        return await self._channels.id_of(name) if name else ""
