"""What `security-gate` makes of findings by name: fixable ones, old scans, denied, exploited and new ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.findings import Finding, Severity, combined, counted
from core.domain.known_exploited import KnownExploited
from core.domain.release import Release, ScanReport
from core.gates.facts import INPUTS_LIMIT, sound_inputs
from core.gates.gate import Verdict
from core.gates.scanned import Running
from core.gates.security import SecurityGate
from core.gates.security_inputs import ROWS
from core.gates.security_settings import SecuritySettings
from tests.core.domain.test_waiver import WENDY, a_waiver
from tests.core.gates.samples import RELEASE, FakeScanned, a_context, a_scan, judged
from tests.core.gates.vex.samples import a_document, saying
from tests.support.clock import MORNING, nth_id

OPENSSL = Finding("CVE-2024-0001", Severity.CRITICAL, "openssl", "3.0.1", "3.0.2")
ZLIB = Finding("CVE-2024-0002", Severity.MEDIUM, "zlib", "1.2")
ANY = {"max_critical": None, "max_high": None}
CATALOGUE = KnownExploited(nth_id(60), "2026.01.09", None, "sha256:1", MORNING, "Root", frozenset({"cve-2024-0001"}), 1)


def a_report(*findings: Finding, **given: Any) -> ScanReport:
    counts: dict[str, Any] = {str(severity): count for severity, count in counted(findings).items()}
    return replace(a_scan(), format="trivy", digest="sha256:2", **counts, **given)


def scanned(*findings: Finding, **known: Any) -> FakeScanned:
    return FakeScanned(**({"newest": (a_report(*findings),), "named": combined(findings)} | known))


def verdict(found: FakeScanned, **settings: Any) -> Verdict:
    return judged(SecurityGate(), a_context(found=found), SecuritySettings(**settings))


def test_thresholds_hold_for_every_severity() -> None:
    told = verdict(scanned(OPENSSL, ZLIB), max_critical=None, max_medium=0)

    assert (told.passed, told.message) == (False, "1 medium vulnerability exceeds threshold (max: 0)")
    assert (told.details["maxMedium"], told.details["mediumCount"]) == (0, 1)
    assert [each["id"] for each in told.details["exceeding"]] == ["CVE-2024-0002"]


def test_a_vex_statement_takes_a_finding_out_and_is_shown_whole() -> None:
    told = verdict(scanned(OPENSSL, vex=(a_document(saying("not_affected")),)))

    assert told.passed
    assert told.message == "Within thresholds: 0 critical (max: 0), 0 high (max: 0); 1 not affected or fixed (VEX)"
    (row,) = told.details["vex"]
    assert row.items() >= {"id": "CVE-2024-0001", "status": "not_affected", "author": "Example Security"}.items()
    assert (row["explanation"], row["statedAt"], row["submittedBy"]) == ("So it is", "2026-01-09T08:00:00Z", "ci")


def test_a_waiver_takes_a_finding_out_but_not_for_who_made_it() -> None:
    waived = verdict(scanned(OPENSSL, holding=(a_waiver(),), requester=nth_id(99)))
    own = verdict(scanned(OPENSSL, holding=(a_waiver(),), requester=WENDY.id))

    assert waived.message == "Within thresholds: 0 critical (max: 0), 0 high (max: 0); 1 waived"
    assert waived.details["waived"][0].items() >= {"waivedBy": "Wendy", "reason": "Not reachable"}.items()
    assert not own.passed
    assert own.message.endswith("(max: 0); 1 waived by the requester, which does not count")
    assert "waived" not in own.details


def test_only_what_can_be_fixed_counts_where_it_says_so() -> None:
    told = verdict(scanned(OPENSSL._replace(fixed_version=""), ZLIB), only_fixable=True)

    assert told.passed
    assert told.message == "Within thresholds: 0 critical (max: 0), 0 high (max: 0) that can be fixed"
    assert not verdict(scanned(OPENSSL), only_fixable=True).passed


def test_counts_alone_count_as_if_they_could_be_fixed_and_the_worst_of_all_scanners_holds() -> None:
    bare = a_scan(critical=3, medium=1)
    both = scanned(OPENSSL, ZLIB, newest=(a_report(OPENSSL, ZLIB), bare))

    assert verdict(both, only_fixable=True).details["criticalCount"] == 3
    assert verdict(both).details["mediumCount"] == 1


@pytest.mark.parametrize(("hours", "passes"), [(24, True), (23, True), (25, False)])
def test_a_scan_may_be_only_so_old(hours: int, passes: bool) -> None:
    report = a_report(scanned_at=MORNING - timedelta(hours=hours), submitted_at=MORNING)

    told = verdict(scanned(newest=(report,)), max_age_hours=25)

    assert told.passed is passes
    assert passes or "The scan by trivy of 2026-03-01 08:00 UTC is older than 25 hours" in told.message


def test_handing_an_old_scan_in_again_makes_it_no_newer_and_one_from_the_future_is_none() -> None:
    future = a_report(scanned_at=MORNING + timedelta(days=9), submitted_at=MORNING - timedelta(hours=2))

    assert future.dated == MORNING - timedelta(hours=2)
    assert not verdict(scanned(newest=(future,)), max_age_hours=1).passed


def test_what_is_denied_by_name_never_passes() -> None:
    told = verdict(scanned(ZLIB), **ANY, denied_ids=["cve-2024-0002"])

    assert (told.passed, told.message) == (False, "CVE-2024-0002 in zlib is on the deny list")
    assert verdict(scanned(OPENSSL), **ANY, denied_ids=["CVE-2024-0002"]).passed


def test_what_is_known_to_be_exploited_never_passes_and_without_a_catalogue_nothing_does() -> None:
    told = verdict(scanned(OPENSSL, ZLIB, known=CATALOGUE), **ANY, known_exploited=True)

    assert (told.passed, told.message) == (False, "CVE-2024-0001 in openssl is known to be exploited")
    assert verdict(scanned(ZLIB, known=CATALOGUE), **ANY, known_exploited=True).passed
    assert "import CISA's catalogue" in verdict(scanned(), **ANY, known_exploited=True).message
    waived = scanned(OPENSSL, known=CATALOGUE, holding=(a_waiver(),))
    assert verdict(waived, **ANY, known_exploited=True).passed


def _against(*there: Finding, reports: tuple[ScanReport, ...] | None = None) -> FakeScanned:
    release = Release(nth_id(50), "shop-1.3.0", "shop", "1.3.0", MORNING)
    newest = (a_report(*there),) if reports is None else reports
    return scanned(OPENSSL, ZLIB, runs=Running(release, newest, there))


def test_nothing_may_be_worse_than_what_runs_now() -> None:
    older = OPENSSL._replace(version="2.9.9", severity=Severity.LOW)

    told = verdict(_against(older), **ANY, no_worse_than_target=True)

    assert not told.passed
    assert told.message == "1 finding is new against shop-1.3.0, which runs in Production: CVE-2024-0002 in zlib"
    assert [each["id"] for each in told.details["new"]] == ["CVE-2024-0002"]
    assert verdict(_against(older), **ANY, no_worse_than_target="high").passed
    assert verdict(_against(older, ZLIB), **ANY, no_worse_than_target=True).passed
    assert verdict(scanned(OPENSSL), **ANY, no_worse_than_target=True).passed, "nothing runs there yet"


@pytest.mark.parametrize("reports", [(), (a_scan(critical=1),)])
def test_where_there_is_nothing_to_compare_with_it_blocks(reports: tuple[ScanReport, ...]) -> None:
    told = verdict(_against(reports=reports), **ANY, no_worse_than_target=True)

    assert "shop-1.3.0 runs in Production and has no findings to compare with" in told.message


@pytest.mark.parametrize(
    "settings", [{"denied_ids": ["CVE-1"]}, {"known_exploited": True}, {"no_worse_than_target": "low"}]
)
def test_counts_alone_cannot_be_asked_for_names(settings: dict[str, Any]) -> None:
    bare = FakeScanned((a_scan(medium=1),), known=CATALOGUE)

    assert "has counts and names no findings" in verdict(bare, **ANY, **settings).message
    assert verdict(FakeScanned((a_scan(),), known=CATALOGUE), **ANY, **settings).passed, (
        "nothing found, nothing to name"
    )


def test_inputs_stay_small_however_much_was_found() -> None:
    many = [Finding(f"CVE-2024-{number}", Severity.LOW, "é" * 400, "1" * 400, "2") for number in range(5000)]
    waivers = tuple(
        a_waiver(id=nth_id(n), vulnerability=each.id, reason="é" * 900) for n, each in enumerate(many[:999])
    )
    stated = a_document(saying("fixed", "CVE-2024-4999", impact_statement="é" * 9000))
    found = scanned(*many, holding=waivers, vex=(stated,), known=CATALOGUE, runs=_against().runs)
    settings = SecuritySettings(denied_ids=["CVE-2024-4000"], known_exploited=True, no_worse_than_target=True)

    inputs, digest = sound_inputs(SecurityGate().inputs(a_context(found=found), settings))

    assert len(str(inputs).encode()) < INPUTS_LIMIT
    assert inputs["takenOut"]["waived"]["count"] == 999
    assert len(inputs["takenOut"]["waived"]["findings"]) == 20
    other = scanned(*many, holding=waivers[:-1], vex=(stated,), known=CATALOGUE, runs=_against().runs)
    assert sound_inputs(SecurityGate().inputs(a_context(found=other), settings))[1] != digest


def test_time_alone_changes_the_verdict_when_a_scan_gets_old_or_a_waiver_ends() -> None:
    gate, context = SecurityGate(), a_context(found=scanned(OPENSSL, holding=(a_waiver(),)))
    hour = timedelta(hours=1)

    assert gate.changes_after(context, SecuritySettings()) == MORNING + hour
    assert gate.changes_after(replace(context, at=MORNING + hour), SecuritySettings()) is None
    assert (
        gate.changes_after(replace(context, at=MORNING + hour), SecuritySettings(max_age_hours=9)) == MORNING + 9 * hour
    )


@pytest.mark.parametrize("name", [RELEASE.name])
def test_without_a_report_it_says_for_which_release(name: str) -> None:
    assert verdict(FakeScanned()).message == f"No scan report for {name}; submit one for this release"


def test_what_runs_in_the_target_matters_only_where_the_release_is_measured_by_it() -> None:
    assert SecurityGate().follows("shop", SecuritySettings(no_worse_than_target="high"))
    assert not SecurityGate().follows("shop", SecuritySettings())


def beyond(last: str) -> list[Finding]:
    """One finding more than is written out; `last` is the one that is not."""
    named = [f"CVE-2024-1{number:03}" for number in range(ROWS)] + [last]
    return [OPENSSL._replace(id=name) for name in named]


def test_another_finding_in_the_place_of_one_that_is_not_written_out_is_another_result() -> None:
    shown, swapped = (verdict(scanned(*beyond(last))) for last in ("CVE-2024-8000", "CVE-2024-9000"))

    assert shown.message == swapped.message
    assert shown.details["exceeding"] == swapped.details["exceeding"], "what people are shown is the same"
    assert shown.details["exceedingDigest"] != swapped.details["exceedingDigest"]
    assert "exceedingDigest" not in verdict(scanned(*beyond("CVE-2024-8000")[:ROWS])).details


def test_a_long_list_of_waived_findings_is_bound_by_what_lasts() -> None:
    covered = [OPENSSL._replace(package=f"openssl-{number}") for number in range(ROWS + 1)]
    first, again, other = (
        verdict(scanned(*covered, holding=(a_waiver(**changes),))).details
        for changes in ({}, {"id": nth_id(77)}, {"reason": "Because"})
    )

    assert len(first["waived"]) == ROWS
    assert first["waivedDigest"] == again["waivedDigest"], "the same waiver under another id"
    assert first["waivedDigest"] != other["waivedDigest"]
