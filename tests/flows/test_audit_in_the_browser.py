"""An auditor at the page of an export: reads, searches, prints; nothing goes over a network.

With COUNTERSIGN_PICTURES set to a folder the picture of the README is made on the way.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.db.database import open_database
from tests.support.audited import MALLORY, Quarter, key_file, quarter
from tests.support.servers import PROGRAMS

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize

NARROW: ViewportSize = {"width": 400, "height": 850}
WIDE: ViewportSize = {"width": 1400, "height": 950}


@dataclass
class Desk:
    """The page in a browser, and everything that the browser complained of or asked for."""

    page: Page
    address: str
    made: Quarter
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def open(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        await self.page.goto(self.address)

    @property
    def rows(self) -> Locator:
        return self.page.locator("#promotions tbody tr:visible")

    async def search(self, words: str) -> list[str]:
        """Type into the search field; gives what is shown."""
        await self.page.get_by_role("searchbox").fill(words)
        return await self.rows.locator("th").all_inner_texts()

    async def choose(self, label: str, option: str) -> int:
        await self.page.locator("#find").get_by_label(label, exact=True).select_option(option)
        return await self.rows.count()


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Quarter]:
    """The page of an export of a busy quarter."""
    place = tmp_path_factory.mktemp("audited")
    shutil.copyfile(sqlite_template, place / "countersign.db")
    url = f"sqlite:///{place / 'countersign.db'}"

    async def make() -> Quarter:
        database = open_database(url)
        made = await quarter(database, usual=60)
        await database.close()
        return made

    made = asyncio.run(make())
    environment = {**os.environ, "COUNTERSIGN_DATABASE_URL": url, "COUNTERSIGN_SIGNING_KEY": str(key_file(place))}
    for year, out in (("2026", "out"), ("2020", "empty")):
        words = ["--from", f"{year}-03-01", "--to", f"{year}-03-31", "--out", str(place / out)]
        subprocess.run([PROGRAMS / "countersign", "audit", "export", *words], env=environment, check=True, timeout=100)
    return (place / "out" / "index.html").as_uri(), made


@pytest.fixture
async def desk(page: Page, address: tuple[str, Quarter]) -> AsyncIterator[Desk]:
    made = Desk(page, *address)
    await made.open()
    yield made
    assert made.complaints == []
    assert made.requests == [made.address]


@pytest.mark.parametrize("viewport", [WIDE])
async def test_promotions_are_found_by_words_and_by_what_they_are(desk: Desk) -> None:
    everything = await desk.rows.count()
    assert everything == 60 + len(desk.made.promotions)
    assert [text.split() for text in await desk.search("ERIN lifted")] == [["shop-2.1.0", "to", "Production"]]
    assert await desk.search("no such words") == []
    assert await desk.page.locator("#shown").inner_text() == f"0 of {everything} shown (filter: no such words)"
    assert len(await desk.search(MALLORY)) == 2
    assert len(await desk.search(str(desk.made.promotions["own"]))) == 1
    await desk.search("")
    assert await desk.choose("Environment", "Sandbox") == 1
    assert await desk.choose("Environment", "all") == everything
    assert await desk.choose("Only those", "decided by gates alone") == 1
    await desk.page.get_by_role("button", name="Show all").click()
    await desk.page.get_by_text(f"{everything} of {everything} shown").wait_for()
    assert await desk.choose("Decision", "not decided") == 1


@pytest.mark.parametrize("viewport", [NARROW, WIDE])
async def test_it_fits_and_is_whole_in_the_dark_and_on_a_telephone(desk: Desk, viewport: ViewportSize) -> None:
    for scheme in ("dark", "light"):
        await desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert await desk.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    if viewport == WIDE and (folder := os.environ.get("COUNTERSIGN_PICTURES")):
        await desk.page.screenshot(path=f"{folder}/audit.png")
    bars = desk.page.locator("#environments .bar")
    assert await bars.count() == 3
    box = await bars.first.bounding_box()
    assert box is not None and box["width"] > 200


@pytest.mark.parametrize("viewport", [WIDE])
async def test_it_prints_what_is_shown_and_says_what_is_not(desk: Desk) -> None:
    await desk.search("Erin")
    printed = await desk.page.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    await desk.page.emulate_media(media="print")
    assert not await desk.page.locator("#find").is_visible()
    assert "shown (filter: Erin)" in await desk.page.locator("#shown").inner_text()
    link = desk.page.locator("#promotions tbody tr:visible a").first
    shown = await link.evaluate("element => getComputedStyle(element, '::after').content")
    assert "packets/evidence-" in shown
    head = await desk.page.locator("#promotions thead").evaluate("element => getComputedStyle(element).display")
    assert head == "table-header-group"


@pytest.mark.parametrize("viewport", [NARROW])
async def test_the_way_from_key_to_key(desk: Desk) -> None:
    await desk.page.keyboard.press("Tab")
    assert await desk.page.evaluate("document.activeElement.textContent") == "Skip to the table of all promotions"
    await desk.page.keyboard.press("Enter")
    await desk.page.wait_for_function("location.hash === '#promotions'")


async def test_without_scripts_everything_is_there(browser: Browser, address: tuple[str, Quarter]) -> None:
    plain: BrowserContext = await browser.new_context(java_script_enabled=False)
    page = await plain.new_page()
    await page.goto(address[0])
    assert await page.locator("#promotions tbody tr").count() == 60 + len(address[1].promotions)
    assert not await page.locator("#find").is_visible()
    await plain.close()


async def test_a_period_without_anything_is_a_page_too(page: Page, address: tuple[str, Quarter]) -> None:
    empty = Desk(page, address[0].replace("/out/", "/empty/"), address[1])
    await empty.open()
    await page.get_by_text("Nothing was requested or decided in this period.").wait_for()
    assert await page.locator("#promotions table").count() == 0
    assert (empty.complaints, empty.requests) == ([], [empty.address])
