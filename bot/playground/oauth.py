"""Installing the app by OAuth: the page that asks, and what turns its answer into a token.

As Slack does: `/oauth/v2/authorize` asks a person, a code goes back to the app's redirect URL with the state, and
`oauth.v2.access` gives a token for a code that is ten minutes old at most, once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from bot.playground.errors import SlackError
from bot.playground.grants import Grants
from bot.playground.passes import Clock
from bot.playground.records import Json
from bot.playground.seed import WorkspaceSeed

CODE_SECONDS = 600
_ASKED = ("client_id", "scope", "state", "redirect_uri", "team")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh}"
    "main{max-width:30rem;padding:1.5rem;box-sizing:border-box;width:100%}h1{font-size:1.4rem;line-height:1.25}"
    "a{display:block;margin:.6rem 0;padding:.7rem 1rem;border:1px solid #999;border-radius:8px;color:inherit;"
    "text-decoration:none;text-align:center}a.allow{background:#2e0b30;border-color:#2e0b30;color:#fff}"
    "@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#e8e8e8}}"
)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


@dataclass(frozen=True)
class AppCredentials:
    """What the app calls itself with; empty for an app that is not installed by OAuth."""

    client_id: str = ""
    client_secret: str = ""


NO_CREDENTIALS = AppCredentials()


class Installable(Protocol):
    """A workspace that an app can be installed in: a Playground."""

    seed: WorkspaceSeed
    grants: Grants
    clock: Clock


@dataclass(frozen=True)
class _Code:
    ground: Installable
    redirect_uri: str
    issued: float


class OAuth:
    """The OAuth of one app in several workspaces."""

    def __init__(self, credentials: AppCredentials, grounds: tuple[Installable, ...]) -> None:
        self._credentials = credentials
        self._grounds = grounds
        self._codes: dict[str, _Code] = {}

    def routes(self) -> list[web.RouteDef]:
        """The page, and its two answers."""
        return [
            web.get("/oauth/v2/authorize", self.ask),
            web.get("/oauth/v2/answer", self.answer),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """Ask whether the app may come in, and where."""
        asked = self._asked(request)
        proposed = [each for each in self._grounds if asked["team"] in ("", each.seed.team_id)] or self._grounds
        name = escape(proposed[0].seed.bot_display_name)
        allow = "".join(
            f'<a class="allow" href="{_answer(asked, each.seed.team_id)}">Allow in {escape(each.seed.team_name)}</a>'
            for each in proposed
        )
        scopes = escape(", ".join(filter(None, asked["scope"].split(","))))
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>Install {name}</title><style>{_STYLE}</style><main>"
            f"<h1>{name} asks to come into a workspace</h1><p>It would be allowed: {scopes}.</p>{allow}"
            f'<a href="{_answer(asked, "")}">Cancel</a></main></html>'
        )
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    async def answer(self, request: web.Request) -> web.Response:
        """Send the browser back to the app, with a code or with a refusal."""
        asked = self._asked(request)
        ground = next((each for each in self._grounds if each.seed.team_id == asked["team"]), None)
        back = {"state": asked["state"]}
        if ground is None:
            back["error"] = "access_denied"
        else:
            back["code"] = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
            self._codes[back["code"]] = _Code(ground, asked["redirect_uri"], ground.clock())
        parts = urlsplit(asked["redirect_uri"])
        query = urlencode([*parse_qsl(parts.query), *back.items()])
        raise web.HTTPFound(urlunsplit(parts._replace(query=query)))

    def access(self, arguments: dict[str, Any]) -> Json:
        """`oauth.v2.access`: a token for a code, or the next one for a refresh token."""
        given = AppCredentials(str(arguments.get("client_id", "")), str(arguments.get("client_secret", "")))
        if not given.client_id or given.client_id != self._credentials.client_id:
            raise SlackError("invalid_client_id")
        if given != self._credentials:
            raise SlackError("bad_client_secret")
        if arguments.get("grant_type") == "refresh_token":
            token = str(arguments.get("refresh_token", ""))
            ground = next((each for each in self._grounds if each.grants.holds(token)), None)
            if ground is None:
                raise SlackError("invalid_refresh_token")
            return _granted(ground, ground.grants.refresh(token))
        code = self._codes.pop(str(arguments.get("code", "")), None)
        if code is None or code.ground.clock() - code.issued > CODE_SECONDS:
            raise SlackError("invalid_code")
        if str(arguments.get("redirect_uri", "")) != code.redirect_uri:
            raise SlackError("bad_redirect_uri")
        return _granted(code.ground, code.ground.grants.issue())

    def _asked(self, request: web.Request) -> dict[str, str]:
        asked = {name: request.query.get(name, "") for name in _ASKED}
        if not asked["client_id"] or asked["client_id"] != self._credentials.client_id:
            raise web.HTTPBadRequest(text="invalid_client_id")
        if urlsplit(asked["redirect_uri"]).scheme not in ("http", "https"):
            raise web.HTTPBadRequest(text="bad_redirect_uri")
        return asked


def _answer(asked: dict[str, str], team: str) -> str:
    return escape(f"/oauth/v2/answer?{urlencode(asked | {'team': team})}")


def _granted(ground: Installable, token: Json) -> Json:
    seed = ground.seed
    return {
        "ok": True,
        "app_id": seed.app_id,
        "scope": ",".join(seed.scopes or ()),
        "token_type": "bot",
        "bot_user_id": seed.bot_user_id,
        "team": {"id": seed.team_id, "name": seed.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
        **token,
    }
