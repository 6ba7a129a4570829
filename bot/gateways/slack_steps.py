"""Answering custom steps of workflows: the one place that knows in which workspace.

Both methods take the bot's token and need no scope (https://docs.slack.dev/reference/methods/functions.completeSuccess).
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_workspaces import Workspaces

GONE = frozenset({"execution_not_in_running_state", "function_execution_not_found"})
"""What Slack answers where a run has an answer already, was stopped, or is not known any more."""

FOR_NOW = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "unknown"})
"""What Slack answers while it has troubles of its own; `unknown` where it does not even say so in JSON."""
_ERROR_LENGTH = 1000
_log = structlog.get_logger(__name__)


class SlackSteps:
    """Tells Slack how a run of a step ended. Raises SlackApiError, and what the client raises."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def succeed(self, team: str, execution_id: str, outputs: Mapping[str, str | int]) -> None:
        """The step went well."""
        client = await self._workspaces.client(team)
        await client.functions_completeSuccess(function_execution_id=execution_id, outputs=dict(outputs))

    async def fail(self, team: str, execution_id: str, why: str) -> None:
        """The step did not go well; `why` is for whoever uses the workflow."""
        client = await self._workspaces.client(team)
        await client.functions_completeError(function_execution_id=execution_id, error=why[:_ERROR_LENGTH])

    async def link_to(self, team: str, channel: str, ts: str) -> str:
        """Where a message can be opened; empty where Slack does not know it: the step goes on without the link."""
        try:
            client = await self._workspaces.client(team)
            answer = await client.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackApiError as error:
            _log.info("a card has no link", error=type(error).__name__)
            return ""
        return str(answer.get("permalink") or "")
