from __future__ import annotations

from tests.bot.cli.conftest import Terminal


def test_check_says_what_is_to_be_done_and_makes_nothing(terminal: Terminal) -> None:
    result = terminal.run("migrate", "--check")
    assert result.exit_code == 1
    assert "There is no database file countersign.db yet" in result.stderr
    assert "countersign migrate" in result.stderr
    assert list(terminal.folder.iterdir()) == []


def test_migrate_makes_the_schema_and_doing_it_again_does_no_harm(terminal: Terminal) -> None:
    first = terminal.json("migrate")
    assert first["database"] == "sqlite:///countersign.db"
    assert terminal.json("migrate") == first == terminal.json("migrate", "--check")


def test_a_bad_address_is_a_wrong_setting(terminal: Terminal) -> None:
    result = terminal.run("migrate", COUNTERSIGN_DATABASE_URL="mysql://db/x")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: COUNTERSIGN_DATABASE_URL")


def test_a_password_is_not_shown(terminal: Terminal) -> None:
    url = "postgresql://me:hunter2@127.0.0.1:1/x"
    result = terminal.run("migrate", COUNTERSIGN_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "hunter2" not in result.output
