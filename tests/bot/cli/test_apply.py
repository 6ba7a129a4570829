from __future__ import annotations

import json

from tests.bot.cli.conftest import EXAMPLE, Terminal


def test_first_a_dry_run_then_the_real_one_then_nothing_to_do(installed: Terminal) -> None:
    installed.write("c.yaml", EXAMPLE)
    dry = installed.run("apply", "c.yaml", "--dry-run")
    assert dry.exit_code == 0
    assert "8 to create. Dry run: nothing was changed." in dry.stdout
    assert "8 created." in installed.run("apply", "c.yaml").stdout
    assert "8 unchanged." in installed.run("apply", "c.yaml").stdout


def test_json_tells_each_change(configured: Terminal) -> None:
    configured.write("c.yaml", "people: [{email: bob@example.com, name: Robert}]")
    answer = configured.json("apply", "c.yaml")
    assert answer["dryRun"] is False
    assert answer["counts"] == {"create": 0, "change": 1, "unchanged": 0, "delete": 0, "deactivate": 0}
    assert answer["changes"] == [
        {
            "section": "people",
            "name": "bob@example.com",
            "action": "change",
            "fields": [{"name": "name", "old": "Bob", "new": "Robert"}],
        }
    ]


def test_standard_input_is_a_file_too(installed: Terminal) -> None:
    result = installed.run("apply", "-", "--json", typed="environments: [{name: staging}]")
    assert json.loads(result.stdout)["counts"]["create"] == 1
    assert "standard input:1: unknown key" in installed.run("apply", "-", typed="people2: []").stderr


def test_flaws_name_file_line_key_and_remedy_and_nothing_is_touched(terminal: Terminal) -> None:
    terminal.write("c.yaml", "people:\n  - email: bob@example.com\n    nme: Bob\n")
    result = terminal.run("apply", "c.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Error: c.yaml:2: people[0]: the key 'name' is missing",
        "Error: c.yaml:3: people[0]: unknown key 'nme'",
        "Hint: Did you mean 'name'?",
    ]
    assert not (terminal.folder / "countersign.db").exists()


def test_what_a_rule_refuses_names_its_line_too(installed: Terminal) -> None:
    installed.write("c.yaml", "environments:\n  - name: a\n    gates:\n      moon-gate: {}\n")
    result = installed.run("apply", "c.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: c.yaml:3: environments[0].gates: There is no gate called 'moon-gate'\nHint:"
    )


def test_a_file_that_is_not_there(terminal: Terminal) -> None:
    result = terminal.run("apply", "nowhere.yaml")
    assert (result.exit_code, result.stderr) == (2, "Error: nowhere.yaml cannot be read: No such file or directory\n")


def test_nothing_in_a_file_steers_the_terminal(installed: Terminal) -> None:
    installed.write("c.yaml", '"\\e[31mred": []\npeople: [{email: "a\\e]0;x", name: B}]')
    result = installed.run("apply", "c.yaml")
    assert result.exit_code == 1
    assert "\x1b" not in result.output


def test_pruning_has_to_be_asked_for(configured: Terminal) -> None:
    configured.write("c.yaml", "freezeWindows: []")
    assert "The file names nothing." in configured.run("apply", "c.yaml").stdout
    assert "- year-end" in configured.run("apply", "c.yaml", "--prune").stdout
