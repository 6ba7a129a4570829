"""Handing in documents: what is stored, what is looked at again, and what is refused before anything is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from core.app.outbox import Errand
from core.app.pages import PageRequest
from core.app.scanning import SubmitReport
from core.app.waiving import WaiveFinding
from core.domain.events import Action
from core.domain.findings import Severity
from core.domain.people import Actor, Right
from core.domain.release import Release
from core.errors import DomainError, ForbiddenError, InvalidError, NotFoundError
from tests.core.app.room import Room
from tests.core.gates.reports.samples import COUNTS, GRYPE, TRIVY, written
from tests.core.gates.test_kev import CATALOGUE
from tests.core.gates.vex.samples import OPENVEX, saying
from tests.support.clock import nth_id

T = TypeVar("T")
FIRST = PageRequest(1, 50)
STRICT = {"security-gate": {"maxCritical": 0, "maxHigh": 5}}


async def submit(room: Room, document: object = TRIVY, release: Release | None = None, scanner: str = "") -> None:
    of = release or room.release
    await room.countersign.scanning.submit_report(room.ci, SubmitReport(of.id, written(document), scanner))


async def message(room: Room, release: Release | None = None) -> str:
    of = release or room.release
    preview = await room.countersign.evaluating.preview(room.actor("alice"), of.id, room.production.id)
    return preview.gates[0].message


async def test_a_report_is_stored_with_its_findings_and_written_down(room: Room) -> None:
    await submit(room)

    reading, reader = room.countersign.scan_reading, room.actor("olga")
    newest, older = (await reading.reports(reader, room.release.id, FIRST)).items
    assert (newest.report.format, newest.holds, older.holds) == ("trivy", True, False)
    assert newest.report.digest.startswith("sha256:")
    findings = (await reading.findings(reader, newest.report.id, frozenset(), FIRST)).items
    assert [each.finding.id for each in findings] == ["CVE-2024-0001", "CVE-2024-0002"]
    assert findings[0].finding.targets == ("shop:1.4.0 (debian 12)",)
    only = await reading.findings(reader, newest.report.id, frozenset({Severity.LOW}), FIRST)
    assert [each.finding.id for each in only.items] == ["CVE-2024-0002"]
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id) == (Action.SCAN_REPORT_SUBMITTED, room.release.id)
    assert entry.details["criticalCount"] == 1


async def test_a_newer_report_takes_the_place_of_the_scanners_earlier_one_only(room: Room) -> None:
    await submit(room, GRYPE, scanner="Grype")
    await submit(room, {"SchemaVersion": 2, "ArtifactName": "x", "Results": []})
    assert "1 critical vulnerability exceeds" in await message(room), "Grype still says so"

    await submit(room, GRYPE | {"matches": []}, scanner="grype")
    assert (await message(room)).startswith("Within thresholds: 0 critical")


async def test_several_scanners_count_a_finding_once_and_by_the_worst(room: Room) -> None:
    await submit(room, TRIVY)
    await submit(room, GRYPE)
    await submit(room, COUNTS | {"criticalCount": 0, "highCount": 9})

    preview = await room.countersign.evaluating.preview(room.actor("alice"), room.release.id, room.production.id)
    details = preview.gates[0].details

    assert (details["criticalCount"], details["highCount"]) == (1, 9)
    assert len(details["scanReportIds"]) == 3


async def test_a_report_vex_and_a_waiver_have_open_promotions_look_again_and_no_others(room: Room) -> None:
    waiting = await room.awaiting()
    other = await room.awaiting(release=await room.a_release_with_scan("1", component="cart"))
    for deed in (
        lambda: submit(room),
        lambda: room.countersign.scanning.submit_vex(room.ci, room.release.id, written(OPENVEX)),
        lambda: room.countersign.waiving.waive(room.actor("wendy"), waiver(room)),
    ):
        room.run_errands()
        await deed()
        assert room.errands() == {(Errand.EVALUATE, waiting.id)}
    assert (Errand.EVALUATE, other.id) not in room.errands()


def waiver(room: Room) -> WaiveFinding:
    return WaiveFinding(
        "CVE-2024-0001", "shop", room.production.id, "Not reachable", room.clock.now + timedelta(days=9)
    )


async def test_vex_changes_what_counts_and_a_newer_statement_changes_it_back(room: Room) -> None:
    await submit(room)
    assert "1 critical vulnerability exceeds" in await message(room)
    await room.countersign.scanning.submit_vex(room.ci, room.release.id, written(OPENVEX))
    assert "1 not affected or fixed (VEX)" in await message(room)

    again = saying("affected", timestamp="2026-01-09T12:00:00Z")
    await room.countersign.scanning.submit_vex(room.ci, room.release.id, written(again))
    assert "1 critical vulnerability exceeds" in await message(room)
    first, second = await room.countersign.scan_reading.vex_documents(room.actor("olga"), room.release.id)
    assert (first.submitted_by, len(first.statements), len(second.statements)) == ("ci", 2, 1)


async def test_a_waiver_passes_a_promotion_that_somebody_else_asks_for_until_it_ends(room: Room) -> None:
    await room.change("alice", roles=frozenset({Right.REQUESTER, Right.WAIVER}))
    await submit(room)
    await room.countersign.waiving.waive(room.actor("alice"), waiver(room))
    assert "1 waived by the requester, which does not count" in await message(room)

    await room.countersign.waiving.waive(room.actor("wendy"), waiver(room))
    assert (await message(room)).endswith("; 1 waived")
    room.clock.now += timedelta(days=9)
    assert "1 critical vulnerability exceeds" in await message(room)


async def test_the_catalogue_has_only_those_look_again_whose_environment_asks(room: Room) -> None:
    waiting = await room.awaiting()
    scanning, ann = room.countersign.scanning, room.actor("ann")
    room.run_errands()
    await scanning.import_known_exploited(ann, written(CATALOGUE))
    assert room.errands() == set()

    await room.gates_of(room.production, {"security-gate": {"knownExploited": True}})
    room.run_errands()
    imported = await scanning.import_known_exploited(ann, written(CATALOGUE))

    assert room.errands() == {(Errand.EVALUATE, waiting.id)}
    known = await room.countersign.scan_reading.known_exploited(room.actor("olga"))
    assert known is not None
    assert (known.version, known.count, known.imported_by) == (imported.version, 2, "Ann")


async def test_what_runs_is_measured_against_so_its_new_report_matters(room: Room) -> None:
    await room.gates_of(room.production, {"security-gate": {"maxCritical": None, "noWorseThanTarget": True}})
    await submit(room, {"SchemaVersion": 2, "ArtifactName": "x", "Results": []})
    running = await room.approved()
    for status in ("deploying", "deployed"):
        await room.report(running.id, status)
    newer = await room.a_release("1.5.0")
    await submit(room, TRIVY, newer)
    waiting = await room.request(release=newer)
    assert "2 findings are new against shop-1.4.0" in await message(room, newer)

    room.run_errands()
    await submit(room, TRIVY)

    assert (Errand.EVALUATE, waiting.id) in room.errands()
    assert (await message(room, newer)).startswith("Within thresholds")


@pytest.mark.parametrize("source", [b"{", b"{}", b"[]", written(TRIVY)[:200]])
async def test_nothing_is_stored_of_what_is_refused(room: Room, source: bytes) -> None:
    before = room.memory.tables
    scanning = room.countersign.scanning

    for deed in (
        scanning.submit_report(room.ci, SubmitReport(room.release.id, source)),
        scanning.submit_vex(room.ci, room.release.id, source),
        scanning.import_known_exploited(room.actor("ann"), source),
    ):
        with pytest.raises(InvalidError):
            await deed
    assert room.memory.tables is before


async def test_nothing_is_read_for_somebody_who_may_not_or_for_no_release(room: Room) -> None:
    reads = 0

    async def aside(work: Callable[[], T]) -> T:
        nonlocal reads
        reads += 1
        return work()

    object.__setattr__(room.countersign.ports, "aside", aside)
    scanning, publisher = room.countersign.scanning, Actor(room.ci.ref, "rest", frozenset({Right.PUBLISHER}))
    refused: list[tuple[object, type[DomainError]]] = [
        (scanning.submit_report(room.actor("alice"), SubmitReport(room.release.id, b"{}")), ForbiddenError),
        (scanning.submit_report(room.ci, SubmitReport(nth_id(7), b"{}")), NotFoundError),
        (scanning.submit_vex(room.ci, nth_id(7), b"{}"), NotFoundError),
        (scanning.import_known_exploited(publisher, b""), ForbiddenError),
    ]
    for deed, error in refused:
        with pytest.raises(error):
            await deed  # type: ignore[misc]
    assert reads == 0
