"""Shortcuts open the request form: from anywhere, and with what a message is about."""

from __future__ import annotations

import pytest

from bot.slack.ids import ShortcutId
from bot.slack.shortcuts import SHORTCUTS
from tests.bot.slack.conftest import CHANNEL, Rig


async def test_the_form_opens_from_anywhere(rig: Rig) -> None:
    await rig.slack.shortcut("alice", "shortcut.request")
    assert "Choose both" in (await rig.slack.modal_of("alice", "Request a promotion")).words


async def test_the_release_that_a_message_names_is_chosen(rig: Rig) -> None:
    await rig.release()
    said = await rig.slack.say("bob", CHANNEL, "who takes shop-1.4.0 to production today?")
    await rig.slack.message_shortcut("alice", said, "shortcut.promote_message")
    assert "The gates would pass now" in (await rig.slack.modal_of("alice")).words
    await rig.slack.submit_modal("alice", {"reason": "Bob asked"})
    asked = await rig.newest()
    assert (asked.release_name, asked.target.name) == ("shop-1.4.0", "production")


async def test_a_card_is_about_its_release(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.message_shortcut("alice", card, "shortcut.promote_message")
    assert "Already open" in (await rig.slack.modal_of("alice")).words


async def test_a_message_about_nothing_says_so(rig: Rig) -> None:
    said = await rig.slack.say("bob", CHANNEL, "lunch?")
    await rig.slack.message_shortcut("alice", said, "shortcut.promote_message")
    assert "I found no release" in (await rig.slack.modal_of("alice")).words


async def test_somebody_unknown_is_told_why(rig: Rig) -> None:
    await rig.slack.shortcut("olga", "shortcut.request")
    assert "administrator" in (await rig.slack.modal_of("olga")).words


@pytest.mark.parametrize("shortcut", ShortcutId)
def test_every_shortcut_is_answered(shortcut: ShortcutId) -> None:
    assert shortcut in SHORTCUTS
