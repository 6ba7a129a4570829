"""A server that has its decisions stamped by somebody else: the decision does not wait, the timestamp comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientSession, web

from bot.listening import listening
from bot.settings import Address
from core.domain.people import SlackAccount
from core.evidence.canonical import canonical
from tests.support.ports import unused_port
from tests.support.servers import serving
from tests.support.timestamping import StampingAuthority
from tests.support.world import PEOPLE, TEAM, Answer, Product, product


async def test_a_decision_is_stamped_soon_after_it_was_made(
    database_url: str, tmp_path: Path, tsa: StampingAuthority
) -> None:
    wanted = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        query = await request.read()
        await wanted.wait()
        reply = await asyncio.to_thread(tsa.answer, query)
        return web.Response(body=reply, content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/tsa", answer)
    accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
    async with product(database_url, tmp_path, "http://127.0.0.1:9/", accounts) as made:
        release = await made.release("1.0.0", in_staging=False)
    port = unused_port()
    async with listening(app, Address("127.0.0.1", 0)) as address, ClientSession() as session:
        environment = {
            "COUNTERSIGN_DATABASE_URL": database_url,
            "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
            "COUNTERSIGN_SIGNING_KEY": str(tmp_path / "signing-key.pem"),
            "COUNTERSIGN_TIMESTAMP_URL": f"http://127.0.0.1:{address.port}/tsa",
        }
        made.url, made.session = f"http://127.0.0.1:{port}", session
        async with serving(environment, made.url, tmp_path):
            asked = {"releaseId": str(release.id), "targetEnvironmentId": str(made.staging.id)}
            decided = await made.rest("ci", "POST", "/promotions", asked, {"Prefer": "wait=5"})
            assert decided.body["status"] == "approved", "though nobody has stamped it"
            path = f"/promotions/{decided.body['id']}/evidence"
            early = await made.rest("ci", "GET", f"{path}?format=timestamp")
            assert (early.status, "no timestamp" in early.body["detail"]) == (404, True)
            wanted.set()
            stamp = await stamped(made, path)
            packet = await made.rest("ci", "GET", path)
    assert stamp.headers["Content-Type"] == "application/timestamp-reply"
    assert tsa.verifies(canonical(packet.body["content"]), stamp.body)


async def stamped(made: Product, path: str) -> Answer:
    """The timestamp, once it is there."""
    for _ in range(400):
        answer = await made.rest("ci", "GET", f"{path}?format=timestamp")
        if answer.status == 200:
            return answer
        await asyncio.sleep(0.05)
    raise TimeoutError("no timestamp came")
