"""Every secret of the running server holds a word of its own; whatever is driven, the word comes out nowhere.

All doors, what goes well and what fails: wrong signatures, Slack away, limits, a broken database, a fault of ours. At
the debug log level, in logs, answers, metrics, evidence and the command line's outputs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bot.settings import Settings, SettingsError, load_settings
from tests.resilience.program import TEAM, Program, running
from tests.support.servers import PROGRAMS

OTHER_TEAM = "T00000077"
GATE = base64.b64encode(b"canary+gate+webhook+1234").decode()
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-11-canarybottoken",
    "SLACK_SIGNING_SECRET": "canarysigningsecret",
    "SLACK_CLIENT_SECRET": "canaryclientsecret",
    "COUNTERSIGN_ENCRYPTION_KEY": "canaryencryptionkey" + "A" * 23 + "E=",
    "COUNTERSIGN_SIGNING_KEY_PASSPHRASE": "canarypassphrase",
    "COUNTERSIGN_DEPLOY_WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"canary deploy webhook 12").decode(),
    "COUNTERSIGN_GATE_WEBHOOK_SECRET": "whsec_" + GATE,
}
OF_SLACK = {
    "code": "canaryoauthcode",
    "refused code": "canaryrefusedcode",
    "token": "xoxe.xoxb-1-canaryinstalled",
    "refresh token": "xoxe-1-canaryrefresh",
    "response URL": "canaryresponseurl",
}
MALFORMED = "canarymalformed"
IN_THE_ADDRESS = "a token in the address"
"""Who asks for a path that holds a token is told that there is nothing at that path."""
WORDS = {"reason": "canaryreason", "comment": "canarycomment", "typed": "canarytyped"}
"""What people wrote is for the card and the evidence; the log is not to repeat it."""


class FakeSlack(BaseHTTPRequestHandler):
    """Grants installations, and else fails in turn: 500, a limit, an error, nonsense."""

    turns = 0

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace")
        method = urlsplit(self.path).path.rpartition("/")[2]
        if method == "oauth.v2.access" and OF_SLACK["code"] in asked:
            return self._answer(200, GRANT)
        if method == "oauth.v2.access":
            return self._answer(200, {"ok": False, "error": "invalid_code"})
        if method == "auth.test":
            return self._answer(
                200, {"ok": True, "team_id": TEAM, "team": "Shop", "user_id": "U0BOT", "url": "https://a.b/"}
            )
        FakeSlack.turns += 1
        status, answer = FAILURES[FakeSlack.turns % len(FAILURES)]
        return self._answer(status, answer)

    def _answer(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""


GRANT = {
    "ok": True,
    "access_token": OF_SLACK["token"],
    "refresh_token": OF_SLACK["refresh token"],
    "expires_in": 43_200,
    "token_type": "bot",
    "scope": "commands,chat:write",
    "bot_user_id": "U0BOT",
    "app_id": "A1",
    "team": {"id": OTHER_TEAM, "name": "Example Shop EU"},
    "enterprise": None,
}
FAILURES: tuple[tuple[int, Any], ...] = (
    (500, {"ok": False, "error": "fatal_error"}),
    (429, {"ok": False, "error": "ratelimited"}),
    (200, {"ok": False, "error": "channel_not_found", "needed": "chat:write"}),
    (200, ["nonsense"]),
)


@contextmanager
def slack() -> Iterator[str]:
    """Serve it; gives its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeSlack)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Doors:
    """Drives the program, and keeps everything that it says."""

    program: Program
    origin: str
    said: dict[str, str] = field(default_factory=dict)

    def rest(self, what: str, method: str, path: str, body: Any = None, who: str = "bob", **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.program.tokens.get(who, who)}", "Content-Type": "application/json"}
        raw = json.dumps(body).encode() if body is not None else None
        return self._http(what, method, path, raw, {**sent, **headers})

    def signed(self, what: str, body: bytes, secret: str = SECRETS["SLACK_SIGNING_SECRET"], kind: str = "json") -> int:
        at = str(int(time.time()))
        mac = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        content = "application/json" if kind == "json" else "application/x-www-form-urlencoded"
        headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mac}", "Content-Type": content}
        return int(self._http(what, "POST", "/slack/events", body, headers)[0])

    def typed(self, what: str, command: str, text: str, user: str = "U01") -> int:
        url = f"{self.origin}/response/{OF_SLACK['response URL']}"
        form = {"command": command, "text": text, "user_id": user, "team_id": TEAM, "response_url": url}
        form |= {"trigger_id": f"{time.monotonic_ns()}.1.a", "channel_id": "C01", "token": "legacy"}
        return self.signed(what, urlencode(form).encode(), kind="form")

    def clicked(self, what: str, promotion_id: str, user: str = "U01") -> int:
        value = json.dumps({"promotionId": promotion_id})
        click: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": user},
            "team": {"id": TEAM},
            "channel": {"id": "C01"},
        }
        click |= {
            "actions": [{"action_id": "promotion.approve", "value": value}],
            "trigger_id": f"{time.monotonic_ns()}",
        }
        click |= {"response_url": f"{self.origin}/response/{OF_SLACK['response URL']}"}
        return self.signed(what, urlencode({"payload": json.dumps(click)}).encode(), kind="form")

    def installed(self, what: str, code: str) -> int:
        begun, cookie, location = self._http(what, "GET", "/slack/install", None, {})
        assert begun == 302
        state = parse_qs(urlsplit(location).query)["state"][0]
        path = f"/slack/oauth_redirect?{urlencode({'state': state, 'code': code})}"
        return int(self._http(what, "GET", path, None, {"Cookie": cookie.partition(";")[0]})[0])

    def typed_in_a_shell(self, *arguments: str, **other: str) -> str:
        environment = {**os.environ, **self.program.environment, **other}
        ran = subprocess.run(
            [PROGRAMS / "countersign", *arguments],
            env=environment,
            cwd=self.program.log.parent,
            capture_output=True,
            timeout=60,
            check=False,
        )
        said = (ran.stdout + ran.stderr).decode()
        self.said[" ".join(arguments)] = said
        return said

    def _http(self, what: str, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[Any, ...]:
        connection = http.client.HTTPConnection("127.0.0.1", self.program.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read().decode()
            told = dict(answer.getheaders())
        finally:
            connection.close()
        location, cookie = told.pop("Location", ""), told.pop("Set-Cookie", "")
        self.said[what] = f"{told} {raw}"
        if path.startswith("/slack/install"):
            return answer.status, cookie, location
        return answer.status, json.loads(raw) if "json" in told.get("Content-Type", "") else raw


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with slack() as origin:
        others = {
            "SLACK_API_URL": f"{origin}/api/",
            "SLACK_CLIENT_ID": "12.34",
            "COUNTERSIGN_SLACK_TEAMS": OTHER_TEAM,
            "COUNTERSIGN_PUBLIC_URL": "https://countersign.example.com",
            "COUNTERSIGN_DEPLOY_WEBHOOK_URL": f"{origin}/deploy",
            "COUNTERSIGN_LOG_LEVEL": "DEBUG",
            "COUNTERSIGN_SLACK_MATCH_EMAIL": "true",
        }
        with running(tmp_path_factory.mktemp("canaries"), **SECRETS, **others) as program:
            yield Doors(program, origin)


@pytest.mark.timeout(300)
def test_no_secret_comes_out_anywhere(doors: Doors) -> None:
    promotion_id = doors.program.known["promotions"][0]
    driven_well(doors, promotion_id)
    refused(doors, promotion_id)
    asked_by_whoever_runs_it(doors)
    broken(doors, promotion_id)
    log = doors.program.log.read_text()
    assert "Traceback" in log and "a request failed" in log, "things went wrong as they should"

    leaks = [(name, where) for name, canary in canaries(doors).items() for where in found(doors, canary)]
    assert leaks == []
    assert [name for name, word in WORDS.items() if word in log] == [], "what people wrote is not for the log"


def driven_well(doors: Doors, promotion_id: str) -> None:
    path = f"/api/v1/promotions/{promotion_id}"
    assert doors.installed("an installation", OF_SLACK["code"]) == 200
    assert doors.typed("a command", "/promotions", f"show {promotion_id}") == 200
    assert doors.rest("a vote", "POST", f"{path}/approve", {"comment": WORDS["comment"]})[0] == 200
    assert doors.typed("a vote by typing", "/promotions", f"approve {promotion_id} {WORDS['typed']}", "U02") == 200
    for what in ("", "/decision", "/evidence", "/approvals"):
        assert doors.rest(f"GET {what}", "GET", f"{path}{what}")[0] == 200
    for what in ("/readyz", "/healthz", "/metrics", "/.well-known/jwks.json", "/api/v1/openapi.json", "/api/v1/docs"):
        assert doors.rest(what, "GET", what)[0] == 200
    for what in ("audit-log", "people", "environments", "releases"):
        assert doors.rest(what, "GET", f"/api/v1/{what}", who="all")[0] == 200


def refused(doors: Doors, promotion_id: str) -> None:
    path = f"/api/v1/promotions/{promotion_id}"
    assert doors.installed("a refused installation", OF_SLACK["refused code"]) in {400, 403, 503}
    assert doors.signed("a wrong signature", b'{"type": "event_callback"}', "another secret") == 401
    assert doors.clicked("a click too late", promotion_id) == 200
    assert doors.rest("too late", "POST", f"{path}/reject", {"reason": WORDS["reason"]})[0] == 409
    assert doors.rest("a wrong token", "GET", "/api/v1/me", who="csn_canarywrongtoken")[0] == 401
    assert doors.rest("a wrong body", "POST", "/api/v1/promotions", {"reason": WORDS["reason"], "x": 1})[0] == 400
    token = doors.program.tokens["bob"]
    with_break = f"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization\x00: Bearer {token}\r\n\r\n"
    doors.said["no HTTP"] = raw(doors.program, with_break.encode())
    doors.said[IN_THE_ADDRESS] = raw(doors.program, f"GET /{token}?t={token} HTTP/1.1\r\n\r\n".encode())


def raw(program: Program, sent: bytes) -> str:
    """Send bytes that are no HTTP; what the server says of them."""
    with socket.create_connection(("127.0.0.1", program.port), timeout=60) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(65_536).decode(errors="replace")


def asked_by_whoever_runs_it(doors: Doors) -> None:
    for arguments in (("settings",), ("settings", "--json"), ("doctor",), ("token", "list"), ("workspaces", "list")):
        assert doors.typed_in_a_shell(*arguments)
    away = {"COUNTERSIGN_DATABASE_URL": "postgresql://countersign:canarydatabase@127.0.0.1:1/countersign"}
    for arguments in (("settings",), ("serve",)):
        doors.typed_in_a_shell(*arguments, **away)
    for attribute, setting in Settings.model_fields.items():
        if setting.validation_alias in SECRETS:
            try:
                load_settings(**{attribute: MALFORMED})
            except SettingsError as error:
                doors.said[f"{attribute}, malformed"] = "".join(traceback.format_exception(error)) + error.fix


def broken(doors: Doors, promotion_id: str) -> None:
    """Take a table away, then put what makes no sense in it: faults are told without what was sent."""
    wanted = {
        "releaseId": doors.program.known["releases"][0],
        "targetEnvironmentId": doors.program.known["environments"][0],
        "reason": WORDS["reason"],
    }
    path = f"/api/v1/promotions/{promotion_id}/approve"
    file = doors.program.log.parent / "countersign.db"
    for change, status in (("RENAME TO gone", 503), ("RENAME TO promotions", 500)):
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as database:
            database.execute(f"ALTER TABLE {'promotions' if status == 503 else 'gone'} {change}")
            if status == 500:
                database.execute("UPDATE promotions SET status = 'nonsense'")
        assert doors.rest(f"a fault, {status}", "POST", path, {"comment": WORDS["comment"]})[0] == status
        doors.rest(f"another, {status}", "POST", "/api/v1/promotions", wanted, "alice")
        assert doors.typed(f"in Slack, {status}", "/promotions", f"reject {promotion_id} {WORDS['reason']}") == 200
        assert doors.clicked(f"a click, {status}", promotion_id) == 200
    time.sleep(1)


def canaries(doors: Doors) -> dict[str, str]:
    """What must not be found, by what it is."""
    key = (doors.program.log.parent / "key.pem").read_text().splitlines()
    of_settings = {name: secret.removeprefix("whsec_") for name, secret in SECRETS.items()}
    return {
        **of_settings,
        **OF_SLACK,
        **{f"the token of {name}": token for name, token in doors.program.tokens.items()},
        "the private key": key[1],
        "the database's password": "canarydatabase",
        "a wrong token": "canarywrongtoken",
        "a malformed secret": MALFORMED,
    }


def found(doors: Doors, canary: str) -> list[str]:
    log = {"the log": doors.program.log.read_text()}
    return [
        where for where, text in {**doors.said, **log}.items() if canary in text and not where.startswith("a token in")
    ]
