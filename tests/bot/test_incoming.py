"""Bodies that are too large or too slow are let go of; a poor line is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from bot import incoming
from bot.incoming import PATIENCE, SlowBodyError, body_within
from bot.listening import listening
from bot.settings import Address

LIMIT = 1000
PATIENT_S = 0.4


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        try:
            body = await body_within(request, LIMIT)
        except SlowBodyError:
            return web.Response(status=408)
        return web.Response(status=413) if body is None else web.Response(body=body)

    app = web.Application()
    app[PATIENCE] = PATIENT_S
    app.router.add_post("/", handle)
    async with listening(app, Address("127.0.0.1", 0), idle_seconds=PATIENT_S) as address:
        yield f"http://127.0.0.1:{address.port}/"


async def dripping(pieces: int, wait: float) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield b"x" * 10
        await asyncio.sleep(wait)


async def posted(url: str, body: bytes | AsyncIterator[bytes]) -> tuple[int, bytes]:
    async with ClientSession() as session, session.post(url, data=body) as answer:
        return answer.status, await answer.read()


async def test_what_fits_is_read_whole(url: str) -> None:
    assert await posted(url, b"x" * LIMIT) == (200, b"x" * LIMIT)
    assert await posted(url, dripping(3, 0.01)) == (200, b"x" * 30)
    assert await posted(url, b"") == (200, b"")


async def test_what_is_too_large_is_refused_announced_or_not(url: str) -> None:
    assert (await posted(url, b"x" * (LIMIT + 1)))[0] == 413
    assert (await posted(url, dripping(LIMIT // 10 + 1, 0)))[0] == 413


async def test_a_body_that_does_not_come_is_not_waited_for(url: str) -> None:
    async with asyncio.timeout(30):
        assert (await posted(url, dripping(99, PATIENT_S / 2)))[0] == 408


async def test_what_comes_earns_time(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "SLOWEST", 5)
    status, body = await posted(url, dripping(4, PATIENT_S / 2))
    assert (status, body) == (200, b"x" * 40), "longer than the patience with nothing, and fast enough"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow"])
async def test_a_connection_without_a_whole_request_is_closed(url: str, sent: bytes) -> None:
    port = int(url.rpartition(":")[2].strip("/"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
