"""Bolt and nothing else: an app with one listener that is answered before it returns, and, with a database, a ledger.

python -m tests.benchmarks.floors.bare_bolt PORT SECRET command|action [DATABASE]
"""

from __future__ import annotations

import json
import sys
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from tests.benchmarks.floors.ledger import Ledger


def build(secret: str) -> AsyncApp:
    """An app that lets everybody in and does nothing yet."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

    return AsyncApp(signing_secret=secret, authorize=authorize, process_before_response=True)


def listen(app: AsyncApp, kind: str, ledger: Ledger | None) -> None:
    """Answer `/promote RELEASE ENVIRONMENT`, or the button that approves."""

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        if ledger:
            release, environment = body["text"].split()
            await ledger.request(release, environment, body["team_id"], body["user_id"])
        await ack("Requested.")

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        if ledger:
            promotion = json.loads(body["actions"][0]["value"])["promotionId"].replace("-", "")
            await ledger.vote(promotion, body["team"]["id"], body["user"]["id"])
        await ack()

    if kind == "command":
        app.command("/promote")(command)
    else:
        app.action("promotion.approve")(approve)


def run(app: AsyncApp, port: int) -> None:
    """Serve an app at the path where Slack calls."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.router.add_post("/slack/events", events)
    web.run_app(served, host="127.0.0.1", port=port, print=None, access_log=None)


def main(port: str, secret: str, kind: str, database: str = "") -> None:
    """Run the program."""
    app = build(secret)
    listen(app, kind, Ledger(database) if database else None)
    run(app, int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
