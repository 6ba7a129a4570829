"""Environments and freeze windows, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from core.domain.environment import Environment, FreezeWindow
from core.errors import InUseError, NameTakenError, StaleVersionError
from tests.bot.db.samples import PRODUCTION, STAGING, promotion
from tests.support.clock import MORNING, nth_id

HOUR = timedelta(hours=1)
CHRISTMAS = FreezeWindow(nth_id(41), "christmas", (PRODUCTION.id, STAGING.id), MORNING, MORNING + HOUR, "Nobody is in")


async def test_an_environment_comes_back_as_it_was_stored(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.environments.get(PRODUCTION.id)) == PRODUCTION


async def test_what_is_unknown_is_none(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.environments.get(nth_id(99))) is None
    assert await filled.read(lambda store: store.environments.named("nowhere")) is None


@pytest.mark.parametrize("name", ["production", "PRODUCTION", "Production"])
async def test_letter_case_does_not_matter_in_a_name(filled: Transactions, name: str) -> None:
    assert await filled.read(lambda store: store.environments.named(name)) == PRODUCTION


@pytest.mark.parametrize("name", ["nul\0byte", "\ud800", "' OR 1=1 --", "", "x" * 100_000])
async def test_a_name_that_cannot_be_is_just_not_found(filled: Transactions, name: str) -> None:
    assert await filled.read(lambda store: store.environments.named(name)) is None


async def test_all_are_ordered_by_name_whatever_their_letter_case(filled: Transactions) -> None:
    def add_some(store: Store) -> None:
        for number, name in enumerate(["Zulu", "alpha", "Écluse", "eclair", "10", "9"]):
            store.environments.add(Environment(nth_id(500 + number), name))

    await filled.write(add_some)
    everything = await filled.read(lambda store: store.environments.all())
    expected = ["10", "9", "alpha", "eclair", "Production", "staging", "Zulu", "Écluse"]
    assert [each.name for each in everything] == expected


async def test_pages_follow_the_same_order_and_know_the_total(filled: Transactions) -> None:
    page = await filled.read(lambda store: store.environments.page(PageRequest(2, 1)))
    assert (page.items, page.total) == ((STAGING,), 2)
    assert (await filled.read(lambda store: store.environments.page(PageRequest(9, 1)))).items == ()


async def test_a_taken_name_is_refused_and_the_transaction_goes_on(filled: Transactions) -> None:
    def body(store: Store) -> None:
        with pytest.raises(NameTakenError) as refusal:
            store.environments.add(Environment(nth_id(50), "STAGING"))
        assert refusal.value.params == {"field": "name", "name": "STAGING"}
        with pytest.raises(NameTakenError):
            store.environments.replace(replace(STAGING, name="production"))
        store.environments.add(Environment(nth_id(51), "test"))

    await filled.write(body)
    assert await filled.read(lambda store: len(store.environments.all())) == 3


async def test_replacing_changes_everything_but_the_id(filled: Transactions) -> None:
    changed = replace(STAGING, name="Stage", require_sod=True, slack_channel="C01", gates={"freeze-window-gate": {}})
    await filled.write(lambda store: store.environments.replace(changed))
    assert await filled.read(lambda store: store.environments.get(STAGING.id)) == changed


async def test_replacing_what_was_removed_meanwhile_is_stale(filled: Transactions) -> None:
    with pytest.raises(StaleVersionError):
        await filled.write(lambda store: store.environments.replace(Environment(nth_id(77), "gone")))


async def test_an_environment_in_use_stays_and_the_refusal_says_why(filled: Transactions) -> None:
    await filled.write(lambda store: store.promotions.add(promotion()))
    await filled.write(lambda store: store.freeze_windows.add(CHRISTMAS))
    with pytest.raises(InUseError) as refusal:
        await filled.write(lambda store: store.environments.remove(PRODUCTION.id))
    assert refusal.value.params["usedBy"] == ["a freeze window", "a promotion", "an approval policy"]
    with pytest.raises(InUseError) as refusal:
        await filled.write(lambda store: store.environments.remove(STAGING.id))
    assert refusal.value.params["usedBy"] == ["a freeze window", "a promotion", "another environment"]
    assert await filled.read(lambda store: store.environments.get(STAGING.id)) == STAGING


async def test_an_unused_environment_can_be_removed_and_its_name_is_free(filled: Transactions) -> None:
    spare = Environment(nth_id(60), "spare")
    await filled.write(lambda store: store.environments.add(spare))
    await filled.write(lambda store: store.environments.remove(spare.id))
    await filled.write(lambda store: store.environments.add(replace(spare, id=nth_id(61))))
    assert await filled.read(lambda store: store.environments.get(spare.id)) is None


async def test_a_freeze_window_keeps_its_environments_in_their_order(filled: Transactions) -> None:
    await filled.write(lambda store: store.freeze_windows.add(CHRISTMAS))
    assert await filled.read(lambda store: store.freeze_windows.named("Christmas")) == CHRISTMAS
    changed = replace(CHRISTMAS, environment_ids=(STAGING.id,), ends_at=MORNING + 2 * HOUR)
    await filled.write(lambda store: store.freeze_windows.replace(changed))
    assert await filled.read(lambda store: store.freeze_windows.get(CHRISTMAS.id)) == changed


async def test_windows_ahead_are_those_that_have_not_ended(filled: Transactions) -> None:
    later = replace(CHRISTMAS, id=nth_id(42), name="later", starts_at=MORNING + 5 * HOUR, ends_at=MORNING + 6 * HOUR)
    elsewhere = replace(CHRISTMAS, id=nth_id(43), name="elsewhere", environment_ids=(STAGING.id,))

    def add_all(store: Store) -> None:
        for window in (later, CHRISTMAS, elsewhere):
            store.freeze_windows.add(window)

    await filled.write(add_all)

    async def ahead(after: timedelta) -> tuple[FreezeWindow, ...]:
        return await filled.read(lambda store: store.freeze_windows.ahead(PRODUCTION.id, MORNING + after))

    assert await ahead(-HOUR) == (CHRISTMAS, later)
    assert await ahead(HOUR - timedelta(microseconds=1)) == (CHRISTMAS, later)
    assert await ahead(HOUR) == (later,)


async def test_a_removed_window_leaves_its_environments_alone(filled: Transactions) -> None:
    await filled.write(lambda store: store.freeze_windows.add(CHRISTMAS))
    await filled.write(lambda store: store.freeze_windows.remove(CHRISTMAS.id))
    assert await filled.read(lambda store: store.freeze_windows.all()) == ()
    assert await filled.read(lambda store: len(store.environments.all())) == 2
