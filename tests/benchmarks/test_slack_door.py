"""How fast Slack's door answers, one at a time and sixteen at once, against Bolt with hand-written SQL behind it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, TCPConnector

from tests.benchmarks.slack_stage import ALICE, BOB, CAROL, CHANNEL, Programs, Stage, staged
from tests.support.figures import Figures
from tests.support.signed import SignedHand

AT_ONCE = 16
PATIENCE = ClientTimeout(total=60)
P99_NOISE = 4.0
"""A bound in milliseconds holds on a quiet machine; on a busy one, somebody else's slice of it is in every tail."""
PAUSE_S = 0.05
"""Between one deed and the next of those one at a time: 20 in a second, more than any workspace has."""
APPROVE = "promotion.approve"
Deed = Callable[[SignedHand, int], Awaitable[tuple[int, str]]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, short: bool) -> Stage:
    rounds = 40 if short else 300
    return staged(tmp_path_factory.mktemp("slack"), releases=rounds, cards=2 * rounds)


@pytest.fixture
def programs(stage: Stage) -> Iterator[Programs]:
    with Programs(stage) as started:
        yield started


@pytest.mark.timeout(600)
async def test_a_slash_command_is_answered_as_fast_as_bare_bolt_and_its_transaction(
    stage: Stage, programs: Programs, figures: Figures
) -> None:
    async def ask(hand: SignedHand, number: int) -> tuple[int, str]:
        return await hand.command(ALICE, CHANNEL, "/promote", f"{stage.releases[number]} production")

    await _one_at_a_time("slash command", "command", ask, len(stage.releases), stage, programs, figures)


@pytest.mark.timeout(600)
async def test_a_button_is_answered_as_fast_as_bare_bolt_and_its_transaction(
    stage: Stage, programs: Programs, figures: Figures
) -> None:
    deeds = [(user, card) for card in stage.cards[: len(stage.releases) // 2] for user in (BOB, CAROL)]

    async def approve(hand: SignedHand, number: int) -> tuple[int, str]:
        user, card = deeds[number]
        return await hand.click(user, CHANNEL, card, APPROVE)

    await _one_at_a_time("button", "action", approve, len(deeds), stage, programs, figures)


@pytest.mark.timeout(600)
async def test_sixteen_approve_at_once(stage: Stage, programs: Programs, figures: Figures) -> None:
    cards = stage.cards[len(stage.releases) // 2 :]
    product, floor, plain = (stage.copy(name) for name in ("product", "floor", "plain"))
    urls = {
        "product": programs.product(product),
        "floor": programs.floor("bare_bolt", "action", floor),
        "plain": programs.floor("plain_orm", plain),
    }
    programs.ready()
    took: dict[str, float] = dict.fromkeys(urls, 0.0)
    votes = 0
    async with ClientSession(connector=TCPConnector(limit=AT_ONCE), timeout=PATIENCE) as session:
        for batch in _batches(cards, AT_ONCE):
            votes += 2 * len(batch)
            for name, url in urls.items():
                with programs.alone(url):
                    took[name] += await _approved_by_two(programs.hand(session, url), batch)
    for database in (product, floor, plain):
        _require_decided(database, len(cards))
    speed = {name: votes / seconds for name, seconds in took.items()}
    about = f"{speed['product']:,.0f}/s; floor {speed['floor']:,.0f}/s, plain ORM {speed['plain']:,.0f}/s"
    name = f"approvals in Slack, {AT_ONCE} at once"
    figures.at_least(f"{name}, to a plain async ORM", speed["product"] / speed["plain"], 5, about=about)
    figures.at_least(f"{name}, to the floor", speed["product"] / speed["floor"], 0.6, about=about)


async def _one_at_a_time(
    name: str, kind: str, deed: Deed, count: int, stage: Stage, programs: Programs, figures: Figures
) -> None:
    """Do each deed at bare Bolt, at Bolt with the transaction and at the product, in turn."""
    files = {"floor": stage.copy(f"{kind}-floor"), "product": stage.copy(f"{kind}-product")}
    urls = {
        "bare": programs.floor("bare_bolt", kind),
        "floor": programs.floor("bare_bolt", kind, files["floor"]),
        "product": programs.product(files["product"]),
    }
    programs.ready()
    took: dict[str, list[float]] = {each: [] for each in urls}
    async with ClientSession(timeout=PATIENCE) as session:
        for number in range(count):
            for each, url in urls.items():
                with programs.alone(url):
                    took[each].append(await _answered(deed(programs.hand(session, url), number)))
            await asyncio.sleep(PAUSE_S)
    table, already = ("promotions", len(stage.cards)) if kind == "command" else ("votes", 0)
    for file in files.values():
        assert _rows(file, table) == already + count
    p50 = {each: median(times) * 1000 for each, times in took.items()}
    transaction = p50["floor"] - p50["bare"]
    about = f"{p50['product']:.2f} ms; bare Bolt {p50['bare']:.2f} ms, transaction {transaction:.2f} ms"
    allowed = 1.3 * p50["bare"] + transaction
    figures.at_most(f"{name}, p50 to 1.3 x bare Bolt and its transaction", p50["product"] / allowed, 1, about=about)
    p99 = quantiles(took["product"], n=100)[98] * 1000
    figures.at_most(f"{name}, p99", p99, 25, "ms", about=f"{count} one after another", noise=P99_NOISE)


async def _answered(sent: Awaitable[tuple[int, str]]) -> float:
    began = perf_counter()
    status, text = await sent
    took = perf_counter() - began
    assert status == 200, text
    return took


async def _approved_by_two(hand: SignedHand, cards: Sequence[dict[str, Any]]) -> float:
    """Bob approves all of them at once, then Carol; gives the seconds that took."""
    began = perf_counter()
    for user in (BOB, CAROL):
        await asyncio.gather(*(_answered(hand.click(user, CHANNEL, card, APPROVE)) for card in cards))
    return perf_counter() - began


def _batches(cards: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(cards), size):
        yield cards[start : start + size]


def _require_decided(database: Path, promotions: int) -> None:
    """Each vote has been stored once, and each decision with its evidence."""
    assert (_rows(database, "votes"), _rows(database, "evidence_packets")) == (2 * promotions, promotions)


def _rows(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
