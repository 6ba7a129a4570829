"""Starting and stopping the real command."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from aiohttp import web

from bot.listening import listening
from bot.server import serve
from bot.settings import Address, load_settings
from tests.support.ports import unused_port
from tests.support.servers import serving


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_cleanly(sqlite_url: str, tmp_path: Path, name: signal.Signals) -> None:
    port = unused_port()
    environment = {"COUNTERSIGN_DATABASE_URL": sqlite_url, "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}"}
    async with serving(environment, f"http://127.0.0.1:{port}", tmp_path) as program:
        program.send_signal(name)
        assert await asyncio.wait_for(program.wait(), 10) == 0


async def test_a_taken_address_is_told(sqlite_url: str) -> None:
    async with listening(web.Application(), Address("127.0.0.1", 0)) as taken:
        with pytest.raises(OSError, match=str(taken.port)):
            await serve(load_settings(database_url=sqlite_url, listen=f"127.0.0.1:{taken.port}"))
