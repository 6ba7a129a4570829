"""Waivers, the same in memory and on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from core.app.scans import WaiverFilter
from core.domain.people import ActorKind, ActorRef
from core.domain.waiver import Waiver
from core.errors import InUseError, StaleVersionError
from tests.bot.db.samples import PRODUCTION, STAGING
from tests.support.clock import MORNING, nth_id

HOUR = timedelta(hours=1)
WENDY = ActorRef(ActorKind.PERSON, nth_id(1), "Wendy")


def a_waiver(number: int, **changes: Any) -> Waiver:
    given: dict[str, Any] = {
        "id": nth_id(500 + number),
        "vulnerability": "CVE-2024-0001",
        "package": "zlib",
        "component": "shop",
        "environment_id": PRODUCTION.id,
        "reason": "Not reachable",
        "ends_at": MORNING + HOUR,
        "created_by": WENDY,
        "created_at": MORNING,
    }
    return Waiver(**(given | changes))


WAIVERS = (
    a_waiver(1),
    a_waiver(2, created_at=MORNING + HOUR / 4, vulnerability="cve-2024-0001"),
    a_waiver(3, component="cart"),
    a_waiver(4, environment_id=STAGING.id),
    a_waiver(5, created_at=MORNING + HOUR / 2).revoke(WENDY, MORNING + HOUR * 3 / 4, "Exploited"),
)


async def _added(filled: Transactions) -> None:
    def add_all(store: Store) -> None:
        for waiver in WAIVERS:
            store.waivers.add(waiver)

    await filled.write(add_all)


async def test_a_waiver_comes_back_whole(filled: Transactions) -> None:
    await _added(filled)

    found = await filled.read(lambda store: tuple(store.waivers.get(waiver.id) for waiver in WAIVERS))
    assert found == WAIVERS
    assert await filled.read(lambda store: store.waivers.get(nth_id(9))) is None


@pytest.mark.parametrize("quarters", range(5))
async def test_those_that_hold_are_those_of_which_the_waiver_says_so(filled: Transactions, quarters: int) -> None:
    await _added(filled)
    at = MORNING + HOUR * quarters / 4

    def ids(waivers: tuple[Waiver, ...]) -> set[UUID]:
        return {waiver.id for waiver in waivers}

    holding = await filled.read(lambda store: store.waivers.holding("shop", PRODUCTION.id, at))
    anywhere = await filled.read(lambda store: store.waivers.of_component("shop", at))
    said = {waiver.id for waiver in WAIVERS if waiver.holds_at(at) and waiver.component == "shop"}
    assert ids(anywhere) == said
    assert ids(holding) == said - {WAIVERS[3].id}


async def test_they_are_listed_newest_first_by_what_is_wanted(filled: Transactions) -> None:
    await _added(filled)

    async def listed(wanted: WaiverFilter) -> tuple[list[int], int]:
        page = await filled.read(lambda store: store.waivers.page(wanted, PageRequest(1, 3)))
        return [WAIVERS.index(waiver) + 1 for waiver in page.items], page.total

    assert await listed(WaiverFilter()) == ([5, 2, 4], 5)
    assert await listed(WaiverFilter(component="cart")) == ([3], 1)
    assert await listed(WaiverFilter(environment_id=STAGING.id)) == ([4], 1)
    assert await listed(WaiverFilter(vulnerability="CVE-2024-0001", component="shop")) == ([5, 2, 4], 4)
    assert await listed(WaiverFilter(vulnerability="\0")) == ([], 0)
    assert await listed(WaiverFilter(holding_at=MORNING + HOUR)) == ([], 0)


async def test_it_is_revoked_once(filled: Transactions) -> None:
    await _added(filled)
    revoked = WAIVERS[0].revoke(WENDY, MORNING + HOUR / 2, "")

    await filled.write(lambda store: store.waivers.replace(revoked))

    assert await filled.read(lambda store: store.waivers.get(revoked.id)) == revoked
    with pytest.raises(StaleVersionError):
        await filled.write(lambda store: store.waivers.replace(replace(revoked, revoked_because="Again")))


async def test_an_environment_with_waivers_stays(filled: Transactions) -> None:
    await _added(filled)

    with pytest.raises(InUseError):
        await filled.write(lambda store: store.environments.remove(PRODUCTION.id))
