"""How often one may ask: each token, whoever holds several of them, and each address that shows no good one.

A caller is recognised before it is counted, so a flood of bad tokens from the address of a proxy, or of an office,
takes nothing from those there whose tokens are good.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from bot.api.answers import RefusedError
from bot.token_buckets import TokenBuckets

HOLDER_SHARE = 2
"""The person or service account behind several tokens is let through as often as so many tokens."""
STRANGER_SHARE = 0.1
"""So much of a token's rate is left to an address without a good token."""
_V6_NETWORK = 64


class RateLimit:
    """Bounds on requests; `per_second` is a token's, and 0 means no limit on anything. `clock` is in seconds."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = TokenBuckets(per_second, clock)
        self._holders = TokenBuckets(per_second * HOLDER_SHARE, clock)
        self._strangers = TokenBuckets(per_second * STRANGER_SHARE, clock)

    def take(self, token: str, holder: str) -> None:
        """Count one request with a token. Raises RefusedError (429) that says when to come again."""
        if seconds := self._tokens.take(token):
            raise _refused(f"At most {self._tokens.per_second:g} requests a second are taken from one token", seconds)
        if seconds := self._holders.take(holder):
            told = f"At most {self._holders.per_second:g} requests a second are taken from all tokens of one holder"
            raise _refused(told, seconds)

    def take_stranger(self, address: str | None) -> None:
        """Count one request by somebody who showed no good token. Raises RefusedError (429)."""
        if seconds := self._strangers.take(neighbourhood(address or "")):
            raise _refused("Too many requests without a valid token come from this address", seconds)


def neighbourhood(address: str) -> str:
    """What one subscriber has: an address of IPv4, a /64 of IPv6."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or ipaddress.ip_network((int(read), _V6_NETWORK), strict=False).network_address)


def _refused(told: str, seconds: int) -> RefusedError:
    return RefusedError(
        "too_many_requests", told, hint=f"Go on after {seconds} s.", headers={"Retry-After": str(seconds)}
    )
