"""What every listener is handed: the use cases, who is who, and the ways to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.deliveries import Deliveries
from bot.slack.pace import Pace
from bot.slack.payload_parts import Asker
from bot.slack.replies import Replies, slack_reason
from bot.slack.views.home import home, home_digest
from bot.slack.views.message import Message
from bot.slack.views.refusals import dialog_did_not_open
from core.app.countersign import Countersign
from core.domain.people import Actor
from core.errors import NotAVoterError

DIALOG_SECONDS = 2.5
"""A trigger lives three seconds, and Slack waits three for our acknowledgement."""
_log = structlog.get_logger(__name__)


class Accounts(Protocol):
    """Tells who a Slack user is."""

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        """The person behind an account. Raises UnknownPersonError."""
        ...

    async def heard_of(
        self, team: str, profile: Mapping[str, Any], correlation_id: str = "", *, enterprise: str = ""
    ) -> None:
        """Slack says how a user of a workspace is now."""
        ...


class Workspaces(Protocol):
    """The workspaces that we are in. `base_url` is the Web API's address."""

    base_url: str

    async def admits(self, team: str, enterprise: str = "") -> bool:
        """Whether people of that workspace may be listened to. Raises UnavailableError where that cannot be said."""
        ...

    async def are_one_organisation(self, home: str, enterprise: str) -> bool:
        """Whether the workspace `home` belongs to that organisation, as far as we know."""
        ...

    async def client(self, team: str, enterprise: str = "") -> AsyncWebClient:
        """The client for a workspace, or (without an id) for the only one. Raises where we are not in it."""
        ...

    async def lost(self, team: str, enterprise: str, reason: str) -> None:
        """Slack says that the token for a workspace works no more."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """Slack's door to the use cases."""

    countersign: Countersign
    workspaces: Workspaces
    accounts: Accounts
    replies: Replies
    deliveries: Deliveries = field(default_factory=Deliveries)
    pace: Pace = field(default_factory=Pace)

    async def actor(self, asker: Asker, correlation_id: str) -> Actor:
        """Who is asking. Raises UnknownPersonError, and NotAVoterError for people of other workspaces."""
        if not await self.workspaces.admits(asker.team, asker.enterprise):
            raise NotAVoterError(
                "Countersign is not at work in this workspace",
                hint="An administrator of Countersign can let it in with `countersign workspaces invite`.",
            )
        if await self._is_stranger(asker):
            raise NotAVoterError(
                "You are here from another workspace, and promotions are decided by people of this one",
                hint="Ask somebody of this workspace.",
            )
        return await self.accounts.actor(asker.team, asker.user, correlation_id, enterprise=asker.enterprise)

    async def _is_stranger(self, asker: Asker) -> bool:
        """Whether somebody belongs elsewhere: workspaces of one organisation are no strangers to each other."""
        if not asker.home or asker.home in (asker.team, asker.enterprise):
            return False
        if not asker.enterprise:
            return True
        return not await self.workspaces.are_one_organisation(asker.home, asker.enterprise)

    async def client(self, asker: Asker) -> AsyncWebClient:
        """The client for the workspace in which somebody asks."""
        return await self.workspaces.client(asker.team, asker.enterprise)

    async def open_modal(self, asker: Asker, trigger_id: str, view: dict[str, Any], typed: str) -> Message | None:
        """Open a modal, or say why it did not open and what to type instead (`typed`)."""
        try:
            async with asyncio.timeout(DIALOG_SECONDS):
                client = await self.client(asker)
                await client.views_open(trigger_id=trigger_id, view=view)
        except Exception as error:
            # Whatever keeps Slack from opening it, typing works; so it is told and logged, not raised.
            _log.warning("a dialog did not open", error=type(error).__name__, reason=slack_reason(error))
            return dialog_did_not_open(typed)
        return None

    async def update_modal(self, asker: Asker, view_id: str, hash: str, view: dict[str, Any]) -> None:
        """Show another state of an open modal."""
        client = await self.client(asker)
        await client.views_update(view_id=view_id, hash=hash, view=view)

    async def show_home(self, actor: Actor, asker: Asker) -> None:
        """Have somebody's App Home shown as it is now, and kept current from now on."""
        view = home(await self.countersign.overviews.of(actor))
        self.replies.later(self._published(actor, asker, view))

    async def _published(self, actor: Actor, asker: Asker, view: dict[str, Any]) -> None:
        """Publish, and remember what was; where that failed, it is tried again by the errand that follows."""
        shown = ""
        try:
            await self.publish_home(asker, view)
            shown = home_digest(view)
        finally:
            await self.countersign.overviews.opened(actor, shown)

    async def publish_home(self, asker: Asker, view: dict[str, Any]) -> None:
        """Show somebody's App Home."""
        client = await self.client(asker)
        await client.views_publish(user_id=asker.user, view=view)
