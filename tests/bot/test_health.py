from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientSession, web

from bot.health import METRICS, add_health, key_check, measured
from bot.listening import listening
from bot.settings import Address
from core.app.telling import ChannelTrouble
from core.errors import UnavailableError
from core.evidence.public_key import PublicKeyRecord
from tests.core.evidence.samples import STRANGER
from tests.support.bench import Bench


class Switch:
    """A check that fails when told."""

    problem = ""

    async def __call__(self) -> None:
        if self.problem:
            raise UnavailableError(self.problem)


@pytest.fixture
async def served(bench: Bench) -> AsyncIterator[tuple[str, Switch]]:
    switch = Switch()
    app = web.Application(middlewares=[measured])
    app[METRICS] = bench.metrics
    add_health(app, {"database": switch}, bench.metrics, bench.ports)
    async with listening(app, Address("127.0.0.1", 0)) as address:
        yield f"http://127.0.0.1:{address.port}", switch


async def get(url: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_the_program_says_that_it_runs(served: tuple[str, Switch]) -> None:
    url, switch = served
    switch.problem = "gone"
    assert await get(f"{url}/healthz") == (200, '{"status": "ok"}')


async def test_it_is_ready_when_every_check_passes(served: tuple[str, Switch]) -> None:
    assert await get(f"{served[0]}/readyz") == (200, '{"status": "ok", "checks": {"database": "ok"}}')


async def test_it_is_not_ready_and_says_why(served: tuple[str, Switch]) -> None:
    url, switch = served
    switch.problem = "The database cannot be reached"
    status, text = await get(f"{url}/readyz")
    assert status == 503
    assert "The database cannot be reached" in text


class BrokenSigner:
    """A signer whose token was pulled out."""

    key_ref = "p256-none"

    def sign(self, message: bytes) -> bytes:
        raise OSError("no such device")


async def test_it_is_not_ready_without_a_key_that_signs_and_is_known(bench: Bench) -> None:
    with pytest.raises(UnavailableError, match="OSError"):
        await key_check(replace(bench.ports, signer=BrokenSigner()))()
    with pytest.raises(UnavailableError, match="registry"):
        await key_check(replace(bench.ports, signer=STRANGER))()
    await key_check(bench.ports)()
    known = PublicKeyRecord.from_pem(STRANGER.public_key_pem)
    await bench.ports.transactions.write(lambda store: store.evidence.put_key(known))
    await key_check(replace(bench.ports, signer=STRANGER))()


async def test_the_outbox_stands_in_the_metrics(served: tuple[str, Switch], bench: Bench) -> None:
    await bench.promotion()
    bench.clock.advance(seconds=30)
    _, text = await get(f"{served[0]}/metrics")
    waiting = next(line for line in text.splitlines() if line.startswith("countersign_outbox_waiting "))
    oldest = next(line for line in text.splitlines() if line.startswith("countersign_outbox_oldest_seconds "))
    assert float(waiting.split()[1]) >= 1
    assert float(oldest.split()[1]) == 30


async def test_requests_are_counted_by_route_and_not_by_address(served: tuple[str, Switch]) -> None:
    url, _ = served
    await get(f"{url}/healthz")
    await get(f"{url}/whatever/somebody/types")
    _, text = await get(f"{url}/metrics")
    assert 'countersign_requests_total{door="rest",route="/healthz",status="200"} 1.0' in text
    assert 'countersign_requests_total{door="rest",route="unknown",status="404"} 1.0' in text
    assert "whatever" not in text


async def test_channels_that_cannot_be_posted_in_are_counted(served: tuple[str, Switch], bench: Bench) -> None:
    promotion = await bench.promotion()
    trouble = ChannelTrouble(promotion.target.id, "#releases", "is_archived", bench.clock())
    await bench.ports.transactions.write(lambda store: store.troubles.put(trouble))
    _, text = await get(f"{served[0]}/metrics")
    assert "countersign_channel_troubles 1.0" in text
