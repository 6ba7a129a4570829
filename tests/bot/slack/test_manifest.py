"""The manifest asks for exactly what the code uses: commands, events, interactivity, scopes."""

from __future__ import annotations

import ast
from typing import Any

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_scopes import BOT_SCOPES
from bot.slack.ids import CommandName, EventName, ShortcutId
from bot.slack.views.step import decision_outputs, requested_outputs
from core.app.steps import StepKind
from core.domain.promotion import Status
from tests.bot.slack.makers import promotion
from tests.support.shared_data import ROOT
from tests.support.source import modules

SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "auth_teams_list": set(),
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    # By kind of conversation: public and private channels, and direct messages with the bot.
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "files_upload_v2": {"files:write"},
    "functions_completeError": set(),
    "functions_completeSuccess": set(),
    # The e-mail address is a field of it with a scope of its own.
    "users_info": {"users:read", "users:read.email"},
    "usergroups_list": {"usergroups:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
"""What each Web API method that we call needs (https://docs.slack.dev/reference/methods)."""

URL = "https://countersign.example.com/slack/events"


def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


def methods_called() -> set[str]:
    ours = (module for module in modules("bot") if not module.within("bot.playground"))
    return {
        node.attr
        for module in ours
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value).endswith("client")
        and "_" in node.attr
        and callable(getattr(AsyncWebClient, node.attr, None))
    } - {"api_call"}


def test_the_scopes_are_those_of_the_methods_called() -> None:
    called = methods_called()
    assert called == set(SCOPES)
    needed = set().union(*(SCOPES[method] for method in called)) | {"commands"}
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert sorted(asked) == asked
    assert set(asked) == needed
    assert tuple(asked) == BOT_SCOPES


def test_the_commands_are_those_that_are_answered() -> None:
    declared = manifest()["features"]["slash_commands"]
    assert [each["command"] for each in declared] == [name.value for name in CommandName]
    assert all(each["description"] and each["url"] == URL for each in declared)


def test_the_events_are_those_that_are_answered() -> None:
    settings = manifest()["settings"]
    assert settings["event_subscriptions"]["bot_events"] == [name.value for name in EventName]
    assert settings["event_subscriptions"]["request_url"] == URL


def test_the_shortcuts_are_those_that_are_answered() -> None:
    declared = manifest()["features"]["shortcuts"]
    assert [each["callback_id"] for each in declared] == [name.value for name in ShortcutId]
    assert [each["type"] for each in declared] == ["global", "message"]
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in declared)


def test_interactivity_and_type_ahead_come_to_the_same_address() -> None:
    settings = manifest()["settings"]
    assert settings["interactivity"] == {"is_enabled": True, "request_url": URL, "message_menu_options_url": URL}
    assert settings["socket_mode_enabled"] is False


def test_installing_comes_back_to_the_address_that_is_mounted() -> None:
    assert manifest()["oauth_config"]["redirect_urls"] == [URL.replace("/slack/events", "/slack/oauth_redirect")]
    settings = manifest()["settings"]
    assert (settings["org_deploy_enabled"], settings["token_rotation_enabled"]) == (True, False)


def test_the_app_has_a_home_and_direct_messages() -> None:
    home = manifest()["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert len(manifest()["display_information"]["description"]) <= 140


PARAMETER_TYPES = {"string", "slack#/types/user_id", "slack#/types/user_context", "slack#/types/timestamp"}
"""Those of Slack's types that we use (https://docs.slack.dev/reference/types)."""


def test_the_custom_steps_are_those_that_are_answered() -> None:
    steps = manifest()["functions"]
    assert set(steps) == set(StepKind) - {StepKind.UNKNOWN}
    for step in steps.values():
        assert step["title"]
        assert step["description"]
        for parameters in (step["input_parameters"], step["output_parameters"]):
            assert all(each["title"] and each["description"] for each in parameters.values())
            assert all(each["type"] in PARAMETER_TYPES for each in parameters.values())
            assert all(isinstance(each["is_required"], bool) for each in parameters.values())


def test_slack_runs_custom_steps_of_org_ready_apps_with_a_server_of_their_own() -> None:
    settings = manifest()["settings"]
    assert settings["org_deploy_enabled"] is True
    assert settings["function_runtime"] == "remote"


def test_nobody_can_write_who_asks() -> None:
    inputs = manifest()["functions"]["request_promotion"]["input_parameters"]
    assert set(inputs) == {"requester", "release", "environment", "reason"}
    assert inputs["requester"]["type"] == "slack#/types/user_context"
    assert inputs["requester"]["is_required"] is True


def test_the_steps_give_what_they_declare() -> None:
    steps = manifest()["functions"]
    gives = {
        "request_promotion": requested_outputs(promotion(), "https://slack.example/p1", "U01"),
        "wait_for_decision": decision_outputs(promotion(Status.APPROVED), "sha256:00"),
    }
    for name, outputs in gives.items():
        declared = steps[name]["output_parameters"]
        assert set(outputs) == set(declared)
        for output, value in outputs.items():
            assert isinstance(value, int) is (declared[output]["type"] == "slack#/types/timestamp")
    declared = steps["request_promotion"]["output_parameters"]
    required = {name for name, each in declared.items() if each["is_required"]}
    assert set(requested_outputs(promotion(), "", "")) >= required
