from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.cli.serve import what_is_on
from bot.settings import load_settings
from tests.bot.cli.conftest import Terminal
from tests.support.ports import unused_port
from tests.support.shared_data import ROOT


def test_what_is_on_and_why_not_more(terminal: Terminal) -> None:
    told = dict(what_is_on(load_settings()))
    assert told["Slack"] == "off: no SLACK_BOT_TOKEN"
    assert "not for production" in told["Signing"]
    assert told["REST"].startswith("http://127.0.0.1:8080/api/v1")


def test_both_ways_of_slack_are_told_and_no_password(terminal: Terminal) -> None:
    settings = load_settings(
        database_url="postgresql://me:hunter2@db/x",
        slack_bot_token="xoxb-1",
        slack_signing_secret="s",
        slack_app_token="xapp-1",
    )
    told = dict(what_is_on(settings))
    assert told["Slack"] == "by HTTP at POST /slack/events and by Socket Mode"
    assert "hunter2" not in str(told)


def test_an_address_in_use_is_one_clear_sentence(installed: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "bot", "serve", "--listen", address]
        environment = {"PYTHONPATH": str(ROOT), "COUNTERSIGN_SIGNING_KEY": "key.pem"}
        ended = subprocess.run(
            command, cwd=installed.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.returncode == 2
    assert f"Error: Cannot listen on {address}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_server_serves_and_stops_when_told(installed: Terminal) -> None:
    address = f"127.0.0.1:{unused_port()}"
    environment = {"PYTHONPATH": str(ROOT), "COUNTERSIGN_SIGNING_KEY": "key.pem", "COUNTERSIGN_LOG_FORMAT": "json"}
    log = installed.folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "bot", "serve", "--listen", address]
        server = subprocess.Popen(command, cwd=installed.folder, env=environment, stderr=output, stdout=output)
    try:
        assert json.loads(answer_of(f"http://{address}/healthz", log)) == {"status": "ok"}
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.wait()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line["event"] == "serving" for line in lines)


def answer_of(url: str, log: Path) -> bytes:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())
