"""The workflow panel of the playground's page, with a mouse and a keyboard, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.world import CHANNEL, World, world

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, ViewportSize

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 400, "height": 800}


@pytest.fixture
async def w(sqlite_url: str, tmp_path: Path, page: Page) -> AsyncIterator[World]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    async with world(sqlite_url, tmp_path) as made:
        await made.release("1.4.0")
        await page.goto(f"{made.slack.ground.url}/#/U01/C01")
        await page.get_by_label("Message #releases").wait_for()
        yield made
        assert complaints == []
        await page.goto("about:blank")


async def opened(page: Page, viewport: ViewportSize) -> Locator:
    """Open the workflow's panel, from the drawer where the window is narrow."""
    if viewport == NARROW:
        await page.get_by_role("button", name="Channels and messages").click()
    await page.get_by_role("button", name="Ship a release").click()
    panel = page.get_by_role("dialog", name="Ship a release")
    await panel.wait_for()
    return panel


@pytest.mark.timeout(120)
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_workflow_is_started_confirmed_and_followed_to_its_end(
    w: World, page: Page, viewport: ViewportSize
) -> None:
    panel = await opened(page, viewport)
    await panel.get_by_role("button", name="Start workflow").click()
    await panel.get_by_text("Please complete this required field.").first.wait_for()
    assert w.slack.ground.workflows.runs == []

    await panel.get_by_label("Which release?").fill("shop-1.4.0")
    await panel.get_by_role("combobox", name="Where should it go?").click()
    await page.get_by_role("option", name="production").click()
    await panel.get_by_label("Why?").fill("Fixes the checkout")
    await panel.get_by_role("button", name="Start workflow").click()
    await panel.locator(".run", has_text="shop-1.4.0 to production").wait_for()
    await inside(panel, viewport)

    # A note says that Countersign has written; following it closes the panel and shows the question.
    await page.get_by_role("button", name="Open").first.click()
    await panel.wait_for(state="detached")
    await page.get_by_role("button", name="Request it: shop-1.4.0 to Production", exact=True).click()
    await page.get_by_text("Requested in your name").wait_for()

    card = await w.slack.message(CHANNEL, "Awaiting approval")
    panel = await opened(page, viewport)
    await panel.locator(".step.is-completed", has_text="Request a promotion").wait_for()
    await panel.locator(".step.is-running", has_text="Wait for its decision").wait_for()
    await w.slack.click("bob", card, "promotion.reject")
    await w.slack.modal_of("bob")
    await w.slack.submit_modal("bob", {"reason": "not on a Friday"})
    # The open panel follows by itself.
    step = panel.locator(".step.is-completed", has_text="Wait for its decision")
    await step.wait_for()
    for words in ("deny", "rejected", "Bob Approver", "not on a Friday", "sha256:"):
        await step.get_by_text(words).first.wait_for()
    await inside(panel, viewport)
    if viewport == WIDE:
        await picture(panel, "workflow")
    await page.keyboard.press("Escape")
    await panel.wait_for(state="detached")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_step_that_fails_says_why(w: World, page: Page, viewport: ViewportSize) -> None:
    panel = await opened(page, viewport)
    w.slack.start_workflow("alice", "Wf0SHIPIT", {"release": "shop-9", "environment": "production"})
    failed = panel.locator(".step.is-failed", has_text="Request a promotion")
    await failed.get_by_text("Did you mean shop-1.4.0?").wait_for()
    await inside(panel, viewport)


async def inside(panel: Locator, viewport: ViewportSize) -> None:
    """Everything fits into the window, and nothing has to be moved sideways."""
    await panel.evaluate("one => Promise.all(one.getAnimations().map(each => each.finished))")
    box = await panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    assert box["y"] + box["height"] <= viewport["height"]
    assert await panel.locator(".dialog-body").evaluate("one => one.scrollWidth <= one.clientWidth")


async def picture(panel: Locator, name: str) -> None:
    """Keep a picture for the README where COUNTERSIGN_PICTURES names a folder."""
    if folder := os.environ.get("COUNTERSIGN_PICTURES"):
        await panel.locator(".step").last.scroll_into_view_if_needed()
        # Notes go away by themselves.
        await panel.page.locator(".toast").first.wait_for(state="detached")
        await panel.screenshot(path=Path(folder) / f"{name}.png")
