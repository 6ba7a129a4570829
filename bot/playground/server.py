"""The playground as a web application on a loopback address.

Other web sites in the same browser are kept out: only loopback host names are answered (which a rebound DNS name is
not), deeds need a JSON body from our own origin, and no CORS headers are ever sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.hub import CLOSING
from bot.playground.play_api import PlayApi
from bot.playground.playground import Playground
from bot.playground.web_api import WebApi, bearer

STATIC = Path(__file__).parent / "static"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_BODY = 25_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(ground: Playground) -> web.Application:
    """The web application of one playground: the Web API for the bot, the page and its API for people."""
    app = web.Application(middlewares=[_keep_others_out], client_max_size=LARGEST_BODY)
    app.add_routes(ground.oauth.routes())
    app.add_routes(_of_one(ground, _by_token({each: WebApi(each) for each in ground.town})))
    app.router.add_static("/static", STATIC)
    for each in ground.neighbours:
        neighbour = web.Application()
        neighbour.add_routes(_of_one(each, WebApi(each).call))
        app.add_subapp(f"/w/{each.seed.team_id}", neighbour)
    app.on_response_prepare.append(_add_headers)

    async def hang_up(_: web.Application) -> None:
        for each in ground.town:
            each.hub.publish(CLOSING)

    async def close(_: web.Application) -> None:
        for each in ground.town:
            await each.delivery.close()

    app.on_shutdown.append(hang_up)
    app.on_cleanup.append(close)
    return app


def _of_one(ground: Playground, call: Handler) -> list[web.RouteDef]:
    """Everything that one workspace serves: the Web API for the bot, the page and its API for people."""
    pages = [web.get("/", _page), web.get("/archives/{channel}/{ts}", _page)]
    methods = [web.get("/api/{method}", call), web.post("/api/{method}", call)]
    return [*methods, *WebApi(ground).routes(), *PlayApi(ground).routes(), *pages]


def _by_token(apis: dict[Playground, WebApi]) -> Handler:
    """The Web API has one address for all workspaces: the token says which one is meant."""
    first = next(iter(apis))

    async def call(request: web.Request) -> web.StreamResponse:
        meant = next((each for each in apis if each.grants.admit(bearer(request))), first)
        return await apis[meant].call(request)

    return call


@asynccontextmanager
async def serve(ground: Playground, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Playground]:
    """Serve the playground while the block runs; port 0 takes a free one. `ground.url` then says where it is."""
    # Nobody waits long for a page that is still open.
    runner = web.AppRunner(create_app(ground), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        ground.stand_at(f"http://{_spelled(host)}:{runner.addresses[0][1]}")
        yield ground
    finally:
        await runner.cleanup()


def _spelled(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@web.middleware
async def _keep_others_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    if _host_name(f"//{request.host}") not in LOOPBACK:
        raise web.HTTPForbidden(text="the playground answers on loopback names only")
    if "/play/" in request.path and request.method == "POST":
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            raise web.HTTPForbidden(text="the playground takes deeds from its own page only")
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="deeds are JSON")
    return await handler(request)


def _host_name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
