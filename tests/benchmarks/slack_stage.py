"""What the benchmarks of Slack's door stand on: a database with promotions that wait, and programs of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from aiohttp import ClientSession

from bot.bootstrap import Core, build_core
from bot.slack.views.card import card
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft, ScanDraft
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM, Right, SlackAccount
from core.domain.release import Artifact, Release
from tests.benchmarks.agreeable_slack import TEAM
from tests.support.ports import unused_port
from tests.support.servers import PROGRAMS
from tests.support.shared_data import ROOT
from tests.support.signed import SignedHand
from tests.support.world import SIGNING_SECRET, program_environment, settings

CHANNEL = "C01"
ALICE, BOB, CAROL = "U01", "U02", "U03"
PATIENCE_S = 60.0
LOOK_S = 0.01
Blocks = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """A database file with releases to ask for, and the cards of promotions that two people may approve."""

    folder: Path
    releases: Sequence[str]
    cards: Sequence[Blocks]

    def copy(self, name: str) -> Path:
        """The database once more, for a program of its own."""
        copied = self.folder / f"{name}.db"
        with sqlite3.connect(self.folder / "stage.db") as whole, sqlite3.connect(copied) as other:
            whole.backup(other)
        return copied


def staged(folder: Path, *, releases: int, cards: int) -> Stage:
    """Fill a database through the use cases. Every release has a component of its own, so none supersedes another."""
    url = f"sqlite:///{folder / 'stage.db'}"

    async def fill() -> Stage:
        async with build_core(settings(url, folder, "http://127.0.0.1:9/api/")) as core:
            return await _filled(core, folder, releases, cards)

    stage = asyncio.run(fill())
    with sqlite3.connect(folder / "stage.db") as database:
        # All messages are out: what is measured begins with nothing to catch up on.
        database.execute("DELETE FROM outbox_entries")
    return stage


async def _filled(core: Core, folder: Path, releases: int, cards: int) -> Stage:
    countersign = core.countersign
    admin = countersign.administering
    for user, name in ((ALICE, "alice"), (BOB, "bob"), (CAROL, "carol")):
        draft = PersonDraft(
            f"{name}@example.com", name.title(), frozenset({Right.REQUESTER}), (SlackAccount(TEAM, user),)
        )
        await admin.create_person(SYSTEM, draft)
    await admin.create_group(SYSTEM, GroupDraft("approvers", tuple(f"{name}@example.com" for name in ("bob", "carol"))))
    staging = await admin.create_environment(SYSTEM, EnvironmentDraft("staging"))
    gates: dict[str, dict[str, Any]] = {"security-gate": {"maxCritical": 0}, "freeze-window-gate": {}}
    draft_target = EnvironmentDraft("production", staging.id, True, CHANNEL, gates)
    target = await admin.create_environment(SYSTEM, draft_target)
    await admin.create_policy(SYSTEM, PolicyDraft("two-people", target.id, 2, ("approvers",), True, 24))
    alice = await countersign.access.by_slack(TEAM, ALICE)

    async def release(number: int) -> Release:
        artifacts = (Artifact("image", f"sha256:{number:064x}"),)
        made = await countersign.releasing.register(SYSTEM, ReleaseDraft(f"part-{number}", "1.0", artifacts=artifacts))
        await countersign.releasing.submit_scan(SYSTEM, ScanDraft(made.id, "trivy", high=0))
        return made

    async def waiting(number: int) -> Blocks:
        asked = await countersign.requesting.request(
            alice, RequestPromotion((await release(number)).id, target.id, "due")
        )
        await countersign.evaluating.evaluate(asked.id)
        shown = card(await countersign.reading.promotion(alice, asked.id))
        blocks = [{**block, "block_id": f"b{place}"} for place, block in enumerate(shown.blocks)]
        return {"type": "message", "ts": f"1700000000.{number:06}", "text": shown.text, "blocks": blocks}

    named = [(await release(number)).name for number in range(releases)]
    return Stage(folder, named, await asyncio.gather(*(waiting(releases + number) for number in range(cards))))


class Programs:
    """Starts the product, its floors and the Slack they answer to, beside each other; `ready` waits for all of them.

    Leaving the block ends them.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self.slack = self._module("tests.benchmarks.agreeable_slack")

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._started.values():
            program.send_signal(signal.SIGTERM)
        for program in self._started.values():
            program.wait()

    def product(self, database: Path) -> str:
        """`countersign serve` on a database; gives its address."""
        port, folder = unused_port(), self._stage.folder
        environment = program_environment(f"sqlite:///{database}", folder, f"{self.slack}/api/", port)
        environment["COUNTERSIGN_RATE_LIMIT"] = "0"  # three people press for everybody
        return self._start(port, "/readyz", PROGRAMS / "countersign", "serve", environment=environment)

    def floor(self, module: str, *arguments: str | Path) -> str:
        """A program of `floors`; gives its address."""
        return self._module(f"tests.benchmarks.floors.{module}", SIGNING_SECRET, *arguments)

    def end(self, url: str) -> None:
        """End one of them."""
        look_at = next(address for address in self._started if address.startswith(url))
        program = self._started.pop(look_at)
        program.send_signal(signal.SIGTERM)
        program.wait()

    def ready(self) -> None:
        """Wait until everybody answers."""
        for url in self._started:
            until_answered(url)

    @contextmanager
    def alone(self, url: str) -> Iterator[None]:
        """Stop the others meanwhile: what one has left to do in the background burdens nobody but itself."""
        others = [
            program
            for address, program in self._started.items()
            if not url.startswith(_origin(address)) and not address.startswith(self.slack)
        ]
        for program in others:
            program.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for program in others:
                program.send_signal(signal.SIGCONT)

    def pid(self, url: str) -> int:
        """The id of the process that serves at an address."""
        return next(program.pid for look_at, program in self._started.items() if look_at.startswith(url))

    def hand(self, session: ClientSession, url: str, under: str = "") -> SignedHand:
        """Slack's hand at a program, or at what a program has `under` a path."""
        return SignedHand(session, f"{url}{under}/slack/events", SIGNING_SECRET, TEAM, f"{self.slack}/response")

    def _module(self, module: str, *arguments: str | Path) -> str:
        port = unused_port()
        return self._start(port, "/", sys.executable, "-m", module, str(port), *arguments)

    def _start(
        self, port: int, look_at: str, *command: str | Path, environment: Mapping[str, str] | None = None
    ) -> str:
        url = f"http://127.0.0.1:{port}"
        self._started[url + look_at] = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=DEVNULL, stderr=DEVNULL
        )
        return url


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def until_answered(url: str) -> None:
    """Wait until a server says anything at all, or, at `/readyz`, that it is ready."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        try:
            with urlopen(url, timeout=PATIENCE_S):
                return
        except HTTPError as error:
            if error.code != 503:
                return
        except URLError:
            time.sleep(LOOK_S)
    raise TimeoutError(f"{url} does not answer")
