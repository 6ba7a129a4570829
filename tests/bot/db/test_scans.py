"""Scan reports with their findings, the same in memory and on both databases."""

from __future__ import annotations

from typing import Any

from core.app.pages import PageRequest
from core.app.ports import Store, Transactions
from core.domain.findings import Finding, Severity, combined
from core.domain.release import ScanReport
from tests.bot.db.samples import release, scan
from tests.support.clock import MORNING, nth_id

FOUND = combined(
    [
        Finding("CVE-1", Severity.CRITICAL, "zlib", "1", "2", "nvd", "pkg:deb/debian/zlib@1", ("a", "b")),
        Finding("CVE-2", Severity.UNKNOWN, "ünïcode ☃", "", "", "", ""),
        Finding("CVE-1", Severity.LOW, "openssl", "3"),
    ]
)


def a_report(number: int, scanner: str = "trivy") -> ScanReport:
    digest = f"sha256:{number:064}"
    counts: dict[str, Any] = {"critical": 1, "low": 1, "unknown": 1}
    return ScanReport(
        nth_id(320 + number),
        release().id,
        scanner,
        MORNING,
        **counts,
        format="sarif",
        digest=digest,
        scanned_at=MORNING,
    )


async def test_the_report_stored_last_is_the_newest(filled: Transactions) -> None:
    assert await filled.read(lambda store: store.scans.newest(release().id)) is None

    def add_scans(store: Store) -> None:
        for number in (3, 1, 2):
            store.scans.add(scan(number, critical=number))

    await filled.write(add_scans)
    assert await filled.read(lambda store: store.scans.newest(release().id)) == scan(2, critical=2)
    page = await filled.read(lambda store: store.scans.page(release().id, PageRequest(2, 2)))
    assert (page.items, page.total) == ((scan(3, critical=3),), 3)


async def test_each_scanners_newest_report_holds_whatever_its_letter_case(filled: Transactions) -> None:
    reports = [a_report(1), a_report(2, "Grype"), a_report(3, "TRIVY"), a_report(4, "trivy web")]

    def add_all(store: Store) -> None:
        for report in reports:
            store.scans.add(report)

    await filled.write(add_all)
    holding = await filled.read(lambda store: store.scans.holding(release().id))
    assert holding == (reports[3], reports[2], reports[1])
    assert await filled.read(lambda store: store.scans.holding(nth_id(9))) == ()


async def test_a_report_comes_back_whole_and_by_its_id(filled: Transactions) -> None:
    await filled.write(lambda store: store.scans.add(a_report(1), FOUND))

    assert await filled.read(lambda store: store.scans.get(a_report(1).id)) == a_report(1)
    assert await filled.read(lambda store: store.scans.get(nth_id(9))) is None


async def test_findings_come_back_the_worst_first_and_by_severity(filled: Transactions) -> None:
    report = a_report(1)
    await filled.write(lambda store: store.scans.add(report, FOUND))
    await filled.write(lambda store: store.scans.add(a_report(2, "other"), FOUND[:1]))

    async def page(number: int, size: int, *severities: Severity) -> tuple[tuple[Finding, ...], int]:
        wanted = frozenset(severities)
        found = await filled.read(lambda store: store.scans.findings_page(report.id, wanted, PageRequest(number, size)))
        return found.items, found.total

    assert await page(1, 10) == (FOUND, 3)
    assert await page(2, 2) == (FOUND[2:], 3)
    assert await page(1, 10, Severity.UNKNOWN, Severity.CRITICAL) == ((FOUND[0], FOUND[2]), 2)
    assert await page(1, 10, Severity.HIGH) == ((), 0)


async def test_gates_get_all_findings_of_some_reports_without_their_targets(filled: Transactions) -> None:
    reports = (a_report(1), a_report(2, "other"), scan(3))

    def add_all(store: Store) -> None:
        store.scans.add(reports[0], FOUND)
        store.scans.add(reports[1], FOUND[:1])
        store.scans.add(reports[2])

    await filled.write(add_all)
    found = await filled.read(lambda store: store.scans.findings(reports))
    assert found == tuple(each._replace(targets=()) for each in (*FOUND, FOUND[0]))


async def test_ten_thousand_findings_are_stored_at_once(filled: Transactions) -> None:
    many = tuple(Finding(f"CVE-{number}", Severity.LOW, "x", "1") for number in range(10_000))
    await filled.write(lambda store: store.scans.add(a_report(1), many))

    found = await filled.read(lambda store: store.scans.findings((a_report(1),)))
    assert (len(found), found[9_999].id) == (10_000, "CVE-9999")
