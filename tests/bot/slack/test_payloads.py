"""Slack's payloads, reduced to what is used."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.event_payloads import HomeOpened
from bot.slack.ids import ActionId
from bot.slack.payload_parts import Asker
from bot.slack.payloads import (
    Click,
    MalformedError,
    Shortcut,
    SlashCommand,
    Submission,
    Suggestion,
    parse,
)
from tests.support.clock import nth_id

COMMON: dict[str, Any] = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T9"}, "trigger_id": "1.2"}
VIEW = {
    "id": "V1",
    "hash": "h",
    "callback_id": "dialog.request",
    "state": {
        "values": {
            "release": {"request.release": {"selected_option": {"value": str(nth_id(1))}}},
            "environment": {"request.environment": {"selected_option": None}},
            "reason": {"request.reason": {"type": "plain_text_input", "value": "now"}},
        }
    },
}


def test_each_kind_has_its_type() -> None:
    command = {"command": "/promote", "team_id": "T1", "user_id": "U1", "trigger_id": "1.2", "surprise": 1}
    assert isinstance(parse(command), SlashCommand)
    assert isinstance(parse({**COMMON, "type": "block_actions", "actions": [{"action_id": "x"}]}), Click)
    assert isinstance(parse({**COMMON, "type": "view_submission", "view": VIEW | {"type": "modal"}}), Submission)
    assert isinstance(parse({**COMMON, "type": "block_suggestion", "action_id": "x", "value": ""}), Suggestion)
    opened = {"type": "app_home_opened", "user": "U1", "tab": "home"}
    assert isinstance(parse({"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": opened}), HomeOpened)


@pytest.mark.parametrize("event", [{"type": "app_home_opened", "user": "U1", "tab": "messages"}, {"type": "message"}])
def test_events_without_use_are_nothing(event: dict[str, Any]) -> None:
    assert parse({"type": "event_callback", "team_id": "T1", "event": event}) is None


def test_the_words_of_a_complaint_name_the_field_and_never_the_value() -> None:
    with pytest.raises(MalformedError) as refused:
        parse({**COMMON, "type": "block_actions", "actions": [{"action_id": 7, "value": "secret"}]})
    assert "actions.0.action_id" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_home_of_an_asker_is_kept() -> None:
    click = parse({**COMMON, "type": "block_actions", "actions": [{"action_id": "x"}]})
    assert isinstance(click, Click)
    assert click.asker == Asker("T1", "U1", "T9")
    assert not click.on_direct_message


@pytest.mark.parametrize(
    ("channel", "ephemeral", "direct"), [("D1", False, True), ("D1", True, False), ("C1", False, False)]
)
def test_a_direct_message_is_known_by_its_channel(channel: str, ephemeral: bool, direct: bool) -> None:
    body = {**COMMON, "actions": [{"action_id": "x"}], "channel": {"id": channel}}
    assert Click.model_validate({**body, "container": {"is_ephemeral": ephemeral}}).on_direct_message is direct


def test_fields_of_a_form_are_read_by_their_action() -> None:
    view = Submission.model_validate({**COMMON, "view": VIEW}).view
    assert view.chosen_id(ActionId.RELEASE) == nth_id(1)
    assert view.chosen_id(ActionId.ENVIRONMENT) is None
    assert view.text(ActionId.REASON) == "now"
    assert view.text(ActionId.APPROVE_COMMENT) == ""


def test_two_deeds_have_two_delivery_ids() -> None:
    def click(ts: str) -> Click:
        return Click.model_validate({**COMMON, "actions": [{"action_id": "x", "action_ts": ts}]})

    assert click("1").delivery_id == click("1").delivery_id != click("2").delivery_id
    assert Click.model_validate({**COMMON, "trigger_id": "", "actions": [{"action_id": "x"}]}).delivery_id == ""


def test_a_shortcut_gives_the_words_of_its_message_wherever_they_stand() -> None:
    body = {
        "type": "message_action",
        "callback_id": "shortcut.promote_message",
        "team": {"id": "T01"},
        "user": {"id": "U01"},
        "channel": {"id": "C01", "name": "releases"},
        "trigger_id": "1.2",
        "action_ts": "3",
        "message": {
            "text": "in short",
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "in a block"}}],
            "attachments": [{"fallback": "in an attachment"}],
        },
    }
    shortcut = parse(body)
    assert isinstance(shortcut, Shortcut)
    assert shortcut.words == "in short\nin a block\nin an attachment"
    assert shortcut.delivery_id == "1.2/3"
    assert shortcut.channel is not None
    assert shortcut.channel.called == ("C01", "#releases")


def test_a_shortcut_from_anywhere_is_about_nothing() -> None:
    body = {"type": "shortcut", "callback_id": "x", "team": {"id": "T01"}, "user": {"id": "U01"}}
    shortcut = parse(body)
    assert isinstance(shortcut, Shortcut)
    assert (shortcut.words, shortcut.delivery_id, shortcut.channel) == ("", "", None)


def in_grid(**changes: Any) -> dict[str, Any]:
    click = {"type": "block_actions", **COMMON, "actions": [{"action_id": "a"}], "enterprise": {"id": "E1"}}
    return {**click, "user": {"id": "W1", "team_id": "T9"}, **changes}


def test_a_click_in_an_organisation_names_it() -> None:
    clicked = parse(in_grid())
    assert isinstance(clicked, Click)
    assert clicked.asker == Asker("T1", "W1", "T9", "E1")


def test_what_is_done_outside_of_any_workspace_belongs_to_the_organisation() -> None:
    clicked = parse(in_grid(team=None, is_enterprise_install=True))
    assert isinstance(clicked, Click)
    assert clicked.asker == Asker("E1", "W1", "T9", "E1")
    with pytest.raises(MalformedError):
        parse(in_grid(team=None, enterprise=None))


def test_an_event_belongs_to_the_installation_it_is_delivered_for() -> None:
    event = {"type": "app_home_opened", "user": "W1", "tab": "home"}
    body: dict[str, Any] = {"type": "event_callback", "team_id": "T9", "enterprise_id": "E9", "event": event}
    opened = parse({**body, "authorizations": [{"team_id": "T1", "enterprise_id": "E1", "user_id": "U0"}]})
    assert isinstance(opened, HomeOpened)
    assert opened.asker == Asker("T1", "W1", "", "E1")
    org_wide = parse({**body, "team_id": None, "authorizations": [{"team_id": None, "enterprise_id": "E1"}]})
    assert isinstance(org_wide, HomeOpened)
    assert org_wide.asker == Asker("E1", "W1", "", "E1")
    plain = parse({**body, "enterprise_id": None})
    assert isinstance(plain, HomeOpened)
    assert plain.asker == Asker("T9", "W1")
    with pytest.raises(MalformedError):
        parse({**body, "team_id": None, "enterprise_id": None})
