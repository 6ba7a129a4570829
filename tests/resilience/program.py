"""`countersign serve` in a process of its own with something in its database, for those who treat it badly.

Slack is away: its address answers nobody.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest

from bot.bootstrap import build_core
from bot.gateways.key_files import create_key_file
from bot.settings import Settings
from core.app.access import CreateToken
from core.app.countersign import Countersign
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft, ScanDraft
from core.app.requesting import RequestPromotion
from core.domain.people import SERVICE_SCOPES, SYSTEM, Right, SlackAccount
from core.domain.release import Artifact
from tests.support.ports import unused_port
from tests.support.servers import PROGRAMS, STARTS_WITHIN_S

SIGNING_SECRET = "signing-secret"
TEAM = "T00000001"
READY_WITHIN_S = 10.0
IDLE_S = 2
MB = 1_000_000
HUGE = 100 * MB
NOWHERE = str(UUID(int=0xFFFFFFFFFFFF))
Answer = tuple[int, bytes]


@dataclass
class Program:
    """The running server. `known` are ids that exist, by the first part of their path."""

    url: str
    child: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def memory(self) -> float:
        """What it holds now, in MiB."""
        return psutil.Process(self.child.pid).memory_info().rss / 2**20

    def peak(self) -> float:
        """The most it has ever held, in MiB; Linux knows, elsewhere what it holds now."""
        status = Path(f"/proc/{self.child.pid}/status")
        if not status.exists():
            return self.memory()
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def connections(self) -> int:
        return len(psutil.Process(self.child.pid).net_connections("tcp"))

    def readyz(self) -> float:
        """The seconds that `/readyz` takes; raises where it is not ready."""
        begun = time.monotonic()
        with urllib.request.urlopen(f"{self.url}/readyz", timeout=READY_WITHIN_S) as answer:
            assert answer.status == 200
        return time.monotonic() - begun

    def errors(self) -> list[str]:
        """Lines of the log that tell of a fault."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "[error" in line or "Traceback" in line]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Program]:
    """Serve a furnished database until the block ends; other settings by their environment variables."""
    port, away = unused_port(), unused_port()
    create_key_file(folder / "key.pem", passphrase=settings.get("COUNTERSIGN_SIGNING_KEY_PASSPHRASE"))
    environment = {
        "COUNTERSIGN_DATABASE_URL": f"sqlite:///{folder / 'countersign.db'}",
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_SIGNING_KEY": str(folder / "key.pem"),
        "COUNTERSIGN_RATE_LIMIT": "0",
        "COUNTERSIGN_OUTBOUND_NETWORKS": "",
        "SLACK_API_URL": f"http://127.0.0.1:{away}/api/",
        "SLACK_BOT_TOKEN": "xoxb-1-2-test",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    } | settings
    tokens, known = asyncio.run(_furnished(environment))
    log = folder / "serve.log"
    with log.open("wb") as written:
        child = subprocess.Popen(
            [PROGRAMS / "countersign", "serve"], cwd=folder, env={**os.environ, **environment}, stderr=written
        )
    program = Program(f"http://127.0.0.1:{port}", child, log, environment, tokens, known)
    try:
        _until_ready(program)
        yield program
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def _until_ready(program: Program) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            program.readyz()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(program.log.read_text())


async def _furnished(environment: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    async with build_core(Settings(**environment)) as core:  # type: ignore[arg-type]  # texts, as in the environment
        return await furnish(core.countersign)


async def furnish(countersign: Countersign) -> tuple[dict[str, str], dict[str, list[str]]]:
    """People, an environment with a policy, a release and a request; gives tokens by name, and ids."""
    admin, access, releasing = countersign.administering, countersign.access, countersign.releasing
    tokens, people = {}, {}
    roles = {"alice": {Right.REQUESTER}, "bob": set(), "carol": set(), "root": {Right.ADMIN, Right.REQUESTER}}
    for number, (name, held) in enumerate(roles.items()):
        account = (SlackAccount(TEAM, f"U0{number}"),)
        draft = PersonDraft(f"{name}@example.com", name.capitalize(), frozenset(held), account)
        people[name] = await admin.create_person(SYSTEM, draft)
        tokens[name] = (await access.create_token(SYSTEM, CreateToken(person_email=draft.email))).text
    service = CreateToken(service_name="all", scopes=SERVICE_SCOPES)
    tokens["all"] = (await access.create_token(SYSTEM, service)).text
    members = ("bob@example.com", "carol@example.com")
    group = await admin.create_group(SYSTEM, GroupDraft("release-managers", members))
    target = await admin.create_environment(SYSTEM, EnvironmentDraft("Production", gates={"security-gate": {}}))
    terms = PolicyDraft("production-policy", target.id, 2, ("release-managers",), True, 24)
    policy = await admin.create_policy(SYSTEM, terms)
    artifact = Artifact("shop", "sha256:" + "ab" * 32)
    release = await releasing.register(SYSTEM, ReleaseDraft("shop", "1.0.0", artifacts=(artifact,)))
    await releasing.submit_scan(SYSTEM, ScanDraft(release.id, "trivy"))
    alice = await access.by_token(tokens["alice"])
    asked = await countersign.requesting.request(alice, RequestPromotion(release.id, target.id, "Fixes the login"))
    await countersign.evaluating.evaluate(asked.id)
    return tokens, {
        "promotions": [str(asked.id)],
        "releases": [str(release.id)],
        "environments": [str(target.id)],
        "approver-groups": [str(group.id)],
        "approval-policies": [str(policy.id)],
        "people": [str(people["bob"].id)],
    }


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server that gives up on the slow after two seconds."""
    with running(tmp_path_factory.mktemp("served"), COUNTERSIGN_IDLE_SECONDS=str(IDLE_S)) as started:
        yield started


def send(
    program: Program, path: str, body: Any, headers: dict[str, str] | None = None, *, chunked: bool = False
) -> Answer:
    """Post a body over a connection of its own; an answer that comes before the body is through is one too."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=60)
    sent = {"Authorization": f"Bearer {program.tokens['all']}", "Content-Type": "application/json"} | (headers or {})
    try:
        try:
            connection.request("POST", path, body, sent, encode_chunked=chunked)
        except (BrokenPipeError, ConnectionResetError):
            assert "Content-Length" in sent or chunked, "only what is refused early is not taken whole"
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def drip(size: int, piece: int = 65_536) -> Iterator[bytes]:
    """So many bytes of JSON that never ends, without holding them."""
    yield b'{"reason": "'
    for _ in range(size // piece):
        yield b"x" * piece
