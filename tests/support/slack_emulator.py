"""A Slack that somebody else wrote: the npm package `emulate`, its Web API on loopback.

It covers chat, conversations, users, views and files; it has no slash commands, interactions or Socket Mode, so a
test sends those to the bot itself and reads here what the bot answered.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.node import node_path
from tests.support.ports import unused_port
from tests.support.requirement import unavailable
from tests.support.shared_data import ROOT

FOLDER = ROOT / ".cache" / "emulate"
_PROGRAM = FOLDER / "node_modules" / "emulate" / "dist" / "index.js"
_STARTS_WITHIN_S = 20.0


@dataclass(frozen=True)
class SlackEmulator:
    """A running emulator; `api_url` is what the bot takes as `SLACK_API_URL`."""

    base_url: str

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/"

    def call(self, method: str, token: str, **arguments: Any) -> dict[str, Any]:
        """Call a Web API method, to look at what the bot left there. It blocks: `asyncio.to_thread` in async code."""
        request = urllib.request.Request(
            self.api_url + method,
            data=json.dumps(arguments).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            body: dict[str, Any] = json.load(answer)
        return body

    def page(self, path: str) -> str:
        """A page of the emulator's own, for what no method of the Web API tells."""
        with urllib.request.urlopen(f"{self.base_url}/{path}", timeout=10) as answer:
            return str(answer.read().decode())


def _wait_until_up(program: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline and program.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the Slack emulator did not start: {log.read_text(errors='replace')}")


@pytest.fixture
def start_slack_emulator(tmp_path: Path) -> Iterator[Callable[[Mapping[str, Any]], SlackEmulator]]:
    """A function that starts an emulator with a seed (the YAML below `slack:` in its README) and gives it."""
    node = node_path()
    if node is None or not _PROGRAM.exists():
        unavailable("emulator", "no Slack emulator: `./run test` installs it")
    running: list[subprocess.Popen[bytes]] = []

    def start(seed: Mapping[str, Any]) -> SlackEmulator:
        port = unused_port()
        base_url = f"http://127.0.0.1:{port}"
        seed_file, log = tmp_path / f"slack-{port}.yaml", tmp_path / f"slack-{port}.log"
        seed_file.write_text(yaml.safe_dump({"slack": dict(seed)}))
        command = [node, str(_PROGRAM), "start", "--service", "slack", "--seed", str(seed_file)]
        address = ["--host", "127.0.0.1", "--port", str(port), "--base-url", base_url]
        with log.open("wb") as output:
            program = subprocess.Popen([*command, *address], stdout=output, stderr=output)
        running.append(program)
        _wait_until_up(program, port, log)
        return SlackEmulator(base_url)

    yield start
    for program in running:
        program.terminate()
        program.wait(10)


@pytest.fixture
def slack_seed() -> dict[str, Any]:
    """The emulator's workspace; a module that needs another one defines its own `slack_seed`."""
    return {}


@pytest.fixture
def slack_emulator(
    start_slack_emulator: Callable[[Mapping[str, Any]], SlackEmulator], slack_seed: dict[str, Any]
) -> SlackEmulator:
    """A running emulator with the module's `slack_seed`."""
    return start_slack_emulator(slack_seed)
