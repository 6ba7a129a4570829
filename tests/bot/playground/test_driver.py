"""A person's whole walk through the tiny app, without a browser."""

from __future__ import annotations

import pytest

from bot.playground import Driver, NoSuchControlError
from tests.bot.playground.conftest import Kitchen


async def test_a_command_posts_a_card_with_a_thread_and_a_direct_message(slack: Driver) -> None:
    assert (await slack.command("alice", "#kitchen", "/tea", "Assam")).ok
    card = await slack.message("#kitchen", "Assam")
    assert card.actions == ["tea.boil", "tea.pour", "tea.more"]
    assert (await slack.reply(card)).text == "Wanted."
    note = await slack.message(slack.dm("bob"))
    assert note.text == "<@U01> wants Assam &amp; biscuits"


async def test_a_button_changes_the_card_and_leaves_a_file_in_its_thread(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    await slack.reply(card)
    assert (await slack.click("bob", card, "tea.boil")).ok
    receipt = await slack.reply(card, "receipt")
    assert slack.file(receipt.files[0]) == b'{"tea": "Assam", "by": "U02"}'
    assert "boiled by <@U02>" in slack.now(card).words
    assert slack.now(card).actions == []


async def test_a_declined_confirmation_sends_nothing(kitchen: Kitchen) -> None:
    slack = kitchen.slack
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    outcome = await slack.click("bob", card, "tea.boil", confirm=False)
    assert not outcome.ok
    assert "actions" not in kitchen.asked[-1]


async def test_an_old_picture_still_has_its_buttons_but_the_message_has_not(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    await slack.click("bob", card, "tea.boil")
    await slack.until(lambda: not slack.now(card).actions)
    with pytest.raises(NoSuchControlError, match=r"tea\.boil"):
        await slack.click("carol", card.ts, "tea.boil")
    assert (await slack.click("carol", card, "tea.pour")).ok


async def test_only_one_person_sees_an_ephemeral_message(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    await slack.click("carol", card, "tea.pour")
    whisper = await slack.whisper("carol", "may not")
    assert whisper.ts in [one.ts for one in slack.messages("#kitchen", viewer="carol")]
    assert whisper.ts not in [one.ts for one in slack.messages("#kitchen", viewer="bob")]
    assert slack.ephemerals("bob") == []


async def test_a_menu_choice_is_answered_through_the_response_url(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await slack.message("#kitchen", "Assam")
    await slack.choose("alice", card, "tea.more", "Forget it")
    assert (await slack.whisper("alice")).text == "chose forget"


async def test_a_form_is_filled_with_type_ahead_and_submitted(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea")
    form = await slack.modal_of("alice", "Ask for tea")
    assert [one["value"] for one in await slack.suggest("alice", form, "kind", "o")] == [
        "lapsang-souchong",
        "oolong",
        "rooibos",
    ]
    done = await slack.submit_modal("alice", {"kind": "Earl", "why": "thirst", "milk": ["yes"]})
    assert done.closed
    assert slack.modal("alice") is None
    await slack.message("#kitchen", "Earl Grey")


async def test_a_message_to_the_bot_is_heard(slack: Driver) -> None:
    await slack.say("alice", slack.dm("alice"), "boil & <be> quick")
    await slack.message(slack.dm("alice"), "It boils.")
    assert slack.messages(slack.dm("alice"))[0].text == "boil &amp; &lt;be&gt; quick"


async def test_the_app_home_is_published_when_opened(slack: Driver) -> None:
    assert slack.home("bob") is None
    await slack.open_home("bob")
    assert "Good day, <@U02>." in (await slack.home_of("bob")).words


async def test_shortcuts_open_forms_and_read_messages(slack: Driver) -> None:
    await slack.shortcut("carol", "tea.ask")
    await slack.modal_of("carol", "Ask for tea")
    said = await slack.say("alice", "#kitchen", "water is life")
    await slack.message_shortcut("carol", said, "tea.quote")
    await slack.whisper("carol", "water is life")


async def test_nobody_acts_where_they_are_not_or_with_what_is_not_there(slack: Driver) -> None:
    with pytest.raises(NoSuchControlError, match="alice is not in keepers"):
        await slack.command("alice", "#keepers", "/tea")
    with pytest.raises(NoSuchControlError, match="no modal open"):
        await slack.submit_modal("alice")
    with pytest.raises(NoSuchControlError, match="no global shortcut"):
        await slack.shortcut("alice", "tea.quote")
