"""Keeping App Homes current: whom a promotion concerns, and what each of them sees now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import slack_error
from bot.gateways.slack_workspaces import Workspace, Workspaces
from bot.slack.views.home import home, home_digest, home_refusal
from bot.slack.views.refusals import refusal
from bot.workers.lane import Runner
from bot.workers.posting import all_of
from core.app.access import Access
from core.app.homes import OpenedHome
from core.app.outbox import Errand, OutboxEntry
from core.app.overview import Overviews, concerned, refresh_homes
from core.app.ports import Ports, Store
from core.errors import DomainError, UnavailableError, UnknownPersonError

_NOBODY = frozenset({"user_not_found", "user_disabled", "not_enabled"})
"""What Slack answers where there is no App Home to publish to any more."""
_log = structlog.get_logger(__name__)


class HomeDelivery:
    """Publishes App Homes to people who have opened theirs, and leaves alone what shows the same already."""

    def __init__(self, workspaces: Workspaces, ports: Ports) -> None:
        self._workspaces = workspaces
        self._ports = ports
        self._access = Access(ports)
        self._overviews = Overviews(ports)

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.HOMES: self.homes, Errand.HOME: self.home}

    async def homes(self, entry: OutboxEntry) -> None:
        """Ask for the App Home of everybody whom the promotion concerns; ten quick changes ask once for each."""

        def opened(store: Store) -> list[UUID]:
            promotion = store.promotions.get(entry.subject_id)
            return [home.person_id for home in store.homes.of(concerned(store, promotion) if promotion else ())]

        if people := await self._ports.transactions.read(opened):
            now = self._ports.clock()
            await self._ports.transactions.write(lambda store: refresh_homes(store, people, now))
            self._ports.wake()

    async def home(self, entry: OutboxEntry) -> None:
        """Publish one person's App Home, with each account that has opened it."""
        person_id = entry.subject_id
        homes = await self._ports.transactions.read(lambda store: store.homes.of([person_id]))
        await all_of(partial(self._publish, opened) for opened in homes)

    async def _publish(self, opened: OpenedHome) -> None:
        workspace = await self._workspaces.find(opened.team)
        if workspace is None:
            await self._forget(opened)
            return
        try:
            view = await self._view(opened, workspace)
        except UnknownPersonError:
            await self._forget(opened)
            return
        shown = home_digest(view)
        if shown == opened.digest:
            return
        try:
            await workspace.client.views_publish(user_id=opened.user, view=view)
        except SlackApiError as error:
            if slack_error(error) not in _NOBODY:
                raise
            _log.info("an App Home is nobody's any more", reason=slack_error(error))
            await self._forget(opened)
            return
        await self._ports.transactions.write(lambda store: store.homes.published(opened, shown))

    async def _view(self, opened: OpenedHome, workspace: Workspace) -> dict[str, Any]:
        """What the account's owner sees now, or why nothing. Raises UnknownPersonError."""
        actor = await self._access.by_slack(opened.team, opened.user, enterprise=workspace.enterprise)
        try:
            return home(await self._overviews.of(actor))
        except UnavailableError:
            raise
        except DomainError as error:
            return home_refusal(refusal(error))

    async def _forget(self, opened: OpenedHome) -> None:
        await self._ports.transactions.write(lambda store: store.homes.forget(opened))
