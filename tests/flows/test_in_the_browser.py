"""The journey that the README shows, with a mouse and a keyboard, in the playground.

With COUNTERSIGN_PICTURES set to a folder the pictures of the README are made on the way.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli.demo.findings import EXCUSED, WAIVED_ID, trivy_report, vex_document
from tests.flows.test_findings_in_slack import may_waive, scanned, waive
from tests.support.world import World, world

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

CHANNEL_ID = "C01"
DEMO_REPORT = json.loads(trivy_report("shop-3.1.0", EXCUSED))
USERS = {"alice": "U01", "bob": "U02", "carol": "U03", "sam": "U04", "olga": "U05"}


class Eyes:
    """Somebody at the playground's page."""

    def __init__(self, w: World, page: Page) -> None:
        self.w = w
        self.page = page
        folder = os.environ.get("COUNTERSIGN_PICTURES")
        self._pictures = Path(folder) if folder else None

    async def be(self, who: str, channel: str = CHANNEL_ID) -> None:
        """Look at a channel as somebody."""
        await self.page.goto(f"{self.w.slack.ground.url}/#/{USERS[who]}/{channel}")
        await self.page.reload()
        await self.page.get_by_label("Message #releases").wait_for()

    async def type(self, text: str) -> None:
        """Type into the composer and send."""
        await self.page.get_by_label("Message #releases").click()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    def card(self, release: str) -> Locator:
        """The card of a release."""
        return self.page.locator(".message", has=self.page.locator("h1, h2, h3, .header", has_text=release)).first

    async def shows(self, release: str, words: str) -> Locator:
        """Wait for words on the card."""
        card = self.card(release)
        await card.get_by_text(words).first.wait_for()
        return card

    async def press(self, release: str, button: str) -> None:
        """Press a button of the card, and yes in a question that follows."""
        await (await self.shows(release, button)).get_by_role("button", name=button).first.click()

    async def confirm(self) -> None:
        """Say yes in the confirmation dialog."""
        await self.page.get_by_role("alertdialog").get_by_role("button", name="Approve", exact=True).click()

    async def picture(self, name: str, of: Locator | None = None) -> None:
        """Keep a picture for the README, of one element or of the page."""
        if self._pictures:
            self._pictures.mkdir(parents=True, exist_ok=True)
            await self.page.mouse.move(0, 0)
            await self.page.wait_for_timeout(300)
            await (of or self.page).screenshot(path=self._pictures / f"{name}.png")


@pytest.fixture
async def eyes(sqlite_url: str, tmp_path: Path, page: Page) -> AsyncIterator[Eyes]:
    async with world(sqlite_url, tmp_path) as w:
        made = Eyes(w, page)
        for version, critical in (("1.4.0", 0), ("1.5.0", 3), ("1.6.0", 0), ("1.7.0", 0), ("1.8.0", 0)):
            await w.release(version, critical=critical)
        yield made
        await page.goto("about:blank")


@pytest.mark.timeout(120)
async def test_every_way_a_promotion_can_go_is_seen_in_the_browser(eyes: Eyes) -> None:
    await eyes.be("alice")
    await eyes.type("/promote shop-1.4.0 to production Fixes the checkout on Safari")
    await eyes.shows("shop-1.4.0", "Awaiting approval")
    await eyes.picture("awaiting")
    await eyes.press("shop-1.4.0", "Approve")
    await eyes.confirm()
    await eyes.page.get_by_text("somebody else must approve").first.wait_for()
    await eyes.picture("refused")

    for who in ("bob", "sam"):
        await eyes.be(who)
        await eyes.press("shop-1.4.0", "Approve")
        await eyes.confirm()
        await eyes.shows("shop-1.4.0", {"bob": "Bob Approver", "sam": "Sam Reliable"}[who] + " approved")
    await eyes.picture("approved", await eyes.shows("shop-1.4.0", "Approved"))
    await eyes.picture("summary", eyes.page.locator(".message", has_text="Content hash").last)

    await eyes.be("alice")
    await eyes.type("/promote shop-1.5.0 to production The new search")
    blocked = await eyes.shows("shop-1.5.0", "3 critical vulnerabilities exceed threshold (max: 0)")
    assert await blocked.get_by_role("button", name="Approve").count() == 0
    await eyes.picture("blocked", blocked)
    found = await eyes.w.rest("ci", "GET", "/promotions?status=pending")
    scans = f"/releases/{found.body['data'][0]['releaseId']}/scan-reports"
    await eyes.w.rest("ci", "POST", scans, {"scanner": "trivy", "criticalCount": 0, "highCount": 1})
    await eyes.shows("shop-1.5.0", "Awaiting approval")

    await eyes.be("carol")
    await eyes.press("shop-1.5.0", "Reject")
    dialog = eyes.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Search results are empty for guests")
    await eyes.picture("reject-dialog")
    await dialog.get_by_role("button", name="Reject").click()
    await eyes.picture("rejected", await eyes.shows("shop-1.5.0", "Rejected"))

    await eyes.be("alice")
    await eyes.type("/promote shop-1.6.0 to production")
    await eyes.shows("shop-1.6.0", "Awaiting approval")
    await eyes.type("/promotions cancel shop-1.6.0 to production")
    await eyes.picture("cancelled", await eyes.shows("shop-1.6.0", "Cancelled"))

    await eyes.be("olga")
    await eyes.type("/promote shop-1.8.0 to production")
    await eyes.page.get_by_text("administrator").first.wait_for()
    await eyes.picture("unknown")

    await eyes.be("alice")
    await eyes.type("/promote shop-1.7.0 to production")
    await eyes.shows("shop-1.7.0", "Awaiting approval")
    eyes.w.clock.shift += timedelta(hours=25)
    await eyes.picture("expired", await eyes.shows("shop-1.7.0", "Expired"))


async def test_the_request_form_shows_the_gates_before_asking(eyes: Eyes) -> None:
    await eyes.be("alice")
    await eyes.type("/promote")
    dialog = eyes.page.get_by_role("dialog")
    await dialog.wait_for()
    await eyes.picture("request-dialog")
    assert await dialog.get_by_role("combobox").count() >= 2


@pytest.mark.parametrize("width", [400, 1400])
async def test_nothing_is_wider_than_the_screen(eyes: Eyes, width: int) -> None:
    await eyes.page.set_viewport_size({"width": width, "height": 850})
    await eyes.be("bob")
    await eyes.w.slack.command("alice", "#releases", "/promote", f"shop-1.4.0 production {'long words ' * 50}")
    await eyes.shows("shop-1.4.0", "Awaiting approval")
    assert await eyes.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await eyes.picture(f"card-{width}")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("width", [400, 1400])
async def test_home_form_and_a_changed_card_are_seen_at_any_width(eyes: Eyes, width: int) -> None:
    page, slack = eyes.page, eyes.w.slack
    await page.set_viewport_size({"width": width, "height": 1000})
    await eyes.be("alice")
    await eyes.type("/promote")
    dialog = page.get_by_role("dialog")
    await dialog.wait_for()
    form = await slack.modal_of("alice")
    await slack.choose("alice", form, "request.release", "shop-1.6.0")
    form = await slack.modal_of("alice", "shop-1.6.0")
    await slack.choose("alice", form, "request.environment", "Production")
    await dialog.get_by_text("The gates would pass now").wait_for()
    await eyes.picture(f"request-form-{width}", dialog)
    await dialog.get_by_role("button", name="Request").click()
    await eyes.shows("shop-1.6.0", "Awaiting approval")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    found = await eyes.w.rest("ci", "GET", "/promotions?status=awaiting_approval")
    old = await slack.message("#releases", "shop-1.6.0")
    release = found.body["data"][0]["releaseId"]
    worse = {"scanner": "trivy", "criticalCount": 0, "highCount": 4}
    await eyes.w.rest("ci", "POST", f"/releases/{release}/scan-reports", worse)
    await eyes.be("bob")
    await slack.click("bob", old, "promotion.approve")
    told = page.locator(".message", has_text="has changed since you looked").last
    await told.wait_for()
    await eyes.picture(f"drifted-{width}", told)
    await told.get_by_role("button", name="Approve").first.click()
    await eyes.confirm()
    await eyes.shows("shop-1.6.0", "Bob Approver approved")
    await eyes.picture(f"what-changes-{width}", eyes.card("shop-1.6.0"))

    await eyes.be("bob")
    await eyes.type("/approvals snooze 2h")
    await page.get_by_text("Snoozed until").first.wait_for()
    await slack.open_home("sam")
    await page.goto(f"{slack.ground.url}/#/{USERS['sam']}/app/home")
    await page.reload()
    await page.get_by_text("1 waits for you").first.wait_for()
    await eyes.picture(f"app-home-{width}")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("width", [400, 1400])
async def test_findings_that_block_are_waived_and_told_in_words(eyes: Eyes, width: int) -> None:
    page, w = eyes.page, eyes.w
    await page.set_viewport_size({"width": width, "height": 1000})
    await may_waive(w, "sam")
    release = await scanned(w, "3.1.0", DEMO_REPORT)
    await eyes.be("alice")
    await eyes.type("/promote shop-3.1.0 to production Takes the new cards")
    blocked = await eyes.shows("shop-3.1.0", "1 critical vulnerability exceeds threshold (max: 0)")
    await eyes.picture(f"findings-blocked-{width}", blocked)

    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    await waive(w, "sam", vulnerabilityId=WAIVED_ID, endsAt=until, reason="Archives come from our own build alone")
    assert (await w.rest("ci", "POST", f"/releases/{release}/vex", json.loads(vex_document()))).status == 201
    waived = await eyes.shows("shop-3.1.0", "not affected or fixed (VEX)")
    await eyes.shows("shop-3.1.0", "Awaiting approval")
    await waived.get_by_text("Waived").first.wait_for()
    await eyes.picture(f"waived-{width}", waived)

    await eyes.press("shop-3.1.0", "Details")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("says Example Security Team").first.wait_for()
    await dialog.get_by_text("says Example Security Team").first.scroll_into_view_if_needed()
    await eyes.picture(f"waived-details-{width}", dialog)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_a_freeze_its_forecast_and_how_it_is_lifted_are_seen_in_the_browser(eyes: Eyes) -> None:
    w, page = eyes.w, eyes.page
    monday = (w.clock() + timedelta(days=4)).replace(minute=0, second=0, microsecond=0)
    weekly = {"rule": "FREQ=WEEKLY", "timeZone": "Europe/Berlin"}
    window = {
        "name": "Stocktaking",
        "environmentIds": [str(w.production.id)],
        "startsAt": (w.clock() - timedelta(hours=1)).isoformat(timespec="seconds"),
        "endsAt": monday.isoformat(),
        "reason": "Nothing may change while the books are counted",
        "recurrence": weekly,
    }
    assert (await w.rest("admin", "POST", "/freeze-windows", window)).status == 201
    carol = w.people["carol"]
    slack = [{"team": account.team, "user": account.user} for account in carol.slack]
    body = {"email": carol.email, "name": carol.name, "roles": ["emergency"], "slack": slack}
    assert (await w.rest("admin", "PUT", f"/people/{carol.id}", body)).status == 200

    await eyes.be("alice")
    await eyes.type("/promote shop-1.4.0 to production Fixes the checkout on Safari")
    await eyes.shows("shop-1.4.0", "Passes from")
    await eyes.picture("frozen", eyes.card("shop-1.4.0"))
    await eyes.press("shop-1.4.0", "Ask approvers then")
    await page.get_by_text("are asked as soon as the gates pass").first.wait_for()
    await eyes.shows("shop-1.4.0", "have their full time")
    await eyes.picture("forecast", eyes.card("shop-1.4.0"))

    await eyes.be("carol")
    found = await w.slack.message("#releases", "shop-1.4.0")
    await w.slack.choose("carol", found, "promotion.more", "Lift the freeze in an emergency…")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill("Nobody can pay: the checkout is down")
    await eyes.picture("lift-dialog", dialog)
    await dialog.get_by_role("button", name="Lift the freeze").click()
    await eyes.shows("shop-1.4.0", "Freeze lifted")
    await eyes.picture("freeze-lifted", await eyes.shows("shop-1.4.0", "Awaiting approval"))

    await w.slack.open_home("bob")
    await page.goto(f"{w.slack.ground.url}/#/{USERS['bob']}/app/home")
    await page.reload()
    await page.get_by_text("Freeze windows ahead").first.wait_for()
    await eyes.picture("freezes-ahead")
