"""A channel that cannot be posted in is told to the administrators once, and when it works again."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from bot.playground.seen import Seen
from core.app.drafts import PersonDraft
from core.app.ports import Store
from core.domain.people import SYSTEM, Right
from tests.bot.workers.test_desk import Desk
from tests.support.bench import Bench


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    """Carol is an administrator."""
    carol = bench.people["carol"]
    draft = PersonDraft(carol.email, carol.name, frozenset({Right.ADMIN}), carol.slack)
    await bench.countersign.administering.update_person(SYSTEM, carol.id, draft)
    return Desk(bench)


def about_the_channel(desk: Desk, handle: str) -> list[Seen]:
    return [seen for seen in desk.told(handle) if "#releases" in seen.words]


async def test_an_archived_channel_is_told_once_with_what_to_do(desk: Desk) -> None:
    desk.bench.slack.archive("#releases")
    await desk.bench.promotion("1")
    await desk.settle()
    for _ in range(5):
        await desk.pass_time(minutes=10)
    await desk.bench.promotion("2")
    await desk.pass_time(minutes=10)
    told = about_the_channel(desk, "carol")
    assert len([seen for seen in told if "production-1" in seen.words]) == 1
    assert about_the_channel(desk, "bob") == []


async def test_when_it_works_again_that_is_told_and_what_was_missing_is_posted(desk: Desk) -> None:
    desk.bench.slack.archive("#releases")
    await desk.bench.promotion()
    await desk.settle()
    desk.bench.slack.archive("#releases", False)
    for _ in range(3):
        await desk.pass_time(minutes=10)
    told = about_the_channel(desk, "carol")
    assert [("works again" in seen.words) for seen in told] == [True, True]
    assert len(desk.bench.slack.messages("#releases")) == 1
    assert await desk.bench.ports.transactions.read(lambda store: store.troubles.all()) == ()


async def test_while_there_is_trouble_it_is_stored_for_the_doctor(desk: Desk) -> None:
    desk.bench.slack.archive("#releases")
    await desk.bench.promotion()
    await desk.settle()
    (trouble,) = await desk.bench.ports.transactions.read(lambda store: store.troubles.all())
    assert trouble.channel == "#releases"
    assert trouble.solved_at is None


async def test_another_channel_ends_the_trouble(desk: Desk) -> None:
    desk.bench.slack.archive("#releases")
    promotion = await desk.bench.promotion()
    await desk.settle()
    await move(desk, promotion.target.id, "#second")
    for _ in range(3):
        await desk.pass_time(minutes=10)
    assert len(desk.bench.slack.messages("#second")) == 1
    assert await desk.bench.ports.transactions.read(lambda store: store.troubles.all()) == ()


async def move(desk: Desk, environment_id: UUID, channel: str) -> None:
    def body(store: Store) -> None:
        environment = store.environments.get(environment_id)
        assert environment is not None
        store.environments.replace(replace(environment, slack_channel=channel))

    await desk.bench.ports.transactions.write(body)
