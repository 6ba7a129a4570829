"""The docs page: complete, without scripts, without anything from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from bot.api.catalogue import CODES
from bot.api.docs.words import inline, paragraphs
from bot.api.table import ENDPOINTS
from tests.bot.api.conftest import Api
from tests.support.browser import DESKTOP

if TYPE_CHECKING:
    from playwright.async_api import Page

PHONE = {"width": 400, "height": 900}
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Collects ids and links, and sees to it that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src"}:
                self.links.append(value or "")
            assert not name.startswith(("on", "style")), f"{name} is against the page's policy"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_the_page_tells_everything_and_loads_nothing(api: Api) -> None:
    reply = await api.call("", "GET", "/docs")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = reply.headers["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        policy,
    )
    reader = Reader()
    reader.feed(reply.raw.decode())
    assert not reader.open
    assert len(set(reader.ids)) == len(reader.ids)
    assert {"script", "img", "link", "iframe"}.isdisjoint(reader.tags)
    for link in reader.links:
        assert link.startswith(("#", "/")), link
        assert link[1:] in reader.ids or not link.startswith("#"), link
    assert {endpoint.name for endpoint in ENDPOINTS} <= set(reader.ids)
    assert CODES.keys() <= set(reader.ids)
    assert all(endpoint.path in reply.raw.decode() for endpoint in ENDPOINTS)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_page_fits_and_its_style_is_applied(api: Api, page: Page) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    await page.goto(f"{api.url}/api/v1/docs")
    widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    assert await page.evaluate("getComputedStyle(document.querySelector('article')).borderRadius") == "10px"
    await page.goto(f"{api.url}/api/v1/docs#already_decided")
    assert await page.locator("#already_decided").is_visible()
    assert [problem for problem in problems if "favicon" not in problem] == []


def test_words_are_escaped() -> None:
    assert inline("`<b>` & <i>") == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"
    assert paragraphs("one\ntwo\n\n\n`three`") == "<p>one two</p><p><code>three</code></p>"
