"""The switch between workspaces, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from bot.playground import ChannelSeed, Driver, PersonSeed, Playground, WorkspaceSeed, serve

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

WIDTHS: list[ViewportSize] = [{"width": 1400, "height": 800}, {"width": 400, "height": 800}]


def seed(team: str, name: str, *others: PersonSeed) -> WorkspaceSeed:
    bob = PersonSeed(f"U{team[-1]}BOB", "bob", "Bob Baker")
    return WorkspaceSeed((bob, *others), (ChannelSeed("C01", f"in-{team.lower()}"),), team_id=team, team_name=name)


@pytest.fixture
async def ground() -> AsyncIterator[Playground]:
    alice = PersonSeed("U1ALICE", "alice", "Alice Archer")
    second = Playground(seed("T2", "Second Shop"), bot_url="", signing_secret="s")
    first = Playground(seed("T1", "First Shop", alice), bot_url="", signing_secret="s", neighbours=(second,))
    async with serve(first):
        yield first


@pytest.mark.parametrize("size", WIDTHS, ids=["wide", "narrow"])
async def test_a_person_goes_to_the_other_workspace_and_stays_the_same(
    ground: Playground, page: Page, size: ViewportSize
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    await page.set_viewport_size(size)
    await page.goto(f"{ground.url}/#/U1BOB")
    await page.get_by_label("Message #in-t1").wait_for()
    there = Driver(ground.neighbours[0])
    there.ground.workspace.post(there.dm("bob"), there.ground.seed.bot_user_id, "Look here")
    await page.get_by_role("button", name="Workspace First Shop. Change; 1 waiting for you elsewhere").click()
    await page.get_by_role("menuitemcheckbox", name="Second Shop").click()
    await page.get_by_label("Message #in-t2").wait_for()
    assert page.url.startswith(f"{ground.url}/w/T2/")
    assert "U2BOB" in page.url
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.get_by_label("Message #in-t2").fill("Hello from here")
    await page.keyboard.press("Enter")
    await page.locator(".message", has_text="Hello from here").wait_for()
    assert [one.user for one in there.messages("#in-t2")] == ["U2BOB"]
    assert Driver(ground).messages("#in-t1") == []
    assert complaints == []
    await page.goto("about:blank")


async def test_who_has_no_account_there_is_told_so(ground: Playground, page: Page) -> None:
    await page.goto(f"{ground.url}/#/U1ALICE")
    await page.get_by_role("button", name="Workspace First Shop").click()
    await page.get_by_role("menu", name="Workspace").get_by_text("You have no account there").wait_for()
    await page.goto("about:blank")
