"""Scan reports of every format: what is in them, and what is refused."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.domain.findings import MAX_FINDINGS, Severity
from core.errors import InvalidError
from core.gates.documents import BRACKETS_LIMIT
from core.gates.reports.reading import read_report
from tests.core.gates.reports.samples import COUNTS, CYCLONEDX, GRYPE, OPENSSL, SARIF, TRIVY, written

SHARED = {
    "trivy-alpine-39.json": ("trivy", {"critical": 2, "medium": 4}),
    "trivy-pnpm.json": ("trivy", {"critical": 1, "medium": 1}),
    "trivy-debian-stretch.json": ("trivy", {"medium": 4, "low": 1}),
    "trivy-alpine-310.sarif": ("sarif", {"medium": 4}),
    "trivy-fluentd-multiple-lockfiles-short.cdx.json": ("cyclonedx", {"critical": 1, "high": 1, "low": 1}),
    "trivy-gomod.json": ("trivy", {"medium": 1, "unknown": 2}),
    "grype-keycloak-test.json": ("grype", {"low": 6}),
}
"""What real files hold, by the README beside them."""


@pytest.mark.parametrize("name", SHARED)
def test_real_reports_have_the_findings_that_their_readme_says(shared_data: Path, name: str) -> None:
    report = read_report((shared_data / "scans" / name).read_bytes())

    assert (report.format, {str(severity): n for severity, n in report.counts.items() if n}) == SHARED[name]
    assert Counter(finding.severity for finding in report.findings) == Counter(
        {severity: count for severity, count in report.counts.items() if count}
    )


def test_every_real_report_is_tried(shared_data: Path) -> None:
    files = {each.name for each in (shared_data / "scans").iterdir()}

    assert files == {*SHARED, "LICENSE", "openvex-trivy-fixture.json"}


@pytest.mark.parametrize(
    ("document", "scanner"), [(TRIVY, "trivy"), (GRYPE, "grype"), (SARIF, "grype"), (CYCLONEDX, "trivy")]
)
def test_every_format_gives_the_same_two_findings(document: dict[str, Any], scanner: str) -> None:
    report = read_report(written(document))

    openssl, zlib = report.findings
    assert openssl[:4] == ("CVE-2024-0001", Severity.CRITICAL, "openssl", "3.0.1")
    assert (zlib.id, zlib.severity, zlib.package.rpartition("/")[2], zlib.version) == (
        "CVE-2024-0002",
        Severity.LOW,
        "zlib",
        "1.2",
    )
    assert report.scanner == scanner
    assert report.scanned_at is not None
    assert report.scanned_at.isoformat()[:16] == "2026-01-09T07:00"
    assert {severity: count for severity, count in report.counts.items() if count} == {"critical": 1, "low": 1}


def test_what_only_some_formats_say_is_kept_where_they_do() -> None:
    trivy, grype, sarif, cyclonedx = (
        read_report(written(document)).findings[0] for document in (TRIVY, GRYPE, SARIF, CYCLONEDX)
    )

    assert (trivy.fixed_version, grype.fixed_version, cyclonedx.fixed_version) == ("3.0.2", "3.0.2, 3.1.0", "3.0.2")
    assert (trivy.source, grype.source, cyclonedx.source) == ("nvd", "debian:distro:debian:12", "Debian")
    assert trivy.purl == grype.purl == cyclonedx.purl == OPENSSL
    assert (trivy.targets, sarif.targets) == (("shop:1.4.0 (debian 12)",), ("lib/dpkg/status",))


def test_counts_are_taken_as_they_are() -> None:
    report = read_report(written(COUNTS))

    assert (report.format, report.scanner, report.findings, report.scanned_at) == ("counts", "clair", (), None)
    assert [report.counts[severity] for severity in Severity] == [1, 0, 0, 1, 0]


def test_a_finding_counts_once_however_many_targets_show_it() -> None:
    document = copy.deepcopy(TRIVY)
    again = copy.deepcopy(document["Results"][0])
    again["Target"] = "layer 7"
    document["Results"].append(again)

    report = read_report(written(document))

    assert len(report.findings) == 2
    assert report.findings[0].targets == ("shop:1.4.0 (debian 12)", "layer 7")


def _rated(*ratings: dict[str, Any]) -> Severity:
    document = copy.deepcopy(CYCLONEDX)
    document["vulnerabilities"] = [{"id": "CVE-1", "source": {"name": "ghsa"}, "ratings": list(ratings)}]
    return read_report(written(document)).findings[0].severity


def test_of_several_ratings_the_own_sources_holds_else_the_highest() -> None:
    nvd, red_hat = {"source": {"name": "nvd"}, "severity": "critical"}, {"severity": "medium"}

    assert _rated(nvd, red_hat) is Severity.CRITICAL
    assert _rated(nvd, red_hat, {"source": {"name": "ghsa"}, "severity": "low"}) is Severity.LOW
    assert _rated() is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({"level": "error"}, Severity.HIGH),
        ({}, Severity.MEDIUM),
        ({"level": "none"}, Severity.UNKNOWN),
        ({"ruleId": "scored-7"}, Severity.HIGH),
        ({"ruleId": "scored-0"}, Severity.UNKNOWN),
        ({"ruleId": "scored-nan"}, Severity.UNKNOWN),
        ({"ruleId": "scored-badly"}, Severity.MEDIUM),
    ],
)
def test_sarif_without_a_score_goes_by_the_level(change: dict[str, Any], severity: Severity) -> None:
    document = copy.deepcopy(SARIF)
    run = document["runs"][0]
    scores = {"scored-7": 7, "scored-0": "0.0", "scored-nan": "nan", "scored-badly": "bad"}
    run["tool"]["driver"]["rules"] = [{"id": id, "properties": {"security-severity": s}} for id, s in scores.items()]
    run["results"] = [{"ruleId": "my-rule", "message": {"text": "x"}, **change}]

    assert read_report(written(document)).findings[0].severity is severity


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "empty"),
        (b"[]", "must be a JSON object"),
        (b"{}", "no scan report"),
        (b'{"SchemaVersion":2,"Results":[{"Targ', "not JSON"),
        (b'{"SchemaVersion":2,"Results":[],"Results":[]}', "Results is there twice"),
        (b'{"SchemaVersion":2,"Results":NaN}', "not a JSON number"),
        (b'{"SchemaVersion":2,"Results":' + b"[" * 100 + b"]" * 100 + b"}", "nested deeper"),
        (b'{"x":[' + b"[]," * BRACKETS_LIMIT + b"1]}", "more parts"),
        (b'{"SchemaVersion":2,"ArtifactName":"x","matches":[],"source":{}}', "could be Trivy or Grype"),
        (b'{"SchemaVersion":1,"Results":[]}', "Trivy: SchemaVersion must be 2"),
        (b'{"version":"2.0.0","runs":[]}', "SARIF: version must be '2.1.0'"),
        (b'{"bomFormat":"CycloneDX","specVersion":"1.3","vulnerabilities":[]}', "CycloneDX: specVersion must be"),
        (b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}', "no vulnerabilities"),
        (b'{"matches":[{"vulnerability":{"id":""},"artifact":{"name":"x"}}],"source":{}}', "must not be empty"),
        (b'{"scanner":"x","criticalCount":1000000000,"highCount":0}', "criticalCount"),
        (b'{"scanner":"x","criticalCount":0}', "highCount is missing"),
        (b'{"@context":"https://openvex.dev/ns","statements":[]}', "submit it as VEX"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(source: bytes, words: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_report(source)

    assert words in caught.value.message


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"PkgName": ["openssl"]}, "Results[0].Vulnerabilities[0].PkgName"),
        ({"VulnerabilityID": "CVE-\u0000"}, "Results[0].Vulnerabilities[0].VulnerabilityID"),
        ({"VulnerabilityID": "CVE-\u202e1"}, "Results[0].Vulnerabilities[0].VulnerabilityID"),
        ({"InstalledVersion": "1" * 501}, "Results[0].Vulnerabilities[0].InstalledVersion"),
        ({"PkgIdentifier": 7}, "Results[0].Vulnerabilities[0].PkgIdentifier"),
    ],
)
def test_a_fault_is_named_by_its_place(fault: dict[str, Any], field: str) -> None:
    document = copy.deepcopy(TRIVY)
    document["Results"][0]["Vulnerabilities"][0] |= fault

    with pytest.raises(InvalidError) as caught:
        read_report(written(document))

    assert caught.value.field == field


def test_formulas_and_markup_are_texts_like_others() -> None:
    document = copy.deepcopy(TRIVY)
    document["Results"][0]["Vulnerabilities"][0] |= {"VulnerabilityID": "<!channel>", "PkgName": "=cmd|'/c calc'!A1"}

    finding = read_report(written(document)).findings[0]

    assert (finding.id, finding.package) == ("<!channel>", "=cmd|'/c calc'!A1")


def test_a_report_has_an_end() -> None:
    rows = [{"VulnerabilityID": f"CVE-{number}", "PkgName": "x"} for number in range(MAX_FINDINGS + 1)]
    document = {"SchemaVersion": 2, "Results": [{"Target": "x", "Vulnerabilities": rows}]}

    with pytest.raises(InvalidError, match="at most 50000 are taken"):
        read_report(written(document))
