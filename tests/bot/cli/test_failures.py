from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.console import Exit
from bot.cli.failures import CommandError, Commands
from bot.gateways.key_files import KeyFileError
from bot.settings import SettingsError
from core.errors import ForbiddenError, InvalidError, UnavailableError
from tests.bot.cli.conftest import Terminal


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            SettingsError("SLACK_BOT_TOKEN", "is missing", "Set it."),
            2,
            "Error: SLACK_BOT_TOKEN: is missing\nHint: Set it.\n",
        ),
        (CommandError("No", "Do"), 2, "Error: No\nHint: Do\n"),
        (CommandError("No", exit_code=Exit.REFUSED), 1, "Error: No\n"),
        (ForbiddenError("You may not", hint="Ask."), 1, "Error: You may not\nHint: Ask.\n"),
        (UnavailableError("The database is away"), 1, "Error: The database is away\n"),
        (InvalidError("bad", field="email"), 1, "Error: bad\n"),
        (InvalidError("bad url", field="COUNTERSIGN_DATABASE_URL"), 2, "Error: bad url\n"),
        (KeyFileError("k.pem exists", field="COUNTERSIGN_SIGNING_KEY"), 2, "Error: k.pem exists\n"),
        (CommandError("[bold]\x1b[2J"), 2, "Error: [bold]\ufffd[2J\n"),
    ],
)
def test_an_error_becomes_a_sentence_a_hint_and_an_exit_code(error: Exception, code: int, said: str) -> None:
    app = typer.Typer(cls=Commands)

    @app.callback()
    def all_commands() -> None: ...

    @app.command()
    def fail() -> None:
        raise error

    result = CliRunner().invoke(app, ["fail"])
    assert (result.exit_code, result.stderr, result.stdout) == (code, said, "")


def test_a_fault_of_ours_is_not_dressed_up() -> None:
    app = typer.Typer(cls=Commands)

    @app.callback()
    def all_commands() -> None: ...

    @app.command()
    def fail() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(app, ["fail"]).exception, ZeroDivisionError)


def test_a_program_that_asked_for_json_gets_its_error_as_json(installed: Terminal) -> None:
    result = installed.run("token", "create", "--person", "nobody@example.com", "--json")
    told = json.loads(result.stderr)
    assert (result.exit_code, result.stdout) == (1, "")
    assert (told["code"], told["exitCode"]) == ("command_failed", 1)
    assert "nobody@example.com" in told["message"]
    assert told["hint"]
    wrong = installed.run("key", "list", "--json", COUNTERSIGN_DATABASE_URL="nonsense")
    assert (wrong.exit_code, json.loads(wrong.stderr)["exitCode"]) == (2, 2)
