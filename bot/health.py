"""`/healthz` (the program runs), `/readyz` (it can do its work) and `/metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.metrics import Metrics
from core.app.ports import Ports
from core.app.sealing import signed
from core.errors import UnavailableError

_PROBE = b"readyz"

Check = Callable[[], Awaitable[None]]
"""Returns where all is well, raises UnavailableError where not."""


def add_health(app: web.Application, checks: dict[str, Check], metrics: Metrics, ports: Ports) -> None:
    """Mount the three endpoints; they need no token and tell nothing that is private."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        found = {name: await _outcome(check) for name, check in checks.items()}
        ready = all(outcome == "ok" for outcome in found.values())
        answer = {"status": "ok" if ready else "unavailable", "checks": found}
        return web.json_response(answer, status=200 if ready else 503)

    async def exposition(_request: web.Request) -> web.Response:
        try:
            depth, troubles = await ports.transactions.read(lambda store: (store.outbox.depth(), store.troubles.all()))
        except UnavailableError:
            return web.Response(status=503, text="the database cannot be reached\n")
        age = (ports.clock() - depth.oldest).total_seconds() if depth.oldest else 0.0
        metrics.note_outbox(depth, max(age, 0.0))
        metrics.tasks.set(len(asyncio.all_tasks()))
        metrics.channel_troubles.set(sum(trouble.solved_at is None for trouble in troubles))
        content_type = "text/plain; version=0.0.4; charset=utf-8"
        return web.Response(body=metrics.exposition(), headers={"Content-Type": content_type})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", exposition)


def key_check(ports: Ports) -> Check:
    """Whether evidence can be signed, by a key that verifiers are told of."""

    async def check() -> None:
        try:
            await signed(ports, _PROBE)
        except Exception as error:  # a signer may be anything; whatever it raises, nothing can be decided
            raise UnavailableError(f"The signing key cannot sign ({type(error).__name__})") from error
        key = await ports.transactions.read(lambda store: store.evidence.key(ports.signer.key_ref))
        if key is None:
            raise UnavailableError("The signing key is not in the key registry")
        if refusal := key.refusal_at(ports.clock()):
            raise UnavailableError(f"Nothing can be decided: {refusal}")

    return check


async def _outcome(check: Check) -> str:
    try:
        await check()
    except UnavailableError as error:
        return error.message
    return "ok"


@web.middleware
async def measured(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Count and time every request by door and route."""
    metrics = request.app[METRICS]
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "unknown"
    door = "slack" if route == "/slack/events" else "rest"
    with metrics.request_seconds.labels(door).time():
        status = 500
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as refused:
            status = refused.status
            raise
        finally:
            metrics.requests.labels(door, route, str(status)).inc()


METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)
