"""Everything at its extreme at once, through the signed door: nothing breaks, pings or is lost, and cards come first.

500 approvers, 200 open promotions (a tenth of both in a short run), release names of 80 characters that read from right
to left, and a reason of 10,000 characters with mentions and characters that nobody sees. How long it takes depends on
the machine, so nothing here asks for seconds: what must not wait has to be there while other errands still wait.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest

from bot.playground.blockkit.blocks import message_problems
from bot.playground.records import Message
from bot.playground.seed import PersonSeed
from bot.playground.seen import Seen
from core.app.drafts import EnvironmentDraft, GroupDraft, PersonDraft, PolicyDraft, ReleaseDraft
from core.domain.people import SYSTEM, SlackAccount
from tests.bot.slack.makers import formatted, pings
from tests.support.figures import Figures
from tests.support.world import CHANNEL, CHANNEL_ID, TEAM, World, workspace, world

T = TypeVar("T")
AT_ONCE = 10
PATIENCE_S = 150
NAME = 80
REASON = ("<!channel> <!here> <@U02>\u200b\u200d & خطأ في الدفع " * 400)[:10_000].strip()


@dataclass(frozen=True)
class Size:
    """How many people approve, and how many promotions wait for them."""

    approvers: int
    promotions: int


@pytest.fixture
def size(short: bool) -> Size:
    return Size(50, 20) if short else Size(500, 200)


def handle(number: int) -> str:
    return f"approver-{number:03d}"


@pytest.fixture
async def w(sqlite_url: str, tmp_path: Path, size: Size) -> AsyncIterator[World]:
    usual = workspace()
    crowd = tuple(PersonSeed(f"UC{n:03d}", handle(n), f"موافق {n}", example=False) for n in range(size.approvers))
    async with world(sqlite_url, tmp_path, seed=replace(usual, people=usual.people + crowd), ack_seconds=60) as made:
        yield made


@pytest.mark.timeout(500)
async def test_all_extremes_at_once(w: World, size: Size, figures: Figures) -> None:
    *names, last = await furnished(w, size)
    await asked_for(w, *names)
    assert await waiting(w) > size.approvers // 2
    await asked_for(w, last)
    newest = await until(lambda: card_of(w, last))
    before = await waiting(w)
    assert before > size.approvers // 2, "the flood was over before the card could overtake it"

    for who in (handle(0), handle(size.approvers - 1)):
        await w.slack.click(who, newest, "promotion.approve")
    await until(lambda: "promotion.approve" not in w.slack.now(newest).actions)
    assert await waiting(w), "a decided card does not wait for the flood either"

    listed = await w.rest("alice", "GET", "/promotions?status=awaiting_approval&pageSize=100")
    assert listed.body["meta"]["totalCount"] == size.promotions - 1
    promotions = await w.rest("alice", "GET", "/promotions?status=approved")
    evidence = await w.rest("alice", "GET", f"/promotions/{promotions.body['data'][0]['id']}/evidence")
    assert evidence.body["content"]["promotion"]["reason"] == REASON, "what a card cuts is whole in the packet"
    await until(lambda: everybody_has_heard(w, size))
    nobody_was_pinged(w, size)
    broken = limits_broken(w)
    print("\n".join(broken[:20]))
    name = f"limits of Slack broken by {size.approvers} approvers and {size.promotions} promotions at once"
    figures.exactly(name, len(broken), 0, about=f"a new card overtook {before:,} waiting errands")


async def furnished(w: World, size: Size) -> list[str]:
    """An environment that many people approve for; gives the names of as many releases as shall be promoted."""
    admin, releasing = w.app.core.countersign.administering, w.app.core.countersign.releasing
    for n in range(size.approvers):
        draft = PersonDraft(f"{handle(n)}@example.com", f"موافق {n}", slack=(SlackAccount(TEAM, f"UC{n:03d}"),))
        await admin.create_person(SYSTEM, draft)
    emails = tuple(f"{handle(n)}@example.com" for n in range(size.approvers))
    await admin.create_group(SYSTEM, GroupDraft("everybody", emails))
    target = await admin.create_environment(SYSTEM, EnvironmentDraft("World", slack_channel=CHANNEL, gates={}))
    await admin.create_policy(SYSTEM, PolicyDraft("world-policy", target.id, 2, ("everybody",), True, 24))
    names = []
    for n in range(size.promotions):
        component = f"متجر-{n:03d}-"
        release = ReleaseDraft(component + "ש" * (NAME - len(component) - 6), "1.0.0")
        names.append((await releasing.register(SYSTEM, release)).name)
    assert {len(name) for name in names} == {NAME}
    return names


async def asked_for(w: World, *names: str) -> None:
    """Alice asks for all of them, some at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> str:
        async with room:
            return (await w.slack.command("alice", CHANNEL, "/promote", f"{name} to World {REASON}")).error

    assert set(await asyncio.gather(*map(one, names))) == {""}


async def until(look: Callable[[], T | None]) -> T:
    for _ in range(PATIENCE_S * 5):
        if found := look():
            return found
        await asyncio.sleep(0.2)
    raise TimeoutError(look)


async def waiting(w: World) -> int:
    return (await w.app.core.countersign.ports.transactions.read(lambda store: store.outbox.depth())).waiting


def posted(w: World) -> list[Message]:
    """Everything that the bot has posted anywhere, as it stands; without copies, for there is much of it."""
    return [each for place in w.slack.ground.workspace.messages.values() for each in place if each.from_bot]


def card_of(w: World, name: str) -> Seen | None:
    """The card of a release once it can be approved by it."""
    cards = (each for each in w.slack.ground.workspace.messages[CHANNEL_ID] if each.from_bot and name in each.text)
    return next((Seen(each) for each in cards if "promotion.approve" in json.dumps(each.blocks)), None)


def everybody_has_heard(w: World, size: Size) -> bool:
    talks = {each.channel for each in posted(w)}
    return all(w.slack.dm(handle(n)) in talks for n in range(size.approvers))


def nobody_was_pinged(w: World, size: Size) -> None:
    said = posted(w)
    assert len(said) > size.approvers + size.promotions
    assert [word for each in said for word in pings([{"type": "mrkdwn", "text": each.text}, each.blocks or []])] == []
    fenced = [word for each in said for word in formatted(each.blocks or [])]
    assert [word for word in fenced if word.count("\u2068") != word.count("\u2069")] == []


def limits_broken(w: World) -> list[str]:
    """What is wrong with messages that were posted, and for what calls were refused."""
    called = w.app.core.metrics.exposition().decode()
    refused = ("invalid_blocks", "msg_too_long", "invalid_arguments", "ratelimited")
    wrong = [str(problem) for each in posted(w) for problem in message_problems(each.blocks or [])]
    return wrong + [word for word in refused if f'result="{word}"' in called]
