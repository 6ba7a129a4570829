"""The system's Chromium under Playwright, in the test's own event loop, unable to reach anything but this machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.node import node_path
from tests.support.requirement import unavailable

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def chromium_path() -> str | None:
    """Where Chromium is: `COUNTERSIGN_CHROMIUM`, else on the path, else Chrome on a Mac."""
    named = os.environ.get("COUNTERSIGN_CHROMIUM")
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return named or found or (str(_MAC) if _MAC.exists() else None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The browser's path; skips where there is none."""
    path = chromium_path()
    if path is None:
        unavailable("browser", "no browser: install Chromium or name one in COUNTERSIGN_CHROMIUM")
    if importlib.util.find_spec("playwright") is None:
        unavailable("browser", "no browser: playwright is not installed")
    with pytest.MonkeyPatch.context() as environment:
        # Playwright's own Node needs a library (libatomic) that a small Debian lacks.
        if node := node_path():
            environment.setenv("PLAYWRIGHT_NODEJS_PATH", node)
        yield path


@pytest_asyncio.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A browser of the test's own: half a second, and no event loop or state shared between tests."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        yield running
        await running.close()


@pytest.fixture
def viewport() -> ViewportSize:
    """The window's size; `@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])` gives another."""
    return DESKTOP


@pytest_asyncio.fixture
async def context(browser: Browser, viewport: ViewportSize) -> AsyncIterator[BrowserContext]:
    """A fresh profile: no cookies, no storage."""
    opened = await browser.new_context(viewport=viewport, accept_downloads=True, timezone_id="Europe/Amsterdam")
    opened.set_default_timeout(10_000)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def page(context: BrowserContext) -> Page:
    """One empty page."""
    return await context.new_page()
