from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.database import Database
from bot.db.rules_lock import RulesLock
from core.app.ports import Store
from core.domain.policy import DEFAULT_POLICY, ApproverGroup
from tests.bot.db.samples import fill
from tests.bot.db.test_scans import a_report
from tests.bot.db.test_vex import a_catalogue, a_document
from tests.bot.db.test_waivers import WENDY, a_waiver
from tests.support.clock import MORNING, nth_id

MOMENT = 0.2


@asynccontextmanager
async def in_a_transaction(url: str, take: Callable[[RulesLock], None]) -> AsyncIterator[None]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda found: take(RulesLock(found, locking=True)))
        yield
    await engine.dispose()


def decide(store: Store) -> None:
    store.people.electorate([DEFAULT_POLICY])


def ask(store: Store) -> None:
    store.policies.of_environment(nth_id(1))


def look_at_freezes(store: Store) -> None:
    store.freeze_windows.ahead(nth_id(1), MORNING)


def look_at_a_promotion(store: Store) -> None:
    store.promotions.get(nth_id(1))


def change_a_group(store: Store) -> None:
    store.groups.add(ApproverGroup(nth_id(0xAB), "another group"))


def change_a_person(store: Store) -> None:
    person = store.people.all()[0]
    store.people.replace(person)


def scan(store: Store) -> None:
    store.scans.add(a_report(1))


def explain(store: Store) -> None:
    store.vex.add(a_document(1))


def waive(store: Store) -> None:
    store.waivers.add(a_waiver(1))


def take_a_waiver_back(store: Store) -> None:
    store.waivers.replace(a_waiver(1).revoke(WENDY, MORNING, "Exploited"))


def list_exploited(store: Store) -> None:
    store.known_exploited.put(a_catalogue(1, "cve-1"))


@pytest.mark.parametrize(
    "change", [change_a_group, change_a_person, scan, explain, waive, take_a_waiver_back, list_exploited]
)
async def test_who_changes_the_rules_waits_for_who_decides_by_them(
    postgres_pair: tuple[Database, Database], postgres_store_url: str, change: Callable[[Store], None]
) -> None:
    await postgres_pair[0].write(fill)
    if change is take_a_waiver_back:
        await postgres_pair[0].write(waive)
    async with in_a_transaction(postgres_store_url, RulesLock.keep):
        await postgres_pair[0].write(decide)
        changing = asyncio.create_task(postgres_pair[1].write(change))
        await asyncio.sleep(MOMENT)
        assert not changing.done()
    await changing


@pytest.mark.parametrize("look", [decide, ask, look_at_freezes, look_at_a_promotion])
async def test_who_decides_waits_for_who_changes_the_rules_and_sees_the_change(
    postgres_pair: tuple[Database, Database], postgres_store_url: str, look: Callable[[Store], None]
) -> None:
    async with in_a_transaction(postgres_store_url, RulesLock.change):
        await postgres_pair[0].read(look)
        deciding = asyncio.create_task(postgres_pair[1].write(look))
        await asyncio.sleep(MOMENT)
        assert not deciding.done()
    await deciding
