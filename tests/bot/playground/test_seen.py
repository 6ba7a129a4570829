from __future__ import annotations

from bot.playground import Driver
from tests.bot.playground.kettle import mrkdwn


async def test_a_picture_stays_as_it_was(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea", "Assam")
    before = await slack.message("#kitchen", "Assam")
    await slack.click("bob", before, "tea.boil")
    after = await slack.until(lambda: now if "boiled" in (now := slack.now(before)).words else None)
    assert ("boiled" in before.words, before.ts) == (False, after.ts)
    assert (before.channel, before.user, before.thread_ts, before.metadata["event_type"]) == (
        "C01",
        "U0BOT0001",
        None,
        "tea",
    )
    assert (len(before.actions), after.actions) == (3, [])


async def test_a_message_without_blocks_reads_as_its_text(slack: Driver) -> None:
    said = await slack.say("alice", "#kitchen", "just words")
    assert (said.words, said.text, said.blocks, said.files) == ("just words", "just words", [], [])


async def test_a_screen_shows_title_words_and_what_is_filled_in(slack: Driver) -> None:
    await slack.command("alice", "#kitchen", "/tea")
    form = await slack.modal_of("alice")
    assert form.words.startswith("Ask for tea\nKind")
    assert (form.callback_id, form.private_metadata, form.actions[0]) == ("tea.form", "C01", "kind")
    await slack.fill("alice", form, {"kind": "Oolong", "milk": ["yes"], "why": "rain"})
    assert form.values == {"kind": None, "why": None, "milk": []}
    shown = slack.modal("alice")
    assert shown is not None
    assert shown.values == {"kind": "oolong", "why": "rain", "milk": ["yes"]}
    assert mrkdwn("x") not in shown.blocks
