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


def test_the_playground_has_the_custom_steps_of_the_manifest(manifest: Any) -> None:
    told = {each.callback_id: each for each in WORKSPACE.functions}
    assert list(told) == list(manifest["functions"])
    for name, declared in manifest["functions"].items():
        assert (told[name].title, told[name].description) == (declared["title"], declared["description"])
        for ours, theirs in (
            (told[name].inputs, declared["input_parameters"]),
            (told[name].outputs, declared["output_parameters"]),
        ):
            shown = [(each.name, each.title, each.type, each.required) for each in ours]
            assert shown == [(key, each["title"], each["type"], each["is_required"]) for key, each in theirs.items()]
