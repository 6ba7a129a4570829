"""The pages of an installation: a cookie that binds, statuses that tell, and words that cannot hurt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import ClientSession, web

from bot.listening import listening
from bot.settings import Address
from bot.slack.installing import COOKIE, add_installing
from bot.slack.views.install_pages import installed_page
from core.app.installations import Installation
from core.errors import DomainError, ForbiddenError, InvalidError, UnavailableError
from tests.support.clock import MORNING, nth_id

MADE = Installation(nth_id(1), "T02", "<b>Second</b>", "", "U0BOT", (), "sealed", MORNING)


@dataclass
class Begun:
    address: str = "https://slack.com/oauth/v2/authorize?state=s"
    browser: str = "secret-of-this-browser"


@dataclass
class Scripted:
    """An installer that says what a test wants."""

    trouble: DomainError | None = None
    heard: list[dict[str, str]] = field(default_factory=list)

    async def begin(self, invite: str = "") -> Begun:
        self.heard.append({"invite": invite})
        if self.trouble:
            raise self.trouble
        return Begun()

    async def finish(self, *, state: str, browser: str, code: str, refusal: str = "") -> Installation:
        self.heard.append({"state": state, "browser": browser, "code": code, "refusal": refusal})
        if self.trouble:
            raise self.trouble
        return MADE


@dataclass
class Rig:
    installer: Scripted
    session: ClientSession
    url: str


@pytest.fixture(params=[False, True], ids=["http", "https"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    app, installer = web.Application(), Scripted()
    add_installing(app, installer, secure=request.param)
    async with listening(app, Address("127.0.0.1", 0)) as address, ClientSession() as session:
        yield Rig(installer, session, f"http://127.0.0.1:{address.port}/slack")


async def test_beginning_leads_to_slack_with_a_cookie_that_only_comes_back_here(
    rig: Rig, request: pytest.FixtureRequest
) -> None:
    async with rig.session.get(f"{rig.url}/install?invite=abc", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, Begun().address)
        cookie = answer.cookies[COOKIE]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert cookie.value == Begun().browser
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/slack")
    assert bool(cookie["secure"]) is ("https" in request.node.name)
    assert rig.installer.heard == [{"invite": "abc"}]


async def test_coming_back_says_where_it_is_installed(rig: Rig) -> None:
    headers = {"Cookie": f"{COOKIE}=mine"}
    async with rig.session.get(f"{rig.url}/oauth_redirect?state=s&code=c", headers=headers) as answer:
        page = await answer.text()
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "&lt;b&gt;Second&lt;/b&gt;" in page
    assert "<b>Second" not in page
    assert rig.installer.heard == [{"state": "s", "browser": "mine", "code": "c", "refusal": ""}]


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(InvalidError("<i>bad</i>"), 400), (ForbiddenError("no"), 403), (UnavailableError("away"), 503)],
    ids=["400", "403", "503"],
)
@pytest.mark.parametrize("path", ["install", "oauth_redirect"])
async def test_a_refusal_says_why_and_what_to_do(rig: Rig, path: str, trouble: DomainError, status: int) -> None:
    rig.installer.trouble = trouble
    trouble.hint = "Ask & see."
    async with rig.session.get(f"{rig.url}/{path}", allow_redirects=False) as answer:
        page = await answer.text()
        assert answer.status == status
    assert "Ask &amp; see." in page
    assert "<i>" not in page


@pytest.mark.parametrize("query", ["state=1&state=2", "code=" + "x" * 5000, "invite=a&invite=b"])
async def test_what_nobody_of_ours_would_send_is_refused_unread(rig: Rig, query: str) -> None:
    path = "install" if "invite" in query else "oauth_redirect"
    async with rig.session.get(f"{rig.url}/{path}?{query}", allow_redirects=False) as answer:
        assert answer.status == 400
    assert rig.installer.heard == []


async def test_only_get_begins(rig: Rig) -> None:
    for method in ("POST", "HEAD"):
        async with rig.session.request(method, f"{rig.url}/install", allow_redirects=False) as answer:
            assert answer.status == 405
    assert rig.installer.heard == []


def test_an_organisation_is_called_one() -> None:
    assert "in this organisation" in installed_page(replace(MADE, team="E02"))
    assert "in this workspace" in installed_page(MADE)
