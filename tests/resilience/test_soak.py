"""Ten minutes at 20 requests a second, through REST and the Slack door of the running program: everything stays level.

COUNTERSIGN_SOAK_MINUTES=60 goes on for an hour. What is compared is the second quarter of the time with the last: the
first one fills caches and pools.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import ClientError

from core.app.access import CreateToken
from core.domain.people import SYSTEM, Right
from tests.resilience.arena import ASKER, BOSS, Arena, furnished
from tests.support.figures import Figures
from tests.support.servers import serving
from tests.support.signed import SignedHand
from tests.support.world import SIGNING_SECRET, TEAM

RATE = 20
"""Requests a second."""
SHORT_SECONDS = 5.0
WAL_MOST = 64 * 2**20


@dataclass(frozen=True)
class Sample:
    """What the program had at one moment; sizes in bytes, `promotions` that had been through everything by then."""

    at: float
    memory: int
    files: int
    threads: int
    tasks: int
    database: int
    wal: int
    promotions: int


class WrongAnswerError(Exception):
    """The program answered otherwise than it should."""


@dataclass
class Soak:
    """Traffic, and what is seen meanwhile."""

    made: Arena
    program: psutil.Process
    database: Path
    took: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    done: int = 0

    async def timed(self, call: Callable[[], Awaitable[tuple[int, Any]]], expected: tuple[int, ...]) -> Any:
        began = time.monotonic()
        status, answer = await call()
        self.took.append((began, time.monotonic() - began))
        if status not in expected:
            raise WrongAnswerError(f"{status}: {answer}")
        return answer

    async def rest(self, who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return await self.timed(lambda: self.made.rest(who, method, path, body), (status,))

    async def slack(self, who: str, name: str, text: str) -> None:
        hand = SignedHand(self.made.session, f"{self.made.urls[0]}/slack/events", SIGNING_SECRET, TEAM, "")
        user = self.made.people[who].slack[0].user
        answer = await self.timed(lambda: hand.command(user, "C01", name, text), (200,))
        if '"text": "You ' not in answer and "equested" not in answer and name != "/approvals":
            raise WrongAnswerError(f"{name} {text}: {answer[:200]}")

    async def one_life(self, number: int) -> None:
        """A release from its registration to its deployment, as far as all goes well."""
        try:
            await self.live(number)
        except (WrongAnswerError, ClientError) as error:
            self.wrong.append(f"{type(error).__name__} {error}")

    async def live(self, number: int) -> None:
        """Ten requests."""
        first, second = ("p00", "p01") if number % 2 else ("p02", "p03")
        draft = {"component": f"shop-{number}", "version": "1.0.0"}
        release = await self.rest(BOSS, "POST", "/releases", draft, 201)
        wanted = {"releaseId": release["id"], "targetEnvironmentId": str(self.made.target.id), "reason": "soak"}
        asked = await self.rest(ASKER, "POST", "/promotions", wanted, 201)
        await self.slack(first, "/promotions", f"approve {asked['id']} fine")
        await self.slack(second, "/approvals", "")
        await self.rest(second, "POST", f"/promotions/{asked['id']}/approve", {"comment": "fine"})
        await self.rest(first, "GET", f"/promotions/{asked['id']}")
        await self.rest(first, "GET", f"/promotions/{asked['id']}/evidence")
        for status in ("deploying", "deployed"):
            await self.rest("ci", "POST", f"/promotions/{asked['id']}/deployment", {"status": status})
        await self.rest(first, "GET", "/promotions?status=deployed&pageSize=10")
        self.done += 1

    async def sample(self) -> None:
        async with self.made.session.get(f"{self.made.urls[0]}/metrics") as answer:
            metrics = await answer.text()
        tasks = re.search(r"^countersign_tasks ([0-9.]+)$", metrics, re.MULTILINE)
        assert tasks, metrics
        wal = self.database.with_name(self.database.name + "-wal")
        self.samples.append(
            Sample(
                time.monotonic(),
                self.program.memory_info().rss,
                self.program.num_fds(),
                self.program.num_threads(),
                int(float(tasks[1])),
                stored_bytes(self.database),
                wal.stat().st_size,
                self.done,
            )
        )

    def quarter(self, number: int) -> list[Sample]:
        begin, end = self.samples[0].at, self.samples[-1].at
        length = (end - begin) / 4
        return [each for each in self.samples if begin + (number - 1) * length <= each.at <= begin + number * length]

    def p99(self, number: int) -> float:
        within = self.quarter(number)
        took = sorted(took for began, took in self.took if within[0].at <= began <= within[-1].at)
        return took[int(len(took) * 0.99)]


@pytest.mark.timeout(3600 * 2)
async def test_nothing_grows_but_history(sqlite_url: str, tmp_path: Path, figures: Figures, short: bool) -> None:
    seconds = SHORT_SECONDS if short else float(os.environ.get("COUNTERSIGN_SOAK_MINUTES", "10")) * 60
    wanted = furnished(sqlite_url, tmp_path, 1, people=4, promotions=0, required=2, channel="#releases")
    async with wanted as made:
        made.tokens["ci"] = await deployer(made)
        ((address, environment),) = made.replicas.items()
        async with serving(environment, address, tmp_path) as program:
            soak = Soak(made, psutil.Process(program.pid), tmp_path / "countersign.db")
            await run(soak, seconds)
    told(figures, soak, seconds, 2.0 if short else 1.0)


async def deployer(made: Arena) -> str:
    command = CreateToken(service_name="ci", scopes=frozenset({Right.DEPLOYER}))
    return (await made.core.countersign.access.create_token(SYSTEM, command)).text


async def run(soak: Soak, seconds: float) -> None:
    """Begin a life every half second, whatever became of the others, and look every now and then."""
    begin, lives, every = time.monotonic(), set[asyncio.Task[None]](), 10 / RATE
    look = max(seconds / 240, 0.25)
    looked = begin
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begin + number * every - time.monotonic()))
        if time.monotonic() > begin + seconds:
            break
        life = asyncio.create_task(soak.one_life(number))
        lives.add(life)
        life.add_done_callback(lives.discard)
        if time.monotonic() >= looked:
            await soak.sample()
            looked = time.monotonic() + look
    await asyncio.gather(*lives)
    await soak.sample()


def told(figures: Figures, soak: Soak, seconds: float, leeway: float) -> None:
    """Say what was seen. `leeway` loosens bounds where there was little time to settle."""
    early, late = soak.quarter(2), soak.quarter(4)

    def middle(name: str, samples: list[Sample]) -> float:
        return float(statistics.median(getattr(sample, name) for sample in samples))

    def most(name: str) -> int:
        return max(int(getattr(sample, name)) for sample in late) - max(int(getattr(sample, name)) for sample in early)

    print("\n".join(soak.wrong[:10]))
    rate = len(soak.took) / seconds
    about = f"{len(soak.took):,} requests in {seconds / 60:.1f} min, {soak.done:,} promotions"
    figures.at_least("soak: requests a second", rate, RATE, "/s", about, noise=1.5 * leeway)
    growth = middle("memory", late) / middle("memory", early)
    megabytes = f"{middle('memory', early) / 2**20:.0f} MB, then {middle('memory', late) / 2**20:.0f} MB"
    figures.at_most("soak: memory of the last quarter to the second", growth, 1.1, about=megabytes, noise=1.1 * leeway)
    figures.at_most(
        "soak: more files open", most("files"), 10, "", "connections of the traffic included", noise=2 * leeway
    )
    figures.at_most("soak: more threads", most("threads"), 1, "", noise=4 * leeway)
    figures.at_most("soak: more tasks", most("tasks"), 10, "", noise=4 * leeway)
    figures.at_most("soak: largest WAL", max(each.wal for each in soak.samples) / 2**20, WAL_MOST / 2**20, "MB")
    figures.at_most(
        "soak: bytes a promotion, late to early", per_promotion(late) / per_promotion(early), 1.1, noise=1.1 * leeway
    )
    quick = f"{soak.p99(2) * 1000:.0f} ms, then {soak.p99(4) * 1000:.0f} ms"
    figures.at_most("soak: p99 of the last quarter to the second", soak.p99(4) / soak.p99(2), 1.2, about=quick, noise=3)
    figures.exactly("soak: wrong answers", len(soak.wrong), 0, about=about)


def stored_bytes(database: Path) -> int:
    """The size of the database, whether in its file or in the WAL still."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    return int(pages) * int(size)


def per_promotion(samples: list[Sample]) -> float:
    """By how much the database grew for each promotion."""
    first, last = samples[0], samples[-1]
    return (last.database - first.database) / max(last.promotions - first.promotions, 1)
