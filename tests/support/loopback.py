"""No test leaves this machine: whatever connects to, listens on or looks up another host fails its test."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

_INTERNET = {socket.AF_INET, socket.AF_INET6}
_WITH_ADDRESS = {"socket.connect", "socket.bind", "socket.sendto"}
_WITH_NAME = {"socket.getaddrinfo", "socket.gethostbyname"}
_breaches: list[str] = []


class NotLoopbackError(PermissionError):
    """A test tried to talk to something else than this machine."""


def is_loopback(host: object) -> bool:
    """Whether `host`, as a socket call takes it, means this machine and only this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.lower() == "localhost" or name.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _forbid(event: str, host: object) -> None:
    breach = f"{event} {host!r}: tests stay on loopback"
    _breaches.append(breach)
    raise NotLoopbackError(breach)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event in _WITH_ADDRESS:
        sock, address = args
        if sock.family in _INTERNET and not is_loopback(address[0]):
            _forbid(event, address[0])
    # A lookup without a name is for a wildcard address, which the bind that follows is judged by.
    elif event in _WITH_NAME and args[0] and not is_loopback(args[0]):
        _forbid(event, args[0])


@pytest.fixture(scope="session", autouse=True)
def _loopback_hook() -> None:
    # An audit hook sees asyncio's and every library's sockets alike; it cannot be removed, and need not be.
    sys.addaudithook(_audit)


@pytest.fixture(autouse=True)
def loopback_only(_loopback_hook: None) -> Iterator[list[str]]:
    """Fail the test even where the code swallowed the refusal. Yields the breaches, for the guard's own test."""
    _breaches.clear()
    yield _breaches
    if _breaches:
        pytest.fail("; ".join(_breaches), pytrace=False)
