"""Calling addresses that somebody configured, without being led to where they should not reach.

A name may resolve to anything, and to something else a moment later. So nothing is decided by names: every socket is
made by a guard that sees the very address it will connect to, however that was written (`2130706433`, `0x7f.1`,
`::ffff:10.0.0.1`) and wherever it came from. Private, loopback and link-local addresses need a setting that names
their network; plain http works only there. No redirect is followed, no proxy of the environment used, no more read
than allowed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.settings import Network

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        # IPv4-compatible, local NAT64, Teredo, site-local; IETF protocols, 6to4 relays: none of them a public server.
        ("::/96", "64:ff9b:1::/48", "2001::/32", "fec0::/10", "192.0.0.0/24", "192.88.99.0/24"),
    )
)
ANSWER_LIMIT = 64 * 1024
TIMEOUT_SECONDS = 10.0


class OutboundError(Exception):
    """The call did not get an answer; the text says why, and holds neither the address nor what was sent."""


class _AddressRefusedError(OSError):
    """The guard let nothing through to that address."""


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What came back, whatever its status. `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """Calls out, one guarded session for https and one for http. Use it as an asynchronous context manager.

    `allowed` are networks that may be reached though they are not public.
    """

    def __init__(self, allowed: Sequence[Network] = (), *, resolver: AbstractResolver | None = None) -> None:
        self._allowed = tuple(allowed)
        self._resolver = resolver
        self._sessions: dict[str, ClientSession] = {}

    async def __aenter__(self) -> Outbound:
        self._sessions = {"https": self._session(public=True), "http": self._session(public=False)}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        seconds: float = TIMEOUT_SECONDS,
        limit: int = ANSWER_LIMIT,
    ) -> OutboundAnswer:
        """Make one call and read at most `limit` bytes of the answer. Raises OutboundError, after at most `seconds`."""
        target = checked_url(url, plain=bool(self._allowed))
        asked: dict[str, Any] = {"headers": {"Accept-Encoding": "identity", **(headers or {})}, "data": body}
        try:
            async with self._sessions[target.scheme].request(
                method, target, allow_redirects=False, timeout=ClientTimeout(total=seconds), **asked
            ) as answer:
                if 300 <= answer.status < 400:
                    raise OutboundError(f"it answered {answer.status}: redirects are not followed")
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                return OutboundAnswer(answer.status, lowered, await _bounded(answer, limit))
        except TimeoutError:
            raise OutboundError(f"it did not answer within {seconds:g} s") from None
        except (ClientError, OSError, ValueError) as error:
            raise OutboundError(_told(error)) from error

    def _session(self, *, public: bool) -> ClientSession:
        def guarded(info: tuple[Any, ...]) -> socket.socket:
            family, kind, protocol, _, address = info
            if not may_reach(address[0], self._allowed, public=public):
                raise _AddressRefusedError("refused")
            return socket.socket(family, kind, protocol)

        connector = TCPConnector(socket_factory=guarded, resolver=self._resolver, use_dns_cache=False, force_close=True)
        return ClientSession(connector=connector, cookie_jar=DummyCookieJar(), trust_env=False, auto_decompress=False)


def may_reach(address: str, allowed: Sequence[Network] = (), *, public: bool = True) -> bool:
    """Whether a numeric address, as a socket would connect to it, may be reached; `public`: so may all public ones.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is judged by both.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _carried(ip)
    if any(each in network for each in (ip, *inner) for network in allowed):
        return True
    return public and all(map(_is_public, inner or (ip,)))


def checked_url(url: str, *, plain: bool = False) -> URL:
    """The parsed address of a service. Raises OutboundError unless it is https, or http where `plain` allows it."""
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        raise OutboundError("its address is malformed") from None
    if parsed.scheme not in ("https", "http") or not parsed.host or not port:
        raise OutboundError("its address is not an https address")
    if parsed.scheme == "http" and not plain:
        raise OutboundError("its address is http, and only https is called")
    if parsed.user or parsed.password:
        raise OutboundError("its address holds a user or password, which would be sent in the clear to whoever logs it")
    return parsed


def _carried(ip: _Ip) -> tuple[_Ip, ...]:
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    if ip in _NAT64:
        return (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF),)
    return tuple(each for each in (ip.ipv4_mapped, ip.sixtofour) if each is not None)


def _is_public(ip: _Ip) -> bool:
    hidden = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
    return ip.is_global and not hidden and not any(ip in network for network in _NEVER)


async def _bounded(answer: ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise OutboundError(f"its answer is longer than {limit} bytes")
    return bytes(body)


def _told(error: Exception) -> str:
    """Why there was no answer, in words that repeat nothing of the address."""
    if isinstance(error, ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(error, ClientConnectorError):
        if isinstance(error.os_error, _AddressRefusedError):
            return "its address is private, which no setting allows (COUNTERSIGN_OUTBOUND_NETWORKS)"
        return "it could not be reached"
    if isinstance(error, InvalidURL):
        return "its address is malformed"
    return f"it broke off ({type(error).__name__})"
