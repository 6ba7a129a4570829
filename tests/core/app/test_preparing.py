"""What helps before somebody asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.outbox import SentMessage
from core.domain.people import Right, SlackAccount
from core.errors import NotFoundError
from tests.core.app.room import Room
from tests.support.clock import nth_id


async def test_a_preview_says_what_a_request_would_meet(room: Room) -> None:
    room.switch.passes = False
    alice = room.actor("alice")
    shown = await room.countersign.preparing.preview(alice, room.release.id, room.production.id)
    assert [gate.gate_name for gate in shown.gates if gate.blocking] == ["switch"]
    assert [policy.name for policy in shown.policies] == ["production-policy"]
    assert [person.name for person in shown.approvers] == ["Bob", "Carol", "Dave", "Sam"]
    assert (shown.release, shown.current, shown.already_open, shown.refusal) == (room.release, None, None, None)
    assert room.memory.tables.promotions == {}


async def test_without_a_release_it_says_what_the_environment_asks_for(room: Room) -> None:
    shown = await room.countersign.preparing.preview(room.actor("alice"), None, room.production.id)
    assert (shown.release, shown.gates) == (None, ())
    assert shown.separation_of_duties


async def test_what_runs_there_and_since_when(room: Room) -> None:
    promotion = await room.approved()
    await room.report(promotion.id, "deploying")
    deployed_at = room.clock.advance(minutes=5)
    await room.report(promotion.id, "deployed")
    newer = await room.a_release_with_scan("1.5.0")
    shown = await room.countersign.preparing.preview(room.actor("alice"), newer.id, room.production.id)
    assert (shown.current, shown.since) == (room.release, deployed_at)


async def test_one_that_is_open_already_is_found_with_its_card(room: Room) -> None:
    promotion = await room.request()
    card = SentMessage(f"card:{promotion.id}", promotion.id, "C01", "1.1", "", room.clock())
    await room.memory.write(lambda store: store.sent.put(card))
    preparing = room.countersign.preparing
    shown = await preparing.preview(room.actor("alice"), room.release.id, room.production.id)
    assert (shown.already_open, shown.card) == (room.stored(promotion.id), card)
    assert await preparing.card_of(room.actor("bob"), promotion.id) == card
    room.clock.advance(hours=25)
    after = await preparing.preview(room.actor("alice"), room.release.id, room.production.id)
    assert after.already_open is None


async def test_somebody_who_may_not_ask_reads_why(room: Room) -> None:
    shown = await room.countersign.preparing.preview(room.actor("olga"), None, room.production.id)
    assert shown.refusal is not None
    assert shown.refusal.params["missingRole"] == Right.REQUESTER


async def test_what_is_unknown_is_said_at_its_field(room: Room) -> None:
    preparing = room.countersign.preparing
    with pytest.raises(NotFoundError) as refusal:
        await preparing.preview(room.actor("alice"), nth_id(9), room.production.id)
    assert refusal.value.params["field"] == "releaseId"
    with pytest.raises(NotFoundError):
        await preparing.preview(room.actor("alice"), None, nth_id(9))


async def test_the_usual_environment_is_that_of_the_channel_or_the_last_one_asked_for(room: Room) -> None:
    usual = room.countersign.preparing.usual_environment
    alice = room.actor("alice")
    assert await usual(alice) is None
    await room.request()
    assert await usual(alice, ["C9", "#elsewhere"]) == room.production
    canary = await room.environment("Canary", slack_channel="#canary")
    assert await usual(alice, ["C1", "#canary"]) == canary
    await room.environment("Canary 2", slack_channel="#canary")
    assert await usual(alice, ["C1", "#canary"]) == room.production
    assert await usual(room.ci) is None


async def test_a_channel_of_that_name_in_another_workspace_is_another_channel(room: Room) -> None:
    usual = room.countersign.preparing.usual_environment
    there = await room.environment("Europe", slack_channel="#canary", slack_team="T02")
    alice = room.actor("alice")
    assert await usual(replace(alice, account=SlackAccount("T02", "U01")), ["#canary"]) == there
    assert await usual(replace(alice, account=SlackAccount("T01", "U01")), ["#canary"]) is None


async def test_the_release_that_a_text_is_about(room: Room) -> None:
    named = room.countersign.preparing.release_named_in
    assert await named(room.actor("bob"), "who takes SHOP 1.4.0 on?") == room.release
    assert await named(room.actor("bob"), "lunch?") is None
