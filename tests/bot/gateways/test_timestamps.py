"""Decisions are stamped by an errand, whoever has to wait for the authority; nobody waits for it to decide."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientSession, web

from bot.gateways.timestamps import TimestampAuthority
from bot.listening import listening
from bot.settings import Address
from core.app.countersign import Countersign
from core.app.deciding import CancelPromotion
from core.app.outbox import Errand, OutboxEntry
from core.domain.export_format import ExportFormat
from core.errors import NotFoundError, UnavailableError
from core.evidence.timestamp import Timestamp
from tests.support.bench import Bench
from tests.support.clock import MORNING, nth_id
from tests.support.timestamping import StampingAuthority


class Desk:
    """The authority's HTTP, which answers as told before it works."""

    def __init__(self, tsa: StampingAuthority, *answers: web.Response) -> None:
        self.tsa = tsa
        self.answers = list(answers)
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.content_type)
        query = await request.read()
        if self.answers:
            return self.answers.pop(0)
        reply = await asyncio.to_thread(self.tsa.answer, query)
        return web.Response(body=reply, content_type="application/timestamp-reply")


def errand(promotion_id: object) -> OutboxEntry:
    return OutboxEntry(f"timestamp:{promotion_id}", Errand.TIMESTAMP, promotion_id, 1, 0, MORNING, "")  # type: ignore[arg-type]


async def test_a_decision_is_stamped_once_however_often_the_errand_runs(bench: Bench, tsa: StampingAuthority) -> None:
    countersign = Countersign(replace(bench.ports, timestamps=True))
    promotion = await bench.promotion()
    await countersign.deciding.cancel(bench.actor("alice"), CancelPromotion(promotion.id))
    waiting = await bench.ports.transactions.write(lambda store: store.outbox.claim(bench.clock(), bench.clock(), 100))
    assert (Errand.TIMESTAMP, promotion.id) in {(entry.errand, entry.subject_id) for entry in waiting}
    with pytest.raises(NotFoundError, match="no timestamp"):
        await countersign.reading.export(bench.actor("alice"), promotion.id, ExportFormat.TIMESTAMP)

    html = web.Response(body=b"<html>", content_type="application/timestamp-reply")
    moved, endless = web.Response(status=302, headers={"Location": "/x"}), web.Response(body=b"0" * 70_000)
    desk = Desk(tsa, web.Response(status=503), moved, html, endless)
    app = web.Application()
    app.router.add_post("/", desk.handle)
    async with listening(app, Address("127.0.0.1", 0)) as address, ClientSession() as session:
        authority = TimestampAuthority(f"http://127.0.0.1:{address.port}/", session, bench.ports)
        for problem in ("answered 503", "answered 302", "no timestamp", "more than any"):
            with pytest.raises(UnavailableError, match=problem):
                await authority.stamp(errand(promotion.id))
        await authority.stamp(errand(promotion.id))
        await authority.stamp(errand(promotion.id))

    assert desk.asked == ["application/timestamp-query"] * 5
    export = await countersign.reading.export(bench.actor("alice"), promotion.id, ExportFormat.TIMESTAMP)
    packet = await countersign.reading.evidence(bench.actor("alice"), promotion.id)
    assert (export.name, export.media_type) == (f"evidence-{packet.id}.tsr", "application/timestamp-reply")
    assert tsa.verifies(packet.canonical, export.content)
    names = [each.name for each in await countersign.reading.exports(bench.actor("alice"), promotion.id)]
    assert export.name in names


async def test_an_authority_that_cannot_be_reached_is_said_to_be(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.cancel(bench.actor("alice"), CancelPromotion(promotion.id))
    async with ClientSession() as session:
        authority = TimestampAuthority("http://127.0.0.1:9/", session, bench.ports)
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await authority.stamp(errand(promotion.id))
        await authority.stamp(errand(nth_id(99)))


async def test_a_stored_timestamp_stays_as_it_came(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.cancel(bench.actor("alice"), CancelPromotion(promotion.id))
    packet = await bench.countersign.reading.evidence(bench.actor("alice"), promotion.id)
    stamp = Timestamp(packet_id=packet.id, response=b"\x30\x00\xff", stamped_at=MORNING, authority="http://tsa/")
    await bench.ports.transactions.write(lambda store: store.evidence.add_timestamp(stamp))
    assert await bench.ports.transactions.read(lambda store: store.evidence.timestamp(packet.id)) == stamp
