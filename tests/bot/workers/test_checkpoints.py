"""The day's checkpoint in Slack: once a day, whatever happens, and word for word."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from bot.playground.seen import Seen
from bot.workers.checkpoints import DailyCheckpoint
from bot.workers.scheduler import Scheduler
from core.app.outbox import SentMessage
from core.app.transparency import LOG_ID
from core.evidence.log.checkpoints import Checkpoint, trusted_checkpoint
from tests.core.evidence.samples import ring
from tests.support.bench import Bench
from tests.support.workspaces import only


def daily(bench: Bench, channel: str = "#second") -> DailyCheckpoint:
    return DailyCheckpoint(only(bench.client), bench.ports, channel)


def posted(bench: Bench) -> list[Seen]:
    return [seen for seen in bench.slack.messages("#second") if "Checkpoint of the evidence log" in seen.words]


def copied(seen: Seen) -> Checkpoint:
    """What somebody copies out of the message, checked."""
    block = re.search(r"```(.*?)```", str(seen.blocks[2]["text"]["text"]), re.DOTALL)
    assert block
    return trusted_checkpoint(f"{html.unescape(block[1])}\n".encode(), ring()).checkpoint


async def test_the_checkpoint_can_be_copied_out_of_the_message(bench: Bench) -> None:
    await daily(bench).post()
    (message,) = posted(bench)
    assert copied(message) == (await bench.countersign.proving.checkpoint()).checkpoint
    assert "2026-03-02" in str(message.blocks)


async def test_it_is_posted_once_a_day(bench: Bench) -> None:
    await daily(bench).post()
    await bench.promotion()
    bench.clock.advance(hours=2)
    await daily(bench).post()
    assert len(posted(bench)) == 1
    bench.clock.advance(timedelta(days=1))
    await daily(bench).post()
    assert len(posted(bench)) == 2
    first, second = sorted((copied(each) for each in posted(bench)), key=lambda checkpoint: checkpoint.size)
    assert first.size < second.size


async def test_replicas_take_turns(bench: Bench) -> None:
    replicas = [Scheduler(bench.countersign, name, daily(bench).rounds()) for name in ("one", "other")]
    for _ in range(3):
        for replica in replicas:
            await replica.tick()
        bench.clock.advance(minutes=2)
    assert len(posted(bench)) == 1


async def test_a_crash_between_posting_and_storing_posts_nothing_twice(bench: Bench) -> None:
    await daily(bench).post()
    key = f"checkpoint:{bench.clock().date().isoformat()}"
    forgotten = SentMessage(key, LOG_ID, "C02", "", "", bench.clock())
    await bench.ports.transactions.write(lambda store: store.sent.put(forgotten))
    await daily(bench).post()
    assert len(posted(bench)) == 1


@pytest.mark.parametrize("trouble", ["outage", "limit", "archived"])
async def test_what_slack_does_not_take_now_is_posted_later(bench: Bench, trouble: str) -> None:
    match trouble:
        case "outage":
            bench.slack.outage(True)
        case "limit":
            bench.slack.rate_limit("chat.postMessage")
        case _:
            bench.slack.archive("#second")
    await daily(bench, "C02").post()
    assert not posted(bench)
    bench.slack.outage(False)
    bench.slack.archive("#second", archived=False)
    bench.clock.advance(minutes=1)
    await daily(bench, "C02").post()
    assert len(posted(bench)) == 1


async def test_a_channel_that_is_not_there_stops_nothing_else(bench: Bench) -> None:
    await daily(bench, "#nowhere").post()
    assert posted(bench) == []
    await daily(bench).post()
    assert len(posted(bench)) == 1
