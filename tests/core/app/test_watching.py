"""For each kind of input: change it, and see who is looked at again and who is not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.app.checking import TickItem
from core.app.consulting import AnswerQuestion
from core.app.drafts import FreezeWindowDraft
from core.app.outbox import Errand
from core.app.waiving import WaiveFinding
from core.domain.environment import Environment
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion
from tests.core.app.room import Room

ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "plain": {"freeze-window-gate": {}},
    "needs payments": {"dependency-gate": {"components": [{"component": "payments", "version": ">=1"}]}},
    "has rules": {"policy-gate": {"rules": [{"name": "calm", "allow": "deployments.size() < 9"}]}},
    "rules without deployments": {"policy-gate": {"rules": [{"name": "scanned", "allow": "scan.present"}]}},
    "has a checklist": {"manual-gate": {"items": [{"name": "Runbook updated", "group": "sre-team"}]}},
    "no worse": {"security-gate": {"maxHigh": 9, "noWorseThanTarget": "critical", "knownExploited": True}},
    "asks a service": {"webhook-gate": {"services": [{"name": "board", "url": "https://board.example.com/"}]}},
}


class Street:
    """One open promotion of `shop` to each of these environments, and one of another release to the first."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.environments: dict[str, Environment] = {}
        self.open: dict[str, Promotion] = {}

    async def build(self) -> Street:
        for name, gates in ENVIRONMENTS.items():
            environment = await self.room.environment(name, gates=gates, source_environment_id=self.room.staging.id)
            self.environments[name] = environment
            self.open[name] = await self.room.awaiting(to=environment)
        other = await self.room.a_release_with_scan("7.0", "search")
        self.open["other release"] = await self.room.awaiting(release=other, to=self.environments["plain"])
        return self

    async def deploy(self, component: str, to: str) -> None:
        """Bring a release of a component into an environment."""
        await self.room.policy_for(self.environments[to], 0, name=f"{component} {to}")
        release = await self.room.a_release_with_scan("2.0", component)
        promotion = await self.room.request(release=release, to=self.environments[to])
        stored = self.room.stored(promotion.id)
        self.room.memory.tables.promotions[promotion.id] = stored.with_gates((), self.room.clock.now).approve(
            SYSTEM.ref, self.room.clock.now
        )
        await self.room.report(promotion.id, "deploying")
        self.room.run_errands()
        await self.room.report(promotion.id, "deployed")

    def looked_at_again(self) -> set[str]:
        wanted: set[UUID] = {subject for errand, subject in self.room.errands() if errand is Errand.EVALUATE}
        return {name for name, promotion in self.open.items() if promotion.id in wanted}


Change = Callable[[Street], Awaitable[None]]


async def scan(street: Street) -> None:
    await street.room.scan(street.room.release, high=1)


async def deployed_payments(street: Street) -> None:
    await street.deploy("payments", to="needs payments")


async def deployed_search(street: Street) -> None:
    await street.deploy("search", to="needs payments")


async def deployed_where_rules_look(street: Street) -> None:
    await street.deploy("payments", to="has rules")


async def deployed_where_rules_do_not_look(street: Street) -> None:
    await street.deploy("payments", to="rules without deployments")


async def deployed_what_it_is_measured_by(street: Street) -> None:
    await street.deploy("shop", to="no worse")


async def waiver(street: Street) -> None:
    where, ends = street.environments["plain"].id, street.room.clock.now + timedelta(days=1)
    wanted = WaiveFinding("CVE-2024-0001", "shop", where, "Not reachable", ends)
    await street.room.countersign.waiving.waive(street.room.actor("wendy"), wanted)


async def known_exploited(street: Street) -> None:
    catalogue = {"catalogVersion": "1", "dateReleased": "2026-01-01T00:00:00Z", "count": 1, "title": "KEV"}
    source = json.dumps(catalogue | {"vulnerabilities": [{"cveID": "CVE-2024-0001"}]}).encode()
    await street.room.countersign.scanning.import_known_exploited(SYSTEM, source)


async def deployed_in_the_source(street: Street) -> None:
    promotion = await street.room.request(to=street.room.staging)
    stored = street.room.stored(promotion.id)
    now = street.room.clock.now
    street.room.memory.tables.promotions[promotion.id] = stored.with_gates((), now).approve(SYSTEM.ref, now)
    street.room.run_errands()
    await street.room.report(promotion.id, "deploying")


async def freeze(street: Street) -> None:
    now = street.room.clock.now
    draft = FreezeWindowDraft("now", (street.environments["plain"].id,), now, now + timedelta(hours=1))
    await street.room.countersign.administering.create_freeze_window(SYSTEM, draft)


async def settings(street: Street) -> None:
    await street.room.gates_of(street.environments["has rules"], ENVIRONMENTS["rules without deployments"])


async def tick(street: Street) -> None:
    wanted = TickItem(street.open["has a checklist"].id, "Runbook updated")
    await street.room.countersign.checking.tick(street.room.actor("sam"), wanted)


async def group(street: Street) -> None:
    await street.room.members(street.room.sres, "sam", "dave")


async def other_group(street: Street) -> None:
    await street.room.members(street.room.managers, "bob")


async def person_left(street: Street) -> None:
    await street.room.change("sam", active=False)


async def answer(street: Street) -> None:
    (inquiry,) = await street.room.countersign.consulting.begin(street.open["asks a service"].id)
    await street.room.countersign.consulting.answer(AnswerQuestion(inquiry.question.id, inquiry.token, True))


SHOP = set(ENVIRONMENTS)


@pytest.mark.parametrize(
    ("change", "affected"),
    [
        (scan, SHOP),
        (deployed_payments, {"needs payments"}),
        (deployed_search, set()),
        (deployed_where_rules_look, {"has rules"}),
        (deployed_where_rules_do_not_look, set()),
        (deployed_in_the_source, SHOP),
        (deployed_what_it_is_measured_by, {"no worse"}),
        (waiver, {"plain"}),
        (known_exploited, {"no worse"}),
        (freeze, {"plain", "other release"}),
        (settings, {"has rules"}),
        (tick, {"has a checklist"}),
        (group, {"has a checklist"}),
        (other_group, set()),
        (person_left, {"has a checklist"}),
        (answer, {"asks a service"}),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
async def test_who_depends_on_what_has_changed_is_looked_at_again_and_nobody_else(
    room: Room, change: Change, affected: set[str]
) -> None:
    street = await Street(room).build()
    room.run_errands()

    await change(street)

    assert street.looked_at_again() == affected
