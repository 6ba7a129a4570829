"""Listening on an address."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.settings import Address

SHUTDOWN_SECONDS = 10
IDLE_SECONDS = 75.0
"""How long a connection may stay without a whole request: longer than proxies keep theirs, usually 60 s."""
LINGER_SECONDS = 10.0
"""How long the rest of a body that was refused is taken and dropped, so that its sender gets to read the answer."""
_OPEN_FILES = 65_536


def allow_many_connections() -> None:
    """Let this program have as many open files as its user may: a connection is one, and the usual limit is 1,024."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(most, _OPEN_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@asynccontextmanager
async def listening(
    app: web.Application, address: Address, *, idle_seconds: float = IDLE_SECONDS
) -> AsyncIterator[Address]:
    """Serve an application on an address (port 0 takes a free one) and say which it is."""
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=idle_seconds,
        lingering_time=min(idle_seconds, LINGER_SECONDS),
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port).start()
        host, port, *_ = runner.addresses[0]
        yield Address(host, port)
    finally:
        await runner.cleanup()
