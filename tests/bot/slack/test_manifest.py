"""The manifest asks for exactly what the code uses: commands, events, interactivity, scopes."""

from __future__ import annotations

import ast
from typing import Any

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_scopes import BOT_SCOPES
from bot.slack.ids import CommandName, EventName, ShortcutId
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
