"""Serving until told to stop, and stopping without losing what was acknowledged.

On SIGTERM or SIGINT: no new connections, requests under way are finished, workers finish their errand, the database
is closed. What still waits in the outbox is there at the next start.
"""

from __future__ import annotations

import asyncio
import signal
import time

import structlog

from bot.bootstrap import Application, build
from bot.listening import allow_many_connections, listening
from bot.settings import Address, Settings

_log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> None:
    """Run the server until a signal comes. Raises what `build` raises, and OSError where the address is taken."""
    allow_many_connections()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with (
        build(settings, monotonic=time.monotonic) as application,
        listening(application.web, settings.address, idle_seconds=settings.idle_seconds) as address,
    ):
        _announce(application, address)
        await stop.wait()
        _log.info("stopping")


def _announce(application: Application, address: Address) -> None:
    settings = application.core.settings
    doors = ["REST"]
    if settings.slack_signing_secret.get_secret_value():
        doors.append("Slack over HTTP (POST /slack/events)")
    if settings.slack_app_token.get_secret_value():
        doors.append("Slack by Socket Mode")
    if settings.installs:
        doors.append(f"installing in workspaces ({settings.public_url}/slack/install)")
    if not settings.uses_slack:
        _log.warning("no Slack settings: the REST API runs alone", hint="set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET")
    _log.info("serving", url=f"http://{address.host}:{address.port}", doors=", ".join(doors))
