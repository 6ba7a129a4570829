"""Reading a request's body: no more than fits, and no slower than a poor line sends it."""

from __future__ import annotations

import asyncio

from aiohttp import web

SECONDS = 20.0
"""How long nothing, or too little, may come of a body that was announced."""
SLOWEST = 16 * 1024
"""The bytes a second by which a body earns more time."""
PATIENCE: web.AppKey[float] = web.AppKey("patience", float)
"""Other seconds than `SECONDS`, for an application."""


class SlowBodyError(Exception):
    """The body did not come in time. Nothing of it was looked at."""


async def body_within(request: web.Request, limit: int) -> bytes | None:
    """The whole body; None where it is larger than `limit` bytes, after unpacking if it was packed.

    Raises SlowBodyError, and what aiohttp raises for one that is not as its headers say.
    """
    if (request.content_length or 0) > limit:
        return None
    received = bytearray()
    begun, seconds = asyncio.get_running_loop().time(), request.config_dict.get(PATIENCE, SECONDS)
    try:
        async with asyncio.timeout(seconds) as deadline:
            async for chunk in request.content.iter_any():
                received += chunk
                if len(received) > limit:
                    return None
                deadline.reschedule(begun + seconds + len(received) / SLOWEST)
    except TimeoutError:
        raise SlowBodyError from None
    return bytes(received)
