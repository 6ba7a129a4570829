"""A terminal to type commands into, with a folder and an environment of its own."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.gateways.key_files import create_key_file
from bot.settings import Settings


@dataclass
class Terminal:
    """Runs the real command in this program; `folder` is where it stands."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, typed: str | bytes | None = None, **environment: str) -> Result:
        """Type a command, with more environment variables for this once."""
        result: Result = CliRunner().invoke(app, list(words), input=typed, env=self.environment | environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *words: str, **environment: str) -> Any:
        """Type a command that must go well, and read its JSON."""
        result = self.run(*words, "--json", **environment)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def write(self, name: str, text: str | bytes) -> str:
        """Put a file into the folder."""
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal in an empty folder, where nothing is set."""
    for setting in Settings.model_fields.values():
        monkeypatch.delenv(str(setting.validation_alias), raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield Terminal(tmp_path)
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def installed(terminal: Terminal, sqlite_template: Path) -> Terminal:
    """A terminal in a folder with a signing key and an empty, migrated database."""
    create_key_file(terminal.folder / "key.pem")
    terminal.environment["COUNTERSIGN_SIGNING_KEY"] = "key.pem"
    shutil.copyfile(sqlite_template, terminal.folder / "countersign.db")
    return terminal


EXAMPLE = """\
environments:
  - {name: staging}
  - {name: production, promotesFrom: staging, requireSod: true, slackChannel: "#releases-production",
     gates: {security-gate: {maxCritical: 0, maxHigh: 5}, freeze-window-gate: {}, sequence-gate: {}}}
people:
  - {email: alice@example.com, name: Alice, slack: [{team: T01, user: U01}], roles: [requester]}
  - {email: bob@example.com, name: Bob, slack: [{team: T01, user: U02}]}
approverGroups:
  - {name: release-managers, members: [bob@example.com]}
  - {name: sre-team, slackUsergroup: S01}
approvalPolicies:
  - {name: production-policy, environment: production, requiredApprovals: 2,
     approverGroups: [release-managers, sre-team], requireSeparationOfDuties: true, autoExpireHours: 24}
freezeWindows:
  - {name: year-end, environments: [production], startsAt: 2026-12-20T00:00:00Z, endsAt: 2027-01-03T00:00:00Z}
"""


@pytest.fixture
def configured(installed: Terminal) -> Terminal:
    """A terminal where the example configuration has been applied."""
    installed.write("countersign.yaml", EXAMPLE)
    assert installed.run("apply", "countersign.yaml").exit_code == 0
    return installed
