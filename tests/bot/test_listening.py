from __future__ import annotations

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from bot.listening import listening
from bot.settings import Address


async def test_an_application_is_served_while_the_block_runs() -> None:
    app = web.Application()
    app.router.add_get("/", _answer)
    async with listening(app, Address("127.0.0.1", 0)) as address:
        assert await _get(address) == "here"
    with pytest.raises(ClientConnectionError):
        await _get(address)


async def test_an_address_that_is_taken_is_an_error() -> None:
    async with listening(web.Application(), Address("127.0.0.1", 0)) as address:
        with pytest.raises(OSError, match=str(address.port)):
            async with listening(web.Application(), address):
                raise AssertionError("two programs listen on one address")


async def _answer(_: web.Request) -> web.Response:
    return web.Response(text="here")


async def _get(address: Address) -> str:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{address.port}/") as answer:
        return await answer.text()
