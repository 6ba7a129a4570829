"""Slack in a storm: 30 % of the calls limited, hanging, failing or cut off, for minutes; then calm.

Decisions are taken over REST all the while, as fast as before. In the end everything stands in Slack once and current,
and nothing was called before its `Retry-After`, which Slack counts by method and workspace.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

import pytest

from bot.playground.storm import Blow, Storm
from tests.resilience.said_once import assert_kept_and_said_once
from tests.support.figures import Figures
from tests.support.world import World, world

SEED = 20260110
MINUTES, SHORT_SECONDS = 2.5, 8
CALM, SHORT_CALM = 30, 4
"""Decisions before and after, to compare with."""
PAUSE = 0.2
HANG = 3
SLOWER = 1.5
BUSY = 3
"""How many times its goal the ratio of two spans of time on a busy machine may be."""
PATIENCE = 180


class Decider:
    """Asks, and approves twice; notes how long the deciding votes took."""

    def __init__(self, made: World) -> None:
        self._made = made
        self._versions = count(1)
        self.decided: list[str] = []

    async def decide(self) -> float:
        release = await self._made.release(f"1.{next(self._versions)}.0")
        wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(self._made.production.id)}
        asked = await self._made.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=20"})
        assert asked.status == 201, asked.body
        for who in ("bob", "sam"):
            began = time.perf_counter()
            voted = await self._made.rest(who, "POST", f"/promotions/{asked.body['id']}/approve", {"comment": "fine"})
            took = time.perf_counter() - began
            assert voted.status == 200, voted.body
        assert voted.body["status"] == "approved"
        self.decided.append(str(asked.body["id"]))
        return took * 1000

    async def many(self, number: int) -> list[float]:
        return [await self._paced() for _ in range(number)]

    async def until(self, end: float) -> list[float]:
        took = []
        while time.monotonic() < end:
            took.append(await self._paced())
        return took

    async def _paced(self) -> float:
        took = await self.decide()
        await asyncio.sleep(PAUSE)
        return took


async def delivered(made: World) -> None:
    """Wait until nothing waits any more; what was put off is due at once."""
    end = time.monotonic() + PATIENCE
    transactions = made.app.core.countersign.ports.transactions
    while (depth := await transactions.read(lambda store: store.outbox.depth())).waiting:
        assert time.monotonic() < end, depth
        made.clock.shift += timedelta(seconds=1)
        await asyncio.sleep(0.25)


@pytest.mark.timeout(900)
async def test_nothing_is_lost_or_doubled_in_a_storm_and_nobody_waits_for_it(
    store_url: str, tmp_path: Path, figures: Figures, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As patient as it would be for longer, so that a short run meets as many hangs.
    monkeypatch.setattr("bot.gateways.slack_client.TIMEOUT_SECONDS", 1)
    seconds, calm = (SHORT_SECONDS, SHORT_CALM) if short else (MINUTES * 60, CALM)
    storm = Storm(SEED, 0.3, HANG)
    print(f"seed {SEED}")
    async with world(store_url, tmp_path) as made:
        decider = Decider(made)
        before = await decider.many(calm)
        made.slack.storm(storm)
        during = await decider.until(time.monotonic() + seconds)
        made.slack.storm(None)
        after = await decider.many(calm)
        await delivered(made)
        await assert_kept_and_said_once(made, made.slack, decider.decided)
    kind = "SQLite" if store_url.startswith("sqlite") else "PostgreSQL"
    blows = ", ".join(f"{storm.hits[blow]} {blow}" for blow in Blow)
    about = f"seed {SEED}, {seconds:.0f} s, {storm.calls} calls: {blows}"
    assert set(storm.hits) == set(Blow), about
    about = f"{about}; {', '.join(storm.too_early)}" if storm.too_early else about
    figures.exactly(f"calls before their Retry-After in a storm, {kind}", len(storm.too_early), 0, about=about)
    ratio = median(during) / median(before + after)
    took = f"{median(during):.1f} ms at p50, {median(before + after):.1f} ms in calm; {len(during)} decisions"
    figures.at_most(f"deciding vote in a storm to calm, {kind}", ratio, SLOWER, about=took, noise=BUSY)
