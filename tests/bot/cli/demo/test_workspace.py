from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.cli.demo.workspace import WORKSPACE
from tests.support.shared_data import ROOT


@pytest.fixture
def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


def test_the_playground_offers_the_commands_of_the_manifest(manifest: Any) -> None:
    declared = manifest["features"]["slash_commands"]
    told = [(each["command"], each["description"], each.get("usage_hint", "")) for each in declared]
    assert [(each.name, each.description, each.usage_hint) for each in WORKSPACE.commands] == told


def test_the_playground_grants_what_the_manifest_asks_for_and_no_more(manifest: Any) -> None:
    assert set(WORKSPACE.scopes or ()) == set(manifest["oauth_config"]["scopes"]["bot"])
    assert list(WORKSPACE.events) == manifest["settings"]["event_subscriptions"]["bot_events"]
