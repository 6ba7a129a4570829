from __future__ import annotations

from bot.settings import Settings
from tests.bot.cli.conftest import Terminal


def test_every_setting_is_there(terminal: Terminal) -> None:
    shown = terminal.json("settings")
    assert [each["name"] for each in shown] == [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert {each["source"] for each in shown} == {"default"}
    assert all(each["meaning"] for each in shown)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(terminal: Terminal) -> None:
    terminal.write(".env", "COUNTERSIGN_LISTEN=127.0.0.1:1\nCOUNTERSIGN_LOG_LEVEL=DEBUG\n")
    shown = {each["name"]: each for each in terminal.json("settings", COUNTERSIGN_LISTEN="127.0.0.1:2")}
    assert (shown["COUNTERSIGN_LISTEN"]["value"], shown["COUNTERSIGN_LISTEN"]["source"]) == (
        "127.0.0.1:2",
        "environment",
    )
    assert (shown["COUNTERSIGN_LOG_LEVEL"]["value"], shown["COUNTERSIGN_LOG_LEVEL"]["source"]) == ("DEBUG", ".env")
    assert shown["COUNTERSIGN_LOG_FORMAT"]["source"] == "default"


def test_names_count_whatever_their_letter_case_as_when_they_are_read(terminal: Terminal) -> None:
    terminal.write(".env", "countersign_listen=127.0.0.1:7\n")
    assert "127.0.0.1:7" in terminal.run("settings").stdout


def test_no_secret_is_shown(terminal: Terminal) -> None:
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-hunter2",
        "SLACK_SIGNING_SECRET": "hunter2",
        "COUNTERSIGN_DATABASE_URL": "postgresql://me:hunter2@db/x",
        "COUNTERSIGN_SIGNING_KEY_PASSPHRASE": "hunter2",
    }
    for words in (["settings"], ["settings", "--json"], ["settings", "--markdown"]):
        result = terminal.run(*words, **secrets)
        assert result.exit_code == 0
        assert "hunter2" not in result.output


def test_a_wrong_setting_is_shown_and_then_explained(terminal: Terminal) -> None:
    result = terminal.run("settings", COUNTERSIGN_LISTEN="everywhere")
    assert result.exit_code == 2
    assert "everywhere" in result.stdout
    assert result.stderr.startswith("Error: COUNTERSIGN_LISTEN")


def test_the_markdown_table_has_one_row_for_each_setting(terminal: Terminal) -> None:
    lines = terminal.run("settings", "--markdown").stdout.splitlines()
    assert lines[0] == "| Setting | Meaning | Default |"
    assert len(lines) == 2 + len(Settings.model_fields)
    assert all(line.count("|") == 4 for line in lines)
