"""Other web sites in the same browser are kept out."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.bot.playground.conftest import Kitchen

DO = "/play/do/read?as=alice"


async def status(kitchen: Kitchen, method: str, path: str, **more: Any) -> int:
    async with aiohttp.ClientSession() as session, session.request(method, kitchen.ground.url + path, **more) as got:
        assert "Access-Control-Allow-Origin" not in got.headers
        return got.status


@pytest.mark.parametrize("path", ["/", "/play/people", "/api/auth.test", "/static/js/app.js"])
async def test_only_loopback_names_are_answered(kitchen: Kitchen, path: str) -> None:
    assert await status(kitchen, "GET", path) == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "[", ""):
        assert await status(kitchen, "GET", path, headers={"Host": host}) in (400, 403)
    for host in ("localhost:99", "127.0.0.1", "[::1]:80"):
        assert await status(kitchen, "GET", path, headers={"Host": host}) == 200


async def test_deeds_come_from_the_own_page_as_json(kitchen: Kitchen) -> None:
    body = {"channel": "C01"}
    assert await status(kitchen, "POST", DO, json=body) == 200
    assert await status(kitchen, "POST", DO, json=body, headers={"Origin": kitchen.ground.url}) == 200
    for origin in ("https://evil.example", "null", kitchen.ground.url + ".evil.example"):
        assert await status(kitchen, "POST", DO, json=body, headers={"Origin": origin}) == 403
    assert await status(kitchen, "POST", DO, data=body) == 415
    assert await status(kitchen, "POST", DO, data='{"channel": "C01"}', headers={"Content-Type": "text/plain"}) == 415


async def test_the_page_may_load_nothing_from_elsewhere(kitchen: Kitchen) -> None:
    async with aiohttp.ClientSession() as session, session.get(kitchen.ground.url) as got:
        policy = got.headers["Content-Security-Policy"]
        page = await got.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page


async def test_static_files_stay_in_their_folder(kitchen: Kitchen) -> None:
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static/js"):
        assert await status(kitchen, "GET", path) in (403, 404)
