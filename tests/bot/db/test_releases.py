"""Releases, scan reports and deployments, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from bot.db.database import Database
from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from core.domain.promotion import Promotion
from core.domain.release import Deployment, DeploymentStatus
from core.errors import NameTakenError
from tests.bot.db.samples import PRODUCTION, STAGING, promotion, release
from tests.support.clock import MORNING, nth_id


async def test_a_release_comes_back_as_it_was_registered(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.releases.get(release().id)) == release()
    assert await filled.read(lambda store: store.releases.named("APP-V1")) == release()
    assert await filled.read(lambda store: store.releases.named("app")) is None
    with pytest.raises(NameTakenError):
        await filled.write(lambda store: store.releases.add(release(9, name="app-V1")))


def _add_three(store: Store) -> None:
    store.releases.add(release(2, name="Web_100%"))
    store.releases.add(release(3, name="straße"))
    store.releases.add(release(4, name="app-v4"))


async def test_pages_show_the_newest_first(filled: Transactions) -> None:
    await filled.write(_add_three)
    page = await filled.read(lambda store: store.releases.page(PageRequest(1, 3)))
    assert ([each.name for each in page.items], page.total) == (["app-v4", "straße", "Web_100%"], 4)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("APP", ["app-v4", "App-v1"]),
        ("%", ["Web_100%"]),
        ("b_1", ["Web_100%"]),
        ("b?1", []),
        ("\\", []),
        ("STRASSE", ["straße"]),
        ("", ["app-v4", "straße", "Web_100%"]),
        ("nul\0", []),
    ],
)
async def test_search_takes_its_text_literally(filled: Transactions, text: str, found: list[str]) -> None:
    await filled.write(_add_three)
    releases = await filled.read(lambda store: store.releases.search(text, 3))
    assert [each.name for each in releases] == found


def _word(of: Promotion, status: DeploymentStatus) -> Deployment:
    where = of.target.id
    return Deployment(of.id, of.release_id, where, status, MORNING, "https://ci.example.com/7", "Done")


async def _say(filled: Transactions, *words: Deployment) -> None:
    def add_all(store: Store) -> None:
        for word in words:
            store.releases.add_deployment(word)

    await filled.write(add_all)


async def _two_promotions(filled: Transactions) -> tuple[Promotion, Promotion]:
    first, second = promotion(), promotion(2, release=release(2))
    await filled.write(lambda store: store.releases.add(release(2)))
    await filled.write(lambda store: store.promotions.add(first))
    await filled.write(lambda store: store.promotions.add(second))
    return first, second


async def test_the_newest_word_on_a_release_in_an_environment(filled: Transactions) -> None:
    first, second = await _two_promotions(filled)
    done = _word(first, DeploymentStatus.DEPLOYED)
    await _say(filled, replace(done, status=DeploymentStatus.DEPLOYING), done, _word(second, DeploymentStatus.FAILED))
    assert await filled.read(lambda store: store.releases.deployment(first.release_id, PRODUCTION.id)) == done
    assert await filled.read(lambda store: store.releases.deployment(first.release_id, STAGING.id)) is None


async def test_an_environment_runs_what_succeeded_last_and_was_not_rolled_back(filled: Transactions) -> None:
    first, second = await _two_promotions(filled)

    async def current() -> Deployment | None:
        return await filled.read(lambda store: store.releases.current(PRODUCTION.id))

    assert await current() is None
    one, two = _word(first, DeploymentStatus.DEPLOYED), _word(second, DeploymentStatus.DEPLOYED)
    await _say(filled, _word(first, DeploymentStatus.DEPLOYING))
    assert await current() is None
    await _say(filled, one, _word(second, DeploymentStatus.DEPLOYING))
    assert await current() == one
    await _say(filled, two)
    assert await current() == two
    await _say(filled, _word(second, DeploymentStatus.ROLLED_BACK))
    assert await current() == one
    assert await filled.read(lambda store: store.releases.current(nth_id(99))) is None


async def test_an_environment_runs_one_release_of_each_component(filled: Transactions) -> None:
    first, second = promotion(), promotion(2, release=release(2, component="billing"))
    await filled.write(lambda store: store.releases.add(release(2, component="billing")))
    await filled.write(lambda store: store.promotions.add(first))
    await filled.write(lambda store: store.promotions.add(second))
    one, two = _word(first, DeploymentStatus.DEPLOYED), _word(second, DeploymentStatus.DEPLOYED)
    await _say(filled, one, two)
    for component, newest in (("app", one), ("billing", two), ("search", None), ("", two)):
        found = await filled.read(lambda store, of=component: store.releases.current(PRODUCTION.id, of))  # type: ignore[misc]
        assert found == newest


async def test_ten_thousand_releases_are_searched_while_somebody_types(sqlite_database: Database) -> None:
    def fill_up(store: Store) -> None:
        for number in range(10_000):
            store.releases.add(release(10_000 + number, name=f"shop-{number:05}"))

    await sqlite_database.write(fill_up)
    for typed, found in (("", 50), ("shop-0", 50), ("SHOP-00007", 1), ("nothing", 0)):
        took = []
        for _ in range(5):
            began = perf_counter()
            names = await sqlite_database.read(lambda store, typed=typed: store.releases.search(typed, 50))  # type: ignore[misc]
            took.append(perf_counter() - began)
        assert min(took) < 0.1, typed
        assert len(names) == found
