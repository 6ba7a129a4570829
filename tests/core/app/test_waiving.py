from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.app.outbox import Errand
from core.app.pages import PageRequest
from core.app.scans import WaiverFilter
from core.app.waiving import WaiveFinding
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.errors import ConflictError, ForbiddenError, InvalidError, NotAVoterError, NotFoundError
from tests.core.app.room import Room
from tests.support.clock import nth_id

FIRST = PageRequest(1, 50)


def wanted(room: Room, **changes: Any) -> WaiveFinding:
    given: dict[str, Any] = {
        "vulnerability": "CVE-2024-0001",
        "component": "shop",
        "environment_id": room.production.id,
        "reason": "Not reachable",
        "ends_at": room.clock.now + timedelta(days=9),
    }
    return WaiveFinding(**(given | changes))


async def test_a_waiver_is_kept_with_who_made_it_and_written_down(room: Room) -> None:
    waiver = await room.countersign.waiving.waive(room.actor("wendy"), wanted(room, package="openssl"))

    view = await room.countersign.scan_reading.waiver(room.actor("olga"), waiver.id)
    assert (view.waiver, view.environment_name, view.holds) == (waiver, "Production", True)
    assert waiver.created_by.name == "Wendy"
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id) == (Action.WAIVER_CREATED, waiver.id)
    assert entry.details.items() >= {"reason": "Not reachable", "package": "openssl"}.items()


async def test_who_may_vote_through_no_account_waives_nothing_either(room: Room) -> None:
    flagged = replace(room.people["wendy"].slack[0], blocked_by="deleted")
    await room.countersign.access.note_slack_account(flagged)
    with pytest.raises(NotAVoterError):
        await room.countersign.waiving.waive(room.actor("wendy"), wanted(room))


async def test_a_revoked_waiver_stays_on_record_and_holds_no_more(room: Room) -> None:
    waiting = await room.awaiting()
    waiver = await room.countersign.waiving.waive(room.actor("wendy"), wanted(room))
    room.run_errands()
    room.clock.now += timedelta(hours=1)

    await room.countersign.waiving.revoke(room.actor("ann"), waiver.id, "Exploited now")

    view = await room.countersign.scan_reading.waiver(room.actor("olga"), waiver.id)
    assert (view.holds, view.waiver.revoked_because) == (False, "Exploited now")
    assert room.memory.tables.audit[-1].action == Action.WAIVER_REVOKED
    assert room.errands() == {(Errand.EVALUATE, waiting.id)}
    with pytest.raises(ConflictError, match="was revoked already"):
        await room.countersign.waiving.revoke(room.actor("wendy"), waiver.id)


async def test_waivers_are_listed_newest_first_by_what_they_are_for(room: Room) -> None:
    make, wendy = room.countersign.waiving.waive, room.actor("wendy")
    first = await make(wendy, wanted(room))
    room.clock.now += timedelta(minutes=1)
    second = await make(wendy, wanted(room, vulnerability="CVE-2024-0002", environment_id=room.staging.id))

    async def listed(**filter: Any) -> list[Any]:
        page = await room.countersign.scan_reading.waivers(room.actor("olga"), WaiverFilter(**filter), FIRST)
        return [view.waiver.id for view in page.items]

    assert await listed() == [second.id, first.id]
    assert await listed(environment_id=room.production.id) == [first.id]
    assert await listed(vulnerability="cve-2024-0002") == [second.id]
    assert await listed(component="cart") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"environment_id": nth_id(7)}, "environmentId"),
        ({"component": "Shop"}, "component"),
        ({"reason": ""}, "reason"),
        ({"ends_at": None}, "endsAt"),
    ],
)
async def test_what_makes_no_sense_is_refused(room: Room, change: dict[str, Any], field: str) -> None:
    if "ends_at" in change:
        change = {"ends_at": room.clock.now}
    with pytest.raises(InvalidError) as caught:
        await room.countersign.waiving.waive(room.actor("wendy"), wanted(room, **change))

    assert caught.value.field == field
    assert room.memory.tables.waivers == {}


async def test_only_people_with_the_right_waive(room: Room) -> None:
    for actor in (room.actor("bob"), room.ci, SYSTEM):
        with pytest.raises(ForbiddenError):
            await room.countersign.waiving.waive(actor, wanted(room))
    with pytest.raises(NotFoundError):
        await room.countersign.waiving.revoke(room.actor("wendy"), nth_id(7))


async def test_it_is_looked_at_again_when_a_waiver_ends(room: Room) -> None:
    waiting = await room.awaiting()
    waiver = await room.countersign.waiving.waive(room.actor("wendy"), wanted(room))

    await room.countersign.evaluating.evaluate(waiting.id)

    assert room.stored(waiting.id).outlook.changes_at == waiver.ends_at
