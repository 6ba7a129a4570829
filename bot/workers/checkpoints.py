"""The log's checkpoint, signed as the log grows, and posted once a day: what stands in Slack cannot be taken back."""

from __future__ import annotations

from datetime import timedelta

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_channels import UnknownChannelError
from bot.gateways.slack_client import NotNowError, slack_error
from bot.gateways.slack_workspaces import Workspaces
from bot.slack.views.checkpoint import checkpoint_posted
from bot.workers.posting import Place, Poster
from bot.workers.scheduler import Round
from core.app.ports import Ports
from core.app.proving import Proving
from core.app.transparency import LOG_ID

SIGN_AGAIN = timedelta(seconds=10)
LOOK_AGAIN = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


class DailyCheckpoint:
    """Posts the first checkpoint of each day (UTC) in one channel. The scheduler lets one replica at a time do it."""

    def __init__(self, workspaces: Workspaces, ports: Ports, channel: str) -> None:
        self._workspaces = workspaces
        self._channel = channel
        self._ports = ports
        self._poster = Poster(workspaces, ports)
        self._proving = Proving(ports)

    def rounds(self) -> tuple[Round, ...]:
        """What to do how often."""
        return (Round("daily checkpoint", LOOK_AGAIN, self.post),)

    async def post(self) -> None:
        """Post today's checkpoint if it is not there yet. Where Slack does not let us, the next round tries again."""
        key = f"checkpoint:{self._ports.clock().date().isoformat()}"
        sent = await self._poster.sent(key)
        if sent and sent.ts:
            return
        published = await self._proving.checkpoint()
        try:
            workspace = await self._workspaces.of()
            place = Place(await workspace.channels.id_of(self._channel), team=workspace.team)
            await self._poster.once(key, LOG_ID, place, checkpoint_posted(published, self._ports.clock()))
        except SlackApiError as error:
            _log.warning("the checkpoint cannot be posted", channel=self._channel, problem=slack_error(error))
        except (NotNowError, UnknownChannelError, OSError, TimeoutError) as error:
            _log.warning("the checkpoint cannot be posted", channel=self._channel, problem=str(error))
