from __future__ import annotations

import json

from tests.bot.cli.conftest import Terminal


def outcomes(answer: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in answer["checks"]}


def test_a_new_folder_is_told_what_to_do_and_left_as_it_was(terminal: Terminal) -> None:
    result = terminal.run("doctor", "--json")
    assert result.exit_code == 1
    found = outcomes(json.loads(result.stdout))
    assert (found["settings"], found["signing key"], found["database"]) == ("ok", "warning", "failed")
    assert list(terminal.folder.iterdir()) == []


def test_a_configured_installation_is_healthy_but_for_what_it_lacks(configured: Terminal) -> None:
    answer = configured.json("doctor")
    assert answer["ok"] is True
    assert outcomes(answer) == {
        "settings": "ok",
        "signing key": "ok",
        "database": "ok",
        "key registry": "ok",
        "outbox": "ok",
        "policy production-policy": "warning",
        "times": "ok",
        "transparency log": "ok",
        "user group of sre-team": "warning",
        "Slack": "skipped",
    }


def test_a_rotation_that_was_forgotten_is_found(configured: Terminal) -> None:
    configured.run("key", "rotate", "key-2.pem", "--overlap", "1h")
    assert outcomes(configured.json("doctor"))["key registry"] == "warning"
    assert outcomes(configured.json("doctor", COUNTERSIGN_SIGNING_KEY="key-2.pem"))["key registry"] == "ok"


def test_people_get_a_line_and_a_fix_for_each(terminal: Terminal) -> None:
    result = terminal.run("doctor")
    assert result.exit_code == 1
    assert "✗ database" in result.stdout
    assert "Fix: Run `countersign migrate`." in result.stdout
    assert "1 failed, 1 to mend, 5 looked at." in result.stdout


def test_wrong_settings_are_the_finding(terminal: Terminal) -> None:
    result = terminal.run("doctor", "--json", SLACK_BOT_TOKEN="xoxb-1")
    assert result.exit_code == 1
    (check,) = json.loads(result.stdout)["checks"]
    assert (check["name"], check["outcome"]) == ("settings", "failed")
    assert check["message"].startswith("SLACK_SIGNING_SECRET")
