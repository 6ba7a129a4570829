from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Terminal
from tests.support.shared_data import ROOT

COMMANDS = (
    *("demo", "serve", "migrate", "apply", "verify", "doctor", "settings"),
    "audit export",
    *("token create", "token list", "token revoke", "key create", "key list", "key rotate", "key export"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_examples(terminal: Terminal, command: str) -> None:
    result = terminal.run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Examples" in result.stdout
    assert f"countersign {command}" in result.stdout


def test_the_command_s_own_help_lists_every_command(terminal: Terminal) -> None:
    help_text = terminal.run("--help").stdout
    assert all(f" {command.split()[0]} " in help_text for command in COMMANDS)


def test_the_version(terminal: Terminal) -> None:
    assert terminal.run("--version").stdout.startswith("countersign ")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["verify"], ["token", "create", "--scope", "god"], ["apply", "a", "b"]]
)
def test_wrong_usage_is_exit_code_2_and_no_traceback(terminal: Terminal, words: list[str]) -> None:
    result = terminal.run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_typing_mistake_is_answered_with_the_nearest_command(terminal: Terminal) -> None:
    assert "'settings'" in terminal.run("setings").stderr


def test_as_a_program_of_its_own(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "NO_COLOR": "1", "COUNTERSIGN_LISTEN": "nowhere"}
    command = [sys.executable, "-m", "bot", "serve"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("Error: COUNTERSIGN_LISTEN")
    assert "\x1b" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 2
