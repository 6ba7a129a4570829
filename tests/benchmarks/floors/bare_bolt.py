"""Bolt and nothing else: an app with one listener that runs before it is answered, and, with a database, a ledger.

python -m tests.benchmarks.floors.bare_bolt PORT SECRET command|action [DATABASE]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
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


def with_command(secret: str, ledger: Ledger | None) -> AsyncApp:
    """Answers `/promote RELEASE ENVIRONMENT`."""
    app = build(secret)

    @app.command("/promote")
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        if ledger:
            release, environment = body["text"].split()
            await ledger.request(release, environment, body["team_id"], body["user_id"])
        await ack("Requested.")

    return app


def with_action(secret: str, ledger: Ledger | None) -> AsyncApp:
    """Answers the button that approves."""
    app = build(secret)

    @app.action("promotion.approve")
    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        if ledger:
            promotion = json.loads(body["actions"][0]["value"])["promotionId"].replace("-", "")
            await ledger.vote(promotion, body["team"]["id"], body["user"]["id"])
        await ack()

    return app


def run(port: int, **apps: AsyncApp) -> None:
    """Serve apps, each under its name, as Slack calls them."""
    served = web.Application()
    for name, app in apps.items():
        served.router.add_post(f"/{name}/slack/events", _events(app))
    web.run_app(served, host="127.0.0.1", port=port, print=None, access_log=None)


def _events(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return events


def main(port: str, secret: str, database: str = "") -> None:
    """Run the program."""
    ledger = Ledger(database) if database else None
    run(int(port), command=with_command(secret, ledger), action=with_action(secret, ledger))


if __name__ == "__main__":
    main(*sys.argv[1:])
