"""Buttons and menus: what they do, and what whoever pressed them sees."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack.actions import ACTIONS, MENU, TOLD
from bot.slack.ids import ActionId
from core.domain.promotion import Status
from tests.bot.slack.conftest import CHANNEL, Rig


async def test_approving_on_the_card_is_confirmed_to_the_voter_alone(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    assert (await rig.slack.click("bob", card, "promotion.approve")).ok
    assert "Approvals: 1 of 2" in (await rig.slack.whisper("bob", "You approved")).words
    assert rig.slack.ephemerals("carol") == []
    assert rig.slack.now(card).actions == card.actions


async def test_a_declined_confirmation_stores_nothing(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("bob", card, "promotion.approve", confirm=False)
    assert (await rig.newest()).votes == ()


async def test_in_a_direct_message_nothing_comes_beside_the_message_itself(rig: Rig) -> None:
    notice = await rig.notice(await rig.asked(), "bob")
    await rig.slack.click("bob", notice, "promotion.approve")
    await rig.replies.close()
    assert len((await rig.newest()).votes) == 1
    assert rig.slack.ephemerals("bob") == []


async def test_what_waits_can_be_approved_from_the_list(rig: Rig) -> None:
    await rig.asked()
    await rig.slack.command("bob", CHANNEL, "/approvals")
    listed = await rig.slack.whisper("bob", "1 promotion waits for you")
    await rig.slack.click("bob", listed, "promotion.approve")
    await rig.slack.whisper("bob", "You approved")
    assert len((await rig.newest()).votes) == 1


async def test_the_requester_is_refused(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("alice", card, "promotion.approve")
    await rig.slack.whisper("alice", "somebody else must approve")
    assert (await rig.newest()).votes == ()


async def test_a_refusal_in_a_direct_message_leaves_the_message(rig: Rig) -> None:
    asked = await rig.asked()
    notice = await rig.notice(asked, "bob")
    card = await rig.card(asked)
    await rig.slack.click("bob", card, "promotion.approve")
    await rig.slack.click("bob", notice, "promotion.approve")
    await rig.slack.whisper("bob", "already recorded")
    assert rig.slack.now(notice).actions == notice.actions


async def test_strangers_of_slack_connect_are_refused(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("stranger", card, "promotion.approve")
    await rig.slack.whisper("stranger", "another workspace")
    assert (await rig.newest()).votes == ()


async def test_a_double_click_acts_once(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await asyncio.gather(*(rig.slack.click("bob", card, "promotion.approve") for _ in range(4)))
    await rig.slack.whisper("bob", "already recorded")
    assert len((await rig.newest()).votes) == 1


async def test_four_deliveries_of_one_click_are_one(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("bob", card, "promotion.approve")
    click = rig.slack.sent[-1]
    for _ in range(3):
        assert (await rig.slack.deliver_again(click)).status == 200
    await rig.replies.close()
    assert len(rig.slack.ephemerals("bob")) == 1


async def test_rejecting_asks_for_the_reason(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("carol", card, "promotion.reject")
    form = await rig.slack.modal_of("carol", "Reject a promotion")
    assert "shop-1.4.0" in form.words
    assert (await rig.slack.submit_modal("carol", {"reason": "not on a Friday"})).closed
    decided = await rig.newest()
    assert (decided.status, decided.close_comment) == (Status.REJECTED, "not on a Friday")


async def test_an_old_card_says_that_it_is_decided(rig: Rig) -> None:
    asked = await rig.asked()
    card = await rig.card(asked)
    await rig.slack.command("carol", CHANNEL, "/promotions", f"reject {asked.id} no")
    await rig.slack.click("bob", card, "promotion.reject")
    await rig.slack.whisper("bob", "already rejected, by Carol")
    assert rig.slack.modal("bob") is None


async def test_the_menu_approves_with_a_comment_and_cancels(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.choose("bob", card, "promotion.more", "Approve with a comment…")
    await rig.slack.modal_of("bob", "Approve a promotion")
    assert (await rig.slack.submit_modal("bob", {"comment": "read the diff"})).closed
    assert (await rig.newest()).votes[0].comment == "read the diff"
    await rig.slack.choose("alice", card, "promotion.more", "Cancel the request…")
    await rig.slack.modal_of("alice", "Cancel a request")
    assert (await rig.slack.submit_modal("alice")).closed
    assert (await rig.newest()).status is Status.CANCELLED


async def test_details_show_everything(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.click("bob", card, "promotion.details")
    shown = await rig.slack.modal_of("bob")
    for words in ("Fixes the checkout", "security-gate", "criticalCount: 0", "History", "requested shop-1.4.0"):
        assert words in shown.words


async def test_a_dialog_that_slack_does_not_open_leaves_the_typed_way(rig: Rig) -> None:
    asked = await rig.asked()
    card = await rig.card(asked)
    rig.slack.rate_limit("views.open", times=9)
    await rig.slack.click("bob", card, "promotion.reject")
    await rig.slack.whisper("bob", f"/promotions reject {asked.id} REASON")


async def test_the_decision_stands_while_slack_is_away(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    rig.slack.outage(True)
    assert (await rig.slack.click("bob", card, "promotion.approve")).ok
    assert len((await rig.newest()).votes) == 1


async def test_the_app_home_is_fresh_after_a_vote(rig: Rig) -> None:
    await rig.asked()
    await rig.slack.open_home("bob")
    home = await rig.slack.home_of("bob", "1 waits for you")
    await rig.slack.click("bob", home, "promotion.approve")
    await rig.slack.home_of("bob", "Nothing waits for you")
    await rig.slack.modal_of("bob", "You approved")


async def test_a_button_of_another_version_is_refused_kindly(rig: Rig) -> None:
    element = {"type": "button", "text": {"type": "plain_text", "text": "Approve"}, "action_id": "promotion.approve"}
    for value in ("7", '{"promotionId": "x"}', '{"promotionId": "00000000-0000-4000-8000-000000000001", "extra": 1}'):
        blocks = [{"type": "actions", "elements": [element | {"value": value}]}]
        sent = await rig.client.chat_postMessage(channel="C01", text="old", blocks=blocks)
        assert (await rig.slack.click("bob", str(sent["ts"]), "promotion.approve")).ok
        await rig.slack.whisper("bob", "another version")


def test_every_button_and_menu_entry_does_something() -> None:
    words = {ActionId.REASON, ActionId.REJECT_REASON, ActionId.APPROVE_COMMENT, ActionId.CANCEL_REASON}
    lifting = {ActionId.LIFT_FREEZE, ActionId.LIFT_REASON, ActionId.LIFT_UNTIL}
    assert set(ACTIONS) | set(MENU) | set(TOLD) | words | lifting | {ActionId.QUESTION} == set(ActionId)


@pytest.mark.parametrize("dialog", MENU.values())
def test_every_dialog_has_a_typed_way(dialog: object) -> None:
    assert "{id}" in str(dialog)
