"""The Bolt app: every payload takes the same way from parsing to acknowledging, and `answered` tells kinds apart.

That way is a middleware, and there are no listeners: Bolt asks them in turn whether they match, which for ours took
longer than all the rest of a dispatch. It runs to its end before Slack is answered, so nothing that was acknowledged
is lost in a task that nobody waits for. Bolt gets no token and its own way to authorise: no call at the start, and no
installations in files where SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are in the environment.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answering import answered
from bot.slack.door import Accounts, Door, Workspaces
from bot.slack.pace import Pace
from bot.slack.payloads import MalformedError, parse
from bot.slack.replies import Replies
from bot.slack.steps import NotTakenError
from core.app.countersign import Countersign

Answering = Callable[[], AbstractContextManager[None]]


def build_slack_app(
    countersign: Countersign,
    *,
    workspaces: Workspaces,
    accounts: Accounts,
    replies: Replies,
    per_second: float = 0,
    answering: Answering = nullcontext,
) -> AsyncApp:
    """The app that answers everything Slack sends, over HTTP (`slack_events`) and in Socket Mode alike.

    `per_second` bounds what is done for one Slack account, 0 for no bound; `answering` is entered for as long as Slack
    waits for an answer.
    """
    door = Door(countersign, workspaces, accounts, replies, pace=Pace(per_second))
    app = AsyncApp(
        name="countersign",
        logger=_quiet_logger(),
        # Calls are made with the clients of `workspaces`; Bolt's own never has a token.
        client=AsyncWebClient(base_url=workspaces.base_url),
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        # The token that comes with a workflow's step goes nowhere.
        attaching_function_token_enabled=False,
    )
    app.middleware(_answer(door, answering))
    return app


@asynccontextmanager
async def start_socket_mode(app: AsyncApp, app_token: str) -> AsyncIterator[AsyncSocketModeHandler]:
    """Be connected by Socket Mode while the block runs."""
    handler = AsyncSocketModeHandler(app, app_token, logger=_quiet_logger())
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _answer(door: Door, answering: Answering) -> Callable[..., Awaitable[BoltResponse]]:
    async def answer(body: dict[str, object], ack: AsyncAck) -> BoltResponse:
        """What is none of ours is acknowledged, what is malformed refused."""
        try:
            payload = parse(body)
        except MalformedError:
            return BoltResponse(status=400, body="")
        if payload is None:
            return BoltResponse(status=200, body="")
        with answering():
            try:
                return await ack(**await answered(door, payload))
            except NotTakenError:
                return BoltResponse(status=503, body="")

    return answer


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Let everything through to our listeners: the door looks who it is, and from which workspace."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _quiet_logger() -> logging.Logger:
    """Bolt logs bodies when something is unusual; what we want to know of that we log ourselves."""
    logger = logging.getLogger("slack_bolt.countersign")
    logger.setLevel(logging.ERROR)
    return logger
