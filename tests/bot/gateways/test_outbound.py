from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.gateways.outbound import Outbound, OutboundError, checked_url, may_reach
from bot.listening import listening
from bot.settings import Address

REFUSED = "its address is private, which no setting allows (COUNTERSIGN_OUTBOUND_NETWORKS)"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HIDDEN = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::808:808", "2002:a00:1::", "2002:7f00:1::1", "2001::1", "::ffff:0.0.0.0"),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", HIDDEN)
def test_what_is_not_public_is_not_reached_however_it_is_written(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_reached(address: str) -> None:
    assert may_reach(address)
    assert not may_reach(address, public=False), "plain http stays inside"


def test_a_network_that_is_named_is_reached_and_no_other() -> None:
    named = [ipaddress.ip_network("10.2.0.0/16")]
    assert may_reach("10.2.3.4", named)
    assert may_reach("::ffff:10.2.3.4", named)
    assert not may_reach("10.3.0.1", named)
    assert not may_reach("169.254.169.254", named)


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///x", "//example.com"),
        *("http://example.com/", "https://user:secret@example.com/", "https://[::1/", "https://example.com:99999/"),
        "gopher://127.0.0.1:70/",
    ],
)
def test_an_address_that_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundError, match="its address"):
        checked_url(url)


class FixedResolver(AbstractResolver):
    """Says that every name is at these addresses, the first time, the second time ..."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        address = self._answers.pop(0)
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        self._answers.clear()


class Received:
    """A service that counts who came, and answers by `handler`."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.requests: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.handler(request)


async def _fine(request: web.Request) -> web.StreamResponse:
    return web.Response(text="fine", headers={"X-Kind": "test"})


async def _elsewhere(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/again"})


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 8192)


async def _never(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(10)
    return web.Response()


async def _bomb(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\x1f\x8b" + b"\0" * 100, headers={"Content-Encoding": "gzip"})


async def call(handler: Handler, allowed: Any = LOOPBACK, host: str = "127.0.0.1", **given: Any) -> Any:
    """Call a service on this machine under a name for it."""
    service = Received(handler)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", service.answer)
    async with (
        listening(app, Address("127.0.0.1", 0)) as here,
        Outbound(allowed, resolver=given.pop("resolver", None)) as out,
    ):
        try:
            return await out.call("POST", f"http://{host}:{here.port}/ask", **given), service
        except OutboundError as error:
            return error, service


async def test_a_service_in_a_named_network_is_asked_and_its_answer_read() -> None:
    answer, service = await call(_fine, body=b"{}", headers={"X-Ours": "1"})

    assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b"fine", "test")
    assert service.requests[0].headers["X-Ours"] == "1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "127.1"])
async def test_this_machine_is_not_reached_by_any_spelling_unless_named(host: str) -> None:
    error, service = await call(_fine, [ipaddress.ip_network("10.99.0.0/16")], host)

    assert isinstance(error, OutboundError)
    assert str(error) in (REFUSED, "its address is malformed")
    assert service.requests == []


@pytest.mark.parametrize("host", ["gate.example.com", "0x7f000001"])
async def test_a_name_that_leads_inside_is_refused_and_the_refusal_names_the_setting_not_the_address(host: str) -> None:
    resolver = FixedResolver("127.0.0.1")
    error, service = await call(_fine, [ipaddress.ip_network("10.99.0.0/16")], host, resolver=resolver)

    assert str(error) == REFUSED
    assert resolver.asked == [host]
    assert service.requests == []


async def test_a_name_is_resolved_once_for_a_call_so_it_cannot_lead_elsewhere_in_between() -> None:
    resolver = FixedResolver("127.0.0.1", "169.254.169.254")
    answer, service = await call(_fine, host="gate.example.com", resolver=resolver)

    assert (answer.status, len(service.requests), len(resolver.asked)) == (200, 1, 1)


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (_elsewhere, "it answered 302: redirects are not followed"),
        (_endless, "its answer is longer than 1000 bytes"),
        (_never, "it did not answer within 2 s"),
    ],
)
async def test_a_service_that_misbehaves_is_told_of_in_words(handler: Handler, words: str) -> None:
    error, service = await call(handler, seconds=2, limit=1000)

    assert str(error) == words
    assert len(service.requests) == 1


async def test_what_is_compressed_stays_so_and_cannot_grow() -> None:
    answer, _ = await call(_bomb)

    assert len(answer.body) == 102


async def test_a_service_that_is_not_there_is_told_of_without_its_address() -> None:
    async with Outbound(LOOPBACK) as out:
        with pytest.raises(OutboundError) as caught:
            await out.call("GET", "http://127.0.0.1:9/secret-path")
    assert str(caught.value) == "it could not be reached"
