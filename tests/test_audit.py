"""`.ci/audit`: a known vulnerability fails, none passes, and a service that is not there is said to be not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.ports import unused_port
from tests.support.shared_data import ROOT

LOCKED = "good==1.0 --hash=sha256:{0}\nbad==2.0 --hash=sha256:{0}\n".format("a" * 64)
KNOWN = {
    "id": "GHSA-xxxx-yyyy-zzzz",
    "summary": "It breaks",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "bad", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
        }
    ],
}


class FakeOsv(BaseHTTPRequestHandler):
    """Knows of one vulnerable package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"vulns": [KNOWN]} if asked["package"]["name"] == "bad" else {}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeOsv)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def audited(folder: Path, locked: str, service: str) -> tuple[int, str]:
    (folder / "some.lock").write_text(locked)
    ran = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit", folder / "some.lock"],
        env={**os.environ, "COUNTERSIGN_OSV_URL": service},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_a_known_vulnerability_fails_and_is_named(tmp_path: Path, service: str) -> None:
    code, told = audited(tmp_path, LOCKED, service)
    assert code == 1, told
    assert "bad 2.0: GHSA-xxxx-yyyy-zzzz, fixed in 2.1" in told
    assert "good" not in told


def test_where_nothing_is_known_it_says_of_how_many(tmp_path: Path, service: str) -> None:
    code, told = audited(tmp_path, LOCKED.splitlines()[0], service)
    assert (code, "1 of 1 in" in told) == (0, True), told


def test_a_service_that_is_not_there_is_said_and_no_failure(tmp_path: Path) -> None:
    code, told = audited(tmp_path, LOCKED, f"http://127.0.0.1:{unused_port()}/")
    assert (code, "NOT AUDITED" in told) == (0, True), told


def test_a_lock_file_that_is_none_is_a_failure(tmp_path: Path) -> None:
    code, told = audited(tmp_path, "good>=1.0", f"http://127.0.0.1:{unused_port()}/")
    assert code == 1, told
