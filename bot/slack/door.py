"""What every listener is handed: the use cases, who is who, and the ways to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.deliveries import Deliveries
from bot.slack.payloads import Asker
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

    async def actor(self, team: str, user: str, correlation_id: str = "") -> Actor:
        """The person behind an account. Raises UnknownPersonError."""
        ...

    async def heard_of(self, team: str, profile: Mapping[str, Any], correlation_id: str = "") -> None:
        """Slack says how a user of a workspace is now."""
        ...


Lost = Callable[[str], object]
"""Is told why where Slack says that our token works no more."""


def ignored(_reason: str) -> None:
    """For doors without a token to lose."""


@dataclass(frozen=True, slots=True)
class Door:
    """Slack's door to the use cases."""

    countersign: Countersign
    client: AsyncWebClient
    accounts: Accounts
    replies: Replies
    lost: Lost = ignored
    deliveries: Deliveries = field(default_factory=Deliveries)

    async def actor(self, asker: Asker, correlation_id: str) -> Actor:
        """Who is asking. Raises UnknownPersonError, and NotAVoterError for people of other workspaces."""
        if asker.home and asker.home != asker.team:
            raise NotAVoterError(
                "You are here from another workspace, and promotions are decided by people of this one",
                hint="Ask somebody of this workspace.",
            )
        return await self.accounts.actor(asker.team, asker.user, correlation_id)

    async def open_modal(self, trigger_id: str, view: dict[str, Any], typed: str) -> Message | None:
        """Open a modal, or say why it did not open and what to type instead (`typed`)."""
        try:
            async with asyncio.timeout(DIALOG_SECONDS):
                await self.client.views_open(trigger_id=trigger_id, view=view)
        except Exception as error:
            # Whatever keeps Slack from opening it, typing works; so it is told and logged, not raised.
            _log.warning("a dialog did not open", error=type(error).__name__, reason=slack_reason(error))
            return dialog_did_not_open(typed)
        return None

    async def update_modal(self, view_id: str, hash: str, view: dict[str, Any]) -> None:
        """Show another state of an open modal."""
        await self.client.views_update(view_id=view_id, hash=hash, view=view)

    async def show_home(self, actor: Actor, user: str) -> None:
        """Have somebody's App Home shown as it is now, and kept current from now on."""
        view = home(await self.countersign.overviews.of(actor))
        self.replies.later(self._published(actor, user, view))

    async def _published(self, actor: Actor, user: str, view: dict[str, Any]) -> None:
        """Publish, and remember what was; where that failed, it is tried again by the errand that follows."""
        shown = ""
        try:
            await self.publish_home(user, view)
            shown = home_digest(view)
        finally:
            await self.countersign.overviews.opened(actor, shown)

    async def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """Show somebody's App Home."""
        await self.client.views_publish(user_id=user, view=view)
