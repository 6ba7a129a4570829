"""On PostgreSQL the audit log stands in the order of things: nothing is decided by what was replaced before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from sqlalchemy.util import await_only

from bot.api import add_api
from bot.db.database import open_database
from core.app import evaluating, gate_context
from core.app.drafts import EnvironmentDraft, PolicyDraft, ScanDraft
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.domain.promotion import Status
from tests.bot.api.conftest import Api, countersign_on, fill, serving
from tests.support.clock import FakeClock, SequentialIds

MOMENT = 0.2


@pytest_asyncio.fixture
async def on_postgres(postgres_store_url: str, clock: FakeClock, new_id: SequentialIds) -> AsyncIterator[Api]:
    database = open_database(postgres_store_url)
    countersign = await countersign_on(database, clock, new_id)
    app = web.Application()
    add_api(app, countersign)
    async with serving(app) as url, ClientSession() as session:
        api = Api(url, session, countersign, clock)
        await fill(api)
        yield api
    await database.close()


class Meanwhile:
    """Has somebody else begin to change something in the middle of a transaction, and gives them a moment."""

    def __init__(self, change: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self._change = change
        self.task: asyncio.Task[object] | None = None

    def __call__(self) -> None:
        if self.task is None:
            self.task = asyncio.create_task(self._change())
            await_only(asyncio.sleep(MOMENT))

    async def done(self) -> None:
        assert self.task is not None
        await self.task


async def logged(api: Api, *actions: Action) -> list[Action]:
    events = await api.countersign.ports.transactions.read(lambda store: store.audit.of_actions(set(actions)))
    return [event.action for event in events]


async def test_gates_do_not_approve_by_settings_that_were_replaced_before(
    on_postgres: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    administering = on_postgres.countersign.administering
    target = await administering.create_environment(SYSTEM, _draft(max_high=5))
    await administering.create_policy(SYSTEM, PolicyDraft("auto", target.id, required_approvals=0, approver_groups=()))
    release = await on_postgres.release(high=3)
    wanted = {"releaseId": str(release), "targetEnvironmentId": str(target.id)}
    asked = await on_postgres.call("alice", "POST", "/promotions", wanted)
    meanwhile = Meanwhile(lambda: administering.update_environment(SYSTEM, target.id, _draft(max_high=0)))
    look = gate_context.gate_context

    def looked_at_slowly(*given: Any, **named: Any) -> Any:
        meanwhile()
        return look(*given, **named)

    monkeypatch.setattr("core.app.evaluating.gate_context", looked_at_slowly)
    promotion = await on_postgres.countersign.evaluating.evaluate(UUID(asked.body["id"]))
    await meanwhile.done()
    assert promotion and promotion.status is Status.APPROVED
    order = await logged(on_postgres, Action.ENVIRONMENT_UPDATED, Action.PROMOTION_APPROVED)
    assert order == [Action.PROMOTION_APPROVED, Action.ENVIRONMENT_UPDATED]


async def test_a_vote_does_not_decide_past_a_scan_that_was_stored_before(
    on_postgres: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await on_postgres.asked()
    await on_postgres.call("bob", "POST", f"/promotions/{asked['id']}/approve", {})
    bad = ScanDraft(UUID(asked["releaseId"]), "trivy", critical=9, high=9)
    meanwhile = Meanwhile(lambda: on_postgres.countersign.releasing.submit_scan(SYSTEM, bad))
    evaluate = evaluating.with_fresh_gates

    def evaluated_before(*given: Any) -> Any:
        after = evaluate(*given)
        meanwhile()
        return after

    monkeypatch.setattr("core.app.deciding.with_fresh_gates", evaluated_before)
    voted = await on_postgres.call("carol", "POST", f"/promotions/{asked['id']}/approve", {})
    await meanwhile.done()
    assert (voted.status, voted.body["status"]) == (200, "approved")
    order = await logged(on_postgres, Action.SCAN_REPORT_SUBMITTED, Action.PROMOTION_APPROVED)
    assert order[-2:] == [Action.PROMOTION_APPROVED, Action.SCAN_REPORT_SUBMITTED]


def _draft(max_high: int) -> EnvironmentDraft:
    gates = {"security-gate": {"maxCritical": 0, "maxHigh": max_high}}
    return EnvironmentDraft("auto", source_environment_id=None, require_sod=False, gates=gates)
