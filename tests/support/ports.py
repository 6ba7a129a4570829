"""Ports on this machine."""

from __future__ import annotations

import socket

import pytest


def unused_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """One unused port; take `unused_port()` for more."""
    return unused_port()
