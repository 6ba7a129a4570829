"""Questions and reminders as they are typed."""

from __future__ import annotations

from core.domain.events import Action
from tests.bot.slack.conftest import CHANNEL, Rig


async def test_a_question_is_typed(rig: Rig) -> None:
    asked = await rig.asked()
    await rig.slack.command("bob", CHANNEL, "/promotions", "ask shop-1.4.0 to production is it safe?")
    await rig.slack.whisper("bob", "Asked Alice about")
    history = await rig.countersign.reading.history(await rig.actor("alice"), asked.id)
    assert (history[-1].action, history[-1].details["question"]) == (Action.QUESTION_ASKED, "is it safe?")


async def test_a_question_without_words_is_asked_for(rig: Rig) -> None:
    await rig.asked()
    await rig.slack.command("bob", CHANNEL, "/promotions", "ask shop-1.4.0 to production")
    await rig.slack.whisper("bob", "What do you want to ask?")


async def test_a_reminder_says_who_is_reminded_and_the_next_one_when(rig: Rig) -> None:
    await rig.asked()
    await rig.slack.command("alice", CHANNEL, "/promotions", "remind shop-1.4.0 to production")
    await rig.slack.whisper("alice", "Bob and Carol will be reminded of")
    await rig.slack.command("bob", CHANNEL, "/promotions", "remind shop-1.4.0 to production")
    await rig.slack.whisper("bob", "less than an hour ago")
