from __future__ import annotations

from typing import Any

import pytest

from bot.playground import NoSuchControlError
from bot.playground.deeds.outcome import TROUBLE
from tests.bot.playground.conftest import SHORT, Kitchen


async def a_form(kitchen: Kitchen) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea")
    await kitchen.slack.modal_of("alice")


async def test_a_required_field_is_asked_for_without_the_app(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    before = len(kitchen.asked)
    done = await kitchen.slack.submit_modal("alice")
    assert done.errors == {"kind": "Please complete this required field."}
    assert not done.ok
    assert len(kitchen.asked) == before


async def test_a_submission_has_slack_s_shape(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    shown = kitchen.slack.modal("alice")
    assert shown is not None
    await kitchen.slack.submit_modal("alice", {"kind": "Assam", "why": "thirst"})
    sent = next(one for one in kitchen.asked if one.get("type") == "view_submission")
    assert (sent["view"]["id"], sent["view"]["hash"]) == (shown.id, shown.view.hash)
    assert (sent["view"]["callback_id"], sent["view"]["private_metadata"]) == ("tea.form", "C01")
    values: dict[str, Any] = sent["view"]["state"]["values"]
    assert values["kind"]["kind"]["selected_option"]["value"] == "assam"
    assert values["why"]["why"] == {"type": "plain_text_input", "value": "thirst"}
    assert values["milk"]["milk"] == {"type": "checkboxes", "selected_options": []}
    assert sent["trigger_id"]


async def test_the_app_s_errors_keep_the_form_open(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    done = await kitchen.slack.submit_modal("alice", {"kind": "Assam", "why": "coffee"})
    assert done.errors == {"why": "Coffee is no reason for tea."}
    shown = kitchen.slack.modal("alice")
    assert shown is not None
    assert shown.values == {"kind": "assam", "why": "coffee", "milk": []}


async def test_the_app_may_show_another_view_or_close_all(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    assert (await kitchen.slack.submit_modal("alice", {"kind": "Assam", "why": "more"})).ok
    assert [one.title for one in kitchen.slack.modals("alice")] == ["Done"]
    with pytest.raises(NoSuchControlError, match="no submit button"):
        await kitchen.slack.submit_modal("alice")
    await kitchen.slack.close_modal("alice")
    await a_form(kitchen)
    done = await kitchen.slack.submit_modal("alice", {"kind": "Assam", "why": "nothing"})
    assert done.closed
    assert kitchen.slack.modals("alice") == []


@pytest.mark.parametrize("ack_seconds", [SHORT])
async def test_an_app_that_does_not_answer_leaves_the_form_open(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    done = await kitchen.slack.submit_modal("alice", {"kind": "Assam", "why": "slow"})
    assert (done.error, done.closed) == (TROUBLE, False)
    assert len(kitchen.slack.modals("alice")) == 1


async def test_modals_are_pushed_and_closed_one_by_one(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    form = await kitchen.slack.modal_of("alice")
    await kitchen.slack.click("alice", form, "tea.about")
    await kitchen.slack.modal_of("alice", "About tea")
    await kitchen.slack.close_modal("alice")
    assert [one.title for one in kitchen.slack.modals("alice")] == ["Ask for tea"]
    assert not any(one.get("type") == "view_closed" for one in kitchen.asked)
    await kitchen.slack.close_modal("alice")
    closed = kitchen.asked[-1]
    assert (closed["type"], closed["is_cleared"]) == ("view_closed", False)
    with pytest.raises(NoSuchControlError):
        await kitchen.slack.close_modal("alice")


async def test_what_was_entered_stays_when_the_app_updates_the_form(kitchen: Kitchen) -> None:
    await a_form(kitchen)
    form = await kitchen.slack.modal_of("alice")
    await kitchen.slack.fill("alice", form, {"kind": "Oolong", "why": "rain"})
    await kitchen.slack.click("alice", form, "tea.other")
    fresh = await kitchen.slack.modal_of("alice", "Another form")
    assert (fresh.id, fresh.values) == (form.id, {"kind": "oolong", "why": "rain", "milk": []})
