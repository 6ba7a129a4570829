"""`kill -9` at random moments and at every named point, under load: nothing acknowledged is lost, nothing done twice.

Each life of the server ends by SIGKILL while six people work. After each, the database is read row by row
(`tests/support/agreement.py`) and held against what people were told (`tests/support/crowd.py`).
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

import pytest
from aiohttp import ClientSession
from sqlalchemy import Connection, select

from bot.db import tables
from bot.db.schema import current_revision, head_revision
from bot.playground.driver import Driver
from bot.playground.playground import Playground
from bot.playground.server import serve
from core.domain.people import SlackAccount
from tests.support.agreement import disagreements, looked_at
from tests.support.crowd import GONE, Crowd, made_ready
from tests.support.delivering import everything_delivered
from tests.support.failing import ELSEWHERE, MIGRATING, POINT, SERVING, SIGNING
from tests.support.figures import Figures
from tests.support.lives import Life, living
from tests.support.ports import unused_port
from tests.support.signed import SignedHand
from tests.support.world import (
    BOT_TOKEN,
    CHANNEL,
    PEOPLE,
    SIGNING_SECRET,
    TEAM,
    product,
    program_environment,
    workspace,
)

SEED = int(os.environ.get("COUNTERSIGN_TEST_SEED", "20261125"))
WORKERS = 6
DRAINED_WITHIN_S = 900.0
REACHED_WITHIN_S = 5.0
"""A point that is not passed often enough by then counts as a kill at a random moment."""
READY_S = 2.0
BUSY = 20.0
"""How many times slower than the goal a machine with other work may be: Python starts on all of its cores."""
RARE = {"checkpoint"}
"""Passed once at the start, and then every now and then."""
AT_RANDOM, EARLY = "at random", "while it starts"


def plan(chance: Random, *, short: bool) -> list[str]:
    """Where to kill, in what order: 240 for each database, or a few."""
    if short:
        return [AT_RANDOM, chance.choice(SERVING)]
    ways = [*SERVING * 12, *SIGNING * 10, *[EARLY] * 22, *[AT_RANDOM] * 90]
    chance.shuffle(ways)
    return ways


@dataclass
class Story:
    """All lives of one server on one database."""

    url: str
    folder: Path
    environment: dict[str, str]
    crowd: Crowd
    chance: Random
    passings: int
    kills: Counter[str] = field(default_factory=Counter)
    ready: list[float] = field(default_factory=list)

    async def live(self, way: str) -> None:
        """One life, to its violent end, and a look at what it left."""
        extra = {}
        if way in (*SERVING, *SIGNING):
            extra[POINT] = f"{way}:{self.chance.randint(1, 2 if way in RARE else self.passings)}"
        if way in SIGNING or self.chance.random() < 0.1:
            extra[ELSEWHERE] = "1"
        async with living(self.environment | extra, self.crowd.product.url, self.folder) as life:
            if way == EARLY:
                await asyncio.sleep(self.chance.uniform(0.1, 1.5))
            elif await life.until_ready(self.crowd.product.session):
                way = await self._worked(life, way)
            await life.kill()
        if life.ready_after is not None:
            self.ready.append(life.ready_after)
        assert life.was_killed, f"it ended by itself with {life.running.returncode}: see program.log"
        self.kills[way] += 1
        await self.look()

    async def _worked(self, life: Life, way: str) -> str:
        """Have people work until it is dead, and say where it died."""
        working = asyncio.create_task(self._work())
        try:
            if way == AT_RANDOM:
                await asyncio.sleep(self.chance.uniform(0.0, 0.6))
            else:
                async with asyncio.timeout(REACHED_WITHIN_S):
                    await life.running.wait()
        except TimeoutError:
            way = f"{AT_RANDOM} ({way} was not reached)"
        finally:
            await life.kill()
            await working
        return way

    async def _work(self) -> None:
        try:
            await self.crowd.insist()
        except GONE:
            return
        await self.crowd.work_until_gone(WORKERS)

    async def look(self) -> None:
        """Hold the database against itself and against what people were told."""
        found = await looked_at(self.url, lambda sync: [*disagreements(sync), *self.crowd.lost(sync)])
        assert not found, "\n".join([f"seed {SEED}, after {dict(self.kills)}:", *found[:20]])


@asynccontextmanager
async def begun(url: str, folder: Path, kind: str, passings: int) -> AsyncIterator[tuple[Story, Driver]]:
    """A database with people and an environment, and the Slack around it; nothing runs yet."""
    chance = Random(f"{SEED} {kind}")
    ground = Playground(workspace(), bot_url="", signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN)
    async with serve(ground), ClientSession() as session:
        accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
        async with product(url, folder, ground.api_url, accounts) as made:
            environment = await made_ready(made)
        port = unused_port()
        made.url, made.session = f"http://127.0.0.1:{port}", session
        ground.bot_url = f"{made.url}/slack/events"
        settings = program_environment(url, folder, ground.api_url, port) | {"COUNTERSIGN_RATE_LIMIT": "0"}
        hand = SignedHand(session, ground.bot_url, SIGNING_SECRET, TEAM, f"{ground.api_url}nowhere")
        yield Story(url, folder, settings, Crowd(made, hand, environment, chance), chance, passings), Driver(ground)


@pytest.mark.timeout(3600)
async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    database_url: str, tmp_path: Path, figures: Figures, *, short: bool
) -> None:
    kind = database_url.partition("+")[0].partition(":")[0]
    async with begun(database_url, tmp_path, kind, 3 if short else 20) as (story, slack):
        ways = plan(story.chance, short=short)
        for way in ways:
            await story.live(way)
        if not short:
            await last_life(story, slack)
    crowd, kills = story.crowd, sum(story.kills.values())
    about = f"seed {SEED}; {len(crowd.stories)} promotions, {sum(crowd.said.values())} deeds acknowledged"
    figures.exactly(f"kill -9 under load, survived whole ({kind})", kills, len(ways), about=about)
    ready = f"start of Python included, {len(story.ready)} starts"
    name = f"ready again after kill -9 ({kind}"
    figures.at_most(f"{name}, median)", median(story.ready), READY_S, "s", ready, noise=BUSY)
    figures.at_most(f"{name}, longest)", max(story.ready), READY_S, "s", ready, noise=BUSY)
    if not short:
        reached = [point for point in (*SERVING, *SIGNING) if story.kills[point]]
        figures.exactly(f"named points at which it was killed ({kind})", len(reached), len(SERVING) + len(SIGNING))


async def last_life(story: Story, slack: Driver) -> None:
    """One that goes on: what had no answer is asked again, and everything is told, each thing once."""
    async with living(story.environment, story.crowd.product.url, story.folder) as life:
        assert await life.until_ready(story.crowd.product.session)
        story.ready.append(life.ready_after or 0.0)
        await story.crowd.insist()
        await everything_delivered(story.crowd.product, DRAINED_WITHIN_S)
        await story.look()
    require_said_once(slack, *await looked_at(story.url, cards_and_hashes))


def require_said_once(slack: Driver, cards: list[str], hashes: list[str]) -> None:
    """One card for each promotion and one summary for each decision in the channel, and nothing else."""
    messages = [message.words for message in slack.messages(CHANNEL)]
    wrong = [word for word in hashes if sum(word in words for words in messages) != 1]
    shown = [words for words in messages if not any(word in words for word in hashes)]
    wrong += [card for card in cards if sum(card in words for words in shown) != 1]
    assert not wrong, f"of {len(wrong)} there is not one message: {wrong[:5]}"
    assert len(messages) == len(cards) + len(hashes)
    assert len(slack.messages(slack.dm("alice"))) <= len(hashes), "the requester hears of each decision once"


def cards_and_hashes(connection: Connection) -> tuple[list[str], list[str]]:
    """What stands on the card of each promotion to the channel, and the content hash of each decision there."""
    here = tables.promotions.c.target_environment_name == "Crowded"
    ids = connection.execute(select(tables.promotions.c.id).where(here)).scalars()
    packets = select(tables.evidence_packets.c.content_hash).join(tables.promotions).where(here)
    return [str(id)[:8] for id in ids], list(connection.execute(packets).scalars())


@pytest.mark.timeout(300)
async def test_a_migration_that_is_killed_is_done_by_the_next_start(
    database_url: str, tmp_path: Path, figures: Figures, *, short: bool
) -> None:
    kind = database_url.partition("+")[0].partition(":")[0]
    if short and kind == "postgresql":
        pytest.skip("in the full run alone")
    chance = Random(f"{SEED} migration {kind}")
    environment = {"COUNTERSIGN_DATABASE_URL": database_url}
    kills, halves = 1 if short else 10, 0
    for _ in range(kills):
        point = {POINT: f"{MIGRATING}:{chance.randint(1, 60)}"}
        async with living(environment | point, "", tmp_path, "migrate") as life:
            await life.running.wait()
        assert life.was_killed
        halves += await looked_at(database_url, current_revision) is not None
    async with living(environment, "", tmp_path, "migrate") as life:
        assert await life.running.wait() == 0
    assert await looked_at(database_url, current_revision) == head_revision()
    about = f"{kills} kills, seed {SEED}; a migration is one transaction"
    figures.exactly(f"kill -9 while migrating: left by halves ({kind})", halves, 0, about=about)
