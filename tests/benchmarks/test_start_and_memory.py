"""How soon the server is ready on an existing database, what memory it takes, and whether that grows."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

import psutil
import pytest
from aiohttp import ClientSession, ClientTimeout, TCPConnector

from tests.benchmarks.slack_stage import ALICE, BOB, CHANNEL, Programs, Stage, staged
from tests.support.figures import Figures
from tests.support.signed import SignedHand

BUSY = 10.0
"""The bound in seconds is for a quiet machine; on a busy one there is little of a core for each second. What it takes
of a processor is held closer, against the libraries alone."""
LIBRARIES = "import aiohttp.web, cryptography.x509, pydantic_settings, slack_bolt.async_app, sqlalchemy, structlog"
"""What no start can do without."""
NOT_TOGETHER = 1.5
"""The two are measured one after the other, each but a few times."""
OWN_SHARE = 2.0
"""The program's own modules, its settings, the database and the first round of its workers cost as much again."""
ALLOCATOR = 1.05
"""What the same program takes more at one start than at another."""
MIB = 2**20
AT_ONCE = 16
PATIENCE = ClientTimeout(total=60)
GROWTH_MIB = 8
"""What the allocator keeps back more at one look than at another, seen with nothing growing: a leak of a hundred bytes
for each request would be more."""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return staged(tmp_path, releases=5, cards=5)


async def test_the_server_is_ready_soon_and_small(stage: Stage, figures: Figures, short: bool) -> None:
    starts = 1 if short else 5
    database = stage.copy("rest")
    took, spent, floor, sizes = [], [], [], []
    with Programs(stage) as programs:
        programs.ready()
        for _ in range(starts):
            floor.append(_importing())
            began = perf_counter()
            url = programs.product(database)
            programs.ready()
            took.append(perf_counter() - began)
            spent.append(sum(psutil.Process(programs.pid(url)).cpu_times()[:2]))
            await asyncio.sleep(1)
            sizes.append(_resident(programs, url))
            programs.end(url)
    about = f"the best of {starts}"
    figures.at_most("start to /readyz on an existing database", min(took), 1.5, "s", about=about, noise=BUSY)
    told = f"{min(spent):.2f} s, the libraries {min(floor):.2f} s; {about}"
    figures.at_most(
        "processor time until then, to importing the libraries", min(spent) / min(floor), OWN_SHARE, about=told
    )
    figures.at_most(
        "memory at rest", min(sizes), 120, "MiB", about="resident, a second after the start", noise=ALLOCATOR
    )


def _importing() -> float:
    """The processor's time, in seconds, that it takes to load the libraries in a program of their own."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.timeout(3600)
async def test_memory_does_not_grow_with_requests(stage: Stage, figures: Figures, short: bool) -> None:
    warm, more = (500, 2_500) if short else (20_000, 100_000)
    with Programs(stage) as programs:
        url = programs.product(stage.copy("grown"))
        programs.ready()
        async with ClientSession(connector=TCPConnector(limit=AT_ONCE), timeout=PATIENCE) as session:
            hand = programs.hand(session, url)
            await _many(hand, stage, warm)
            before = _resident(programs, url)
            await _many(hand, stage, more)
            grown = _resident(programs, url) - before
    about = f"{more:,} requests after {warm:,}; {before:.0f} MiB before"
    figures.at_most("growth of memory with requests", max(grown, 0.0), GROWTH_MIB, "MiB", about=about, noise=1)


async def _many(hand: SignedHand, stage: Stage, count: int) -> None:
    """Requests of all kinds, the refused ones too, from several people at once."""
    numbers = iter(range(count))

    async def somebody() -> None:
        for number in numbers:
            deed = DEEDS[number % len(DEEDS)]
            status, text = await deed(hand, stage, number)
            assert status == (401 if deed is _forged else 200), text

    await asyncio.gather(*(somebody() for _ in range(AT_ONCE)))


async def _list(hand: SignedHand, _stage: Stage, _number: int) -> tuple[int, str]:
    return await hand.command(BOB, CHANNEL, "/approvals", "")


async def _help(hand: SignedHand, _stage: Stage, _number: int) -> tuple[int, str]:
    return await hand.command(ALICE, CHANNEL, "/promote", "help")


async def _unknown(hand: SignedHand, _stage: Stage, number: int) -> tuple[int, str]:
    return await hand.command(ALICE, CHANNEL, "/promotions", f"show nothing-{number} production")


async def _stranger(hand: SignedHand, stage: Stage, number: int) -> tuple[int, str]:
    card = stage.cards[number % len(stage.cards)]
    return await hand.click(f"U9{number}", CHANNEL, card, "promotion.approve")


async def _again(hand: SignedHand, stage: Stage, _number: int) -> tuple[int, str]:
    """The first votes; from then on it is decided already."""
    return await hand.click(BOB, CHANNEL, stage.cards[0], "promotion.approve")


async def _forged(hand: SignedHand, _stage: Stage, _number: int) -> tuple[int, str]:
    return await hand.send(b"command=%2Fpromote", **{"X-Slack-Signature": "v0=" + "0" * 64})


DEEDS = (_list, _help, _unknown, _stranger, _again, _forged)


def _resident(programs: Programs, url: str) -> float:
    return float(psutil.Process(programs.pid(url)).memory_info().rss) / MIB
