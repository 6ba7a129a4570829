"""`GET /slack/install` and `GET /slack/oauth_redirect`: a browser lets Countersign into a workspace.

The two requests are bound together by a cookie that lives as long as the way to Slack and back may take.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from aiohttp import web

from bot.slack.views.install_pages import installed_page, refused_page
from core.app.installations import Installation
from core.errors import DomainError, ForbiddenError, InvalidError, UnavailableError

COOKIE = "countersign_install"
COOKIE_SECONDS = 600
_LONGEST = 4000
_STATUSES: dict[type[DomainError], int] = {InvalidError: 400, ForbiddenError: 403, UnavailableError: 503}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Begun(Protocol):
    """Where the browser goes, and the secret that it must bring back."""

    @property
    def address(self) -> str: ...

    @property
    def browser(self) -> str: ...


class Installer(Protocol):
    """The two steps of an installation."""

    async def begin(self, invite: str = "") -> Begun:
        """Somebody wants to install. Raises InvalidError, ForbiddenError."""
        ...

    async def finish(self, *, state: str, browser: str, code: str, refusal: str = "") -> Installation:
        """Slack has sent the browser back. Raises InvalidError, ForbiddenError, UnavailableError."""
        ...


def add_installing(app: web.Application, installer: Installer, *, secure: bool) -> None:
    """Mount both; `secure` says that browsers reach us by https."""

    async def install(request: web.Request) -> web.StreamResponse:
        begun = await installer.begin(_asked(request, "invite"))
        answer = web.Response(status=302, headers={**_HEADERS, "Location": begun.address})
        answer.set_cookie(
            COOKIE, begun.browser, max_age=COOKIE_SECONDS, path="/slack", secure=secure, httponly=True, samesite="Lax"
        )
        return answer

    async def come_back(request: web.Request) -> web.StreamResponse:
        installation = await installer.finish(
            state=_asked(request, "state"),
            browser=request.cookies.get(COOKIE, ""),
            code=_asked(request, "code"),
            refusal=_asked(request, "error"),
        )
        _log.info("a workspace was let in", workspace=installation.team)
        # The cookie stays for its ten minutes, so that a page that is loaded again can say that it is done.
        return _page(200, installed_page(installation))

    app.router.add_get("/slack/install", _explained(install), allow_head=False)
    app.router.add_get("/slack/oauth_redirect", _explained(come_back), allow_head=False)


def _asked(request: web.Request, name: str) -> str:
    """A parameter; empty where it is missing. Raises InvalidError where nobody of ours would have written it."""
    values = request.query.getall(name, [])
    if len(values) > 1 or any(len(value) > _LONGEST for value in values):
        raise InvalidError(f"The parameter {name} is not one of ours", field=name)
    return values[0] if values else ""


def _explained(handler: Handler) -> Handler:
    async def explained(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except DomainError as error:
            status = next((number for kind, number in _STATUSES.items() if isinstance(error, kind)), 400)
            _log.warning("nothing was installed", status=status, problem=error.message)
            return _page(status, refused_page(error))

    return explained


def _page(status: int, html: str) -> web.Response:
    return web.Response(status=status, text=html, content_type="text/html", charset="utf-8", headers=_HEADERS)
