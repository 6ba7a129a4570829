"""Bearer tokens at the door (RFC 6750). Who may do what is core's question."""

from __future__ import annotations

import re

from aiohttp import web

from core.app.countersign import Countersign
from core.domain.people import Actor
from core.errors import UnauthenticatedError

CHALLENGE = 'Bearer realm="countersign"'
REFUSED = f'{CHALLENGE}, error="invalid_token"'
_BEARER = re.compile(r"[Bb]earer +([!-~]+) *")


def token_of(request: web.Request) -> str:
    """The token that a request brings. Raises UnauthenticatedError where there is none to look at."""
    headers = request.headers.getall("Authorization", [])
    match = _BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if match is None:
        raise UnauthenticatedError(
            "The request needs a bearer token",
            hint="Send the header Authorization: Bearer TOKEN. `countersign token create` makes one.",
        )
    return match[1]


async def actor_of(token: str, countersign: Countersign, correlation_id: str) -> Actor:
    """Whom a token stands for. Raises UnauthenticatedError, the same for unknown, expired and revoked ones."""
    return await countersign.access.by_token(token, correlation_id)
