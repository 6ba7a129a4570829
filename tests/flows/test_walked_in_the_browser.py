"""What people do beside requesting and voting, with a mouse and a keyboard: talk, remind, be left in peace, be refused.

With COUNTERSIGN_PICTURES set to a folder the pictures of the README are made on the way.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.app.drafts import GroupDraft
from core.domain.people import SYSTEM
from tests.flows.test_in_the_browser import Eyes, eyes
from tests.flows.test_user_groups import until_members

__all__ = ["eyes"]
PATIENCE_MS = 40_000
SHOP = "shop-1.4.0"


async def asked_for(eyes: Eyes) -> None:
    """Alice has asked, and the approvers may decide."""
    eyes.page.context.set_default_timeout(PATIENCE_MS)
    await eyes.be("alice")
    await eyes.type(f"/promote {SHOP} to production Fixes the checkout on Safari")
    await eyes.shows(SHOP, "Awaiting approval")


async def from_menu(eyes: Eyes, entry: str) -> None:
    """Choose in the card's menu."""
    card = await eyes.shows(SHOP, "Awaiting approval")
    await card.get_by_role("button", name="More actions").first.click()
    await eyes.page.get_by_role("menuitem", name=entry).click()


async def says(eyes: Eyes, words: str) -> None:
    await eyes.page.get_by_text(words).last.wait_for()


@pytest.mark.timeout(180)
async def test_a_question_a_reminder_and_an_approval_with_a_comment(eyes: Eyes) -> None:
    await asked_for(eyes)
    dialog = eyes.page.get_by_role("dialog")
    await eyes.be("bob")
    await from_menu(eyes, "Ask a question…")
    await dialog.get_by_role("textbox").fill("Is support told?")
    await eyes.picture("question")
    await dialog.get_by_role("button", name="Ask").click()
    await dialog.wait_for(state="detached")
    await eyes.card(SHOP).locator(".thread-link").click()
    thread = eyes.page.locator("#thread")
    await thread.get_by_text("Is support told?").wait_for()
    await thread.get_by_text("@Alice Requester").first.wait_for()
    await eyes.picture("thread")

    await eyes.be("sam")
    await eyes.type("/approvals snooze 2h")
    await says(eyes, "Snoozed until")
    await eyes.be("alice")
    await from_menu(eyes, "Remind the approvers")
    await says(eyes, "Sam Reliable has quiet hours now")
    assert not any("A reminder" in seen.words for seen in eyes.w.slack.messages(eyes.w.slack.dm("sam")))

    await eyes.be("bob")
    await from_menu(eyes, "Approve with a comment…")
    await dialog.get_by_role("textbox").fill("Looked at the scan")
    await dialog.get_by_role("button", name="Approve").click()
    await eyes.shows(SHOP, "Looked at the scan")


@pytest.mark.timeout(180)
async def test_a_rejection_that_comes_too_late_is_explained_in_the_form(eyes: Eyes) -> None:
    await asked_for(eyes)
    await eyes.be("carol")
    await eyes.press(SHOP, "Reject")
    dialog = eyes.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Not on a Friday")
    for who in ("bob", "sam"):
        await eyes.w.slack.click(who, await eyes.w.slack.message("#releases", SHOP), "promotion.approve")
    await eyes.shows(SHOP, "Approved")
    await dialog.get_by_role("button", name="Reject").click()
    await dialog.get_by_text("already").first.wait_for()
    await eyes.picture("too-late", dialog)
    assert "approved" in (await dialog.inner_text()).lower()


@pytest.mark.timeout(180)
async def test_a_deleted_card_comes_back_with_its_buttons(eyes: Eyes) -> None:
    await asked_for(eyes)
    await eyes.be("bob")
    await eyes.shows(SHOP, "Awaiting approval")
    eyes.w.slack.delete(await eyes.w.slack.message("#releases", SHOP))
    await eyes.card(SHOP).wait_for(state="detached")
    eyes.w.clock.shift += timedelta(minutes=2)
    await eyes.press(SHOP, "Approve")
    await eyes.confirm()
    await eyes.shows(SHOP, "Bob Approver approved")


@pytest.mark.timeout(180)
async def test_a_user_group_decides_and_guests_strangers_and_leavers_do_not(eyes: Eyes) -> None:
    slack, countersign = eyes.w.slack, eyes.w.app.core.countersign
    group = await countersign.ports.transactions.read(lambda store: store.groups.named("sre-team"))
    assert group is not None
    await countersign.administering.update_group(SYSTEM, group.id, GroupDraft("sre-team", (), "S01"))
    await until_members(eyes.w, "sam")
    await asked_for(eyes)
    slack.change_usergroup("S01", "U03")
    await until_members(eyes.w, "carol")
    await eyes.be("sam")
    await eyes.press(SHOP, "Approve")
    await eyes.confirm()
    await says(eyes, "not in the approver groups")

    slack.change_person("bob", is_restricted=True)
    await slack.settled()
    await eyes.be("bob")
    await eyes.press(SHOP, "Approve")
    await eyes.confirm()
    await says(eyes, "is a guest and may not vote")
    await eyes.picture("guest")

    await eyes.be("carol")
    await eyes.press(SHOP, "Approve")
    await eyes.confirm()
    await eyes.shows(SHOP, "Carol Approver approved")
