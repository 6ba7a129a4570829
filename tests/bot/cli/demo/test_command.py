from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from bot.cli.demo.command import welcome
from bot.cli.demo.running import Demo
from tests.bot.cli.conftest import Terminal
from tests.support.ports import unused_port
from tests.support.shared_data import ROOT


def test_the_welcome_says_where_and_what_to_try(tmp_path: Path) -> None:
    paper = io.StringIO()
    demo = Demo("http://127.0.0.1:1", "http://127.0.0.1:2", {"bob": "csn_bob"}, tmp_path, tmp_path / "countersign.yaml")
    welcome(Console(file=paper, width=100, markup=False, highlight=False), demo, kept=False)
    text = paper.getvalue()
    for part in (
        "http://127.0.0.1:1",
        "http://127.0.0.1:2/api/v1/docs",
        "/promote shop-2.3.1",
        "Bearer csn_bob",
        "thrown away",
    ):
        assert part in text


def test_a_port_in_use_is_one_clear_sentence(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = terminal.run("demo", "--no-browser", "--port", port)
    assert result.exit_code == 2
    assert "The demo cannot start" in result.stderr


def test_it_starts_and_ctrl_c_ends_it_without_a_trace(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    port = unused_port()
    command = [
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--no-browser",
        "--port",
        str(port),
        "--api-port",
        str(unused_port()),
    ]
    environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "log"
    with log.open("wb") as output:
        started = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while "Ctrl-C stops the demo" not in log.read_text():
            assert started.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        started.send_signal(signal.SIGINT)
        assert started.wait(20) == 0
    finally:
        started.kill()
        started.wait()
    assert log.read_text().endswith("Stopped.\n")
    assert "Traceback" not in log.read_text()
    assert os.listdir(temporary) == []  # noqa: PTH208
