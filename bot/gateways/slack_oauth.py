"""Slack's OAuth 2.0 for bots (docs.slack.dev/authentication/installing-with-oauth), and tokens that are rotated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_client import TIMEOUT_SECONDS
from bot.gateways.slack_scopes import BOT_SCOPES


class UnusableGrantError(Exception):
    """Slack's answer lacks what an installation needs; nothing of the answer is told, for it holds tokens."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A bot token; where it is rotated, also what the next one is got with, and when it ends."""

    access: str
    refresh: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody in Slack has granted us. `team` is the workspace, or the organisation of an org-wide install."""

    team: str
    name: str
    enterprise: str
    bot_user: str
    scopes: tuple[str, ...]
    tokens: Tokens


class SlackOAuth:
    """Slack's side of an installation."""

    def __init__(self, client_id: str, client_secret: str, base_url: str, session: ClientSession) -> None:
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._base_url = base_url.rstrip("/") + "/"
        self._session = session

    def address(self, state: str, redirect_uri: str, team: str = "") -> str:
        """Where somebody is asked to let us in; `team` is the workspace that is proposed there."""
        asked = {"client_id": self._credentials["client_id"], "scope": ",".join(BOT_SCOPES), "state": state}
        asked |= {"redirect_uri": redirect_uri} | ({"team": team} if team else {})
        return f"{self._base_url.removesuffix('api/')}oauth/v2/authorize?{urlencode(asked)}"

    async def exchange(self, code: str, redirect_uri: str, now: datetime) -> Grant:
        """What a code stands for. Raises SlackApiError, UnusableGrantError, and what the connection raises."""
        answer = await self._client().oauth_v2_access(code=code, redirect_uri=redirect_uri, **self._credentials)
        return _grant(_fields(answer.data), now)

    async def refresh(self, refresh_token: str, now: datetime) -> Tokens:
        """The next tokens. Raises as `exchange` does."""
        answer = await self._client().oauth_v2_access(
            grant_type="refresh_token", refresh_token=refresh_token, **self._credentials
        )
        return _tokens(_fields(answer.data), now)

    async def revoke(self, token: str) -> None:
        """Give a token back. Raises SlackApiError, and what the connection raises."""
        await self._client(token).auth_revoke()

    def _client(self, token: str | None = None) -> AsyncWebClient:
        return AsyncWebClient(token, self._base_url, timeout=TIMEOUT_SECONDS, session=self._session)


def _fields(answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise UnusableGrantError("Slack's answer is not an object")
    return answer


def _grant(answer: Mapping[str, Any], now: datetime) -> Grant:
    enterprise, team = answer.get("enterprise") or {}, answer.get("team") or {}
    where = enterprise if answer.get("is_enterprise_install") else team
    if not where.get("id"):
        raise UnusableGrantError("Slack does not say which workspace it is")
    return Grant(
        team=str(where["id"]),
        name=str(where.get("name") or where["id"]),
        enterprise=str(enterprise.get("id") or ""),
        bot_user=str(answer.get("bot_user_id") or ""),
        scopes=tuple(sorted(filter(None, str(answer.get("scope") or "").split(",")))),
        tokens=_tokens(answer, now),
    )


def _tokens(answer: Mapping[str, Any], now: datetime) -> Tokens:
    if not answer.get("access_token") or answer.get("token_type", "bot") != "bot":
        raise UnusableGrantError("Slack gave no bot token")
    lasts = answer.get("expires_in")
    ends = now + timedelta(seconds=int(lasts)) if lasts else None
    return Tokens(str(answer["access_token"]), str(answer.get("refresh_token") or ""), ends)
