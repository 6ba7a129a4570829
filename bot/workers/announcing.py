"""Posting announcements of releases, and keeping them current."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from bot.gateways.slack_workspaces import Workspaces
from bot.slack.views.announcement import announcement
from bot.workers.lane import Runner
from bot.workers.places import channel_of
from bot.workers.posting import Place, Poster, all_of
from core.app.announcing import Announcement, announcements
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports


class AnnouncementDelivery:
    """Brings what was announced of a release up to date. May run any number of times, at any time."""

    def __init__(self, workspaces: Workspaces, ports: Ports) -> None:
        self._workspaces = workspaces
        self._ports = ports
        self._poster = Poster(workspaces, ports)

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.ANNOUNCE: self.announce}

    async def announce(self, entry: OutboxEntry) -> None:
        """All announcements of one release."""
        release_id = entry.subject_id
        shown = await self._ports.transactions.read(lambda store: announcements(store, release_id))
        await all_of(partial(self._announce, each, release_id) for each in shown)

    async def _announce(self, shown: Announcement, release_id: UUID) -> None:
        if place := await self._place(shown):
            await self._poster.show(shown.key, release_id, place, announcement(shown))

    async def _place(self, shown: Announcement) -> Place | None:
        """Where it stands already, or the environment's channel; None where there is none."""
        sent = await self._poster.sent(shown.key)
        return Place.of(sent) if sent and sent.channel else await channel_of(self._workspaces, shown.environment)
