from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.cli.doctor.finding import Finding
from bot.cli.doctor.stored import check_calendars, check_clock, check_log, check_outbox, check_policies, check_troubles
from bot.db.database import Database
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.proving import Proving
from core.app.telling import ChannelTrouble
from core.app.timekeeping import Timekeeping
from core.app.transparency import StoredCheckpoint
from core.domain.calendar import Calendar
from core.evidence.log.checkpoints import Checkpoint
from core.evidence.log.examination import KnownCheckpoint
from tests.bot.cli.conftest import EXAMPLE
from tests.bot.cli.room import applied
from tests.support.clock import MORNING, nth_id
from tests.support.wired import begun, ports_on


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    return ports_on(sqlite_database)


async def test_nothing_waits(ports: Ports) -> None:
    finding = await ports.transactions.read(lambda store: check_outbox(store, MORNING))
    assert (finding.outcome, finding.message) == ("ok", "0 deliveries wait")


async def test_what_waits_too_long_asks_whether_the_server_runs(ports: Ports) -> None:
    await ports.transactions.write(lambda store: store.outbox.put(Errand.CARD, nth_id(1), MORNING))
    soon = await ports.transactions.read(lambda store: check_outbox(store, MORNING + timedelta(minutes=1)))
    late = await ports.transactions.read(lambda store: check_outbox(store, MORNING + timedelta(minutes=10)))
    assert (soon.outcome, late.outcome) == ("ok", "warning")
    assert "the oldest for 10 min" in late.message
    assert "serve" in late.fix


async def test_what_fails_is_told_with_its_error(ports: Ports) -> None:
    def body(store: Store) -> Finding:
        store.outbox.put(Errand.CARD, nth_id(1), MORNING)
        (entry,) = store.outbox.claim(MORNING, MORNING + timedelta(minutes=1), 1)
        store.outbox.put_off(entry, MORNING, "not_in_channel")
        return check_outbox(store, MORNING)

    finding = await ports.transactions.write(body)
    assert (finding.outcome, finding.message) == ("warning", "1 of 1 deliveries fail; last: card: not_in_channel")


async def test_a_policy_that_nobody_can_satisfy_is_found(ports: Ports) -> None:
    await applied(ports, EXAMPLE)
    (finding,) = await ports.transactions.read(lambda store: list(check_policies(store)))
    assert finding.name == "policy production-policy"
    assert finding.message == "asks for 2 approvals, and 1 active people are in its groups"
    await applied(ports, "approverGroups: [{name: sre-team, members: [alice@example.com]}]")
    (finding,) = await ports.transactions.read(lambda store: list(check_policies(store)))
    assert finding.outcome == "ok"


async def test_a_channel_that_cannot_be_posted_in_is_told(ports: Ports) -> None:
    await applied(ports, EXAMPLE)

    def body(store: Store) -> list[Finding]:
        environment = store.environments.all()[0]
        store.troubles.put(ChannelTrouble(environment.id, "#releases", "is_archived", MORNING))
        return list(check_troubles(store))

    (finding,) = await ports.transactions.write(body)
    assert finding.outcome == "warning"
    assert "is_archived" in finding.message


async def test_a_calendar_that_cannot_be_read_says_why_and_what_holds(ports: Ports) -> None:
    unread = Calendar(nth_id(1), "company", url="https://example.com/a.ics").failed("it answered 503", MORNING)
    imported = Calendar(nth_id(2), "holidays", read_at=MORNING)

    def body(store: Store) -> list[Finding]:
        for calendar in (unread, imported):
            store.calendars.add(calendar)
        return list(check_calendars(store, MORNING))

    (finding,) = await ports.transactions.write(body)
    assert (finding.outcome, finding.name) == ("warning", "calendar company")
    assert finding.message == "it answered 503 (last read: never); what it freezes is closed now"


async def test_a_log_that_is_not_what_was_signed_is_told(ports: Ports) -> None:
    empty = await ports.transactions.read(check_log)
    assert (empty.outcome, empty.message) == ("ok", "no name yet: 0 entries, 0 of them signed")
    await ports.transactions.write(begun)
    await Proving(ports).checkpoint()
    whole = await ports.transactions.read(check_log)
    assert (whole.outcome, whole.message) == ("ok", "example.com/log: 1 entries, 1 of them signed")
    more = StoredCheckpoint(2, b"\1" * 32, "of a log that lost an entry", MORNING)
    await ports.transactions.write(lambda store: store.log.add_checkpoint(more))
    lost = await ports.transactions.read(check_log)
    assert lost.outcome == "failed"
    assert "do not begin with the 2 that were signed" in lost.message


async def test_a_log_that_went_back_since_it_was_seen_here_is_told(ports: Ports) -> None:
    await ports.transactions.write(begun)
    now = (await Proving(ports).checkpoint()).checkpoint
    another = replace(now, origin="example.com/another", size=7)
    same = await ports.transactions.read(lambda store: check_log(store, [_known(now), _known(another)]))
    assert same.outcome == "ok"
    for seen in (replace(now, size=2), replace(now, root=b"\1" * 32)):
        gone = await ports.transactions.read(partial(check_log, seen=[_known(seen)]))
        assert gone.outcome == "failed"
        assert f"do not begin with the {seen.size} of the last one seen" in gone.message
        assert "older backup" in gone.fix


def _known(checkpoint: Checkpoint) -> KnownCheckpoint:
    return KnownCheckpoint(checkpoint, "the last one seen")


async def test_a_clock_that_is_wrong_or_was_moved_lately_is_told(ports: Ports) -> None:
    async def found(hours: float) -> Finding:
        return await ports.transactions.read(lambda store: check_clock(store, MORNING + timedelta(hours=hours)))

    await applied(ports, EXAMPLE)
    assert (await found(0)).outcome == "ok"
    behind = await found(-1)
    assert (behind.outcome, behind.message) == ("warning", "the clock here is 3600 s behind the newest audit entry")
    await Timekeeping(ports).moved(timedelta(minutes=-10))
    moved = await found(1)
    assert (moved.outcome, moved.message) == (
        "warning",
        "this week a server's clock was moved (1 x), last back by 600 s",
    )
    assert (await found(24 * 8)).outcome == "ok"
