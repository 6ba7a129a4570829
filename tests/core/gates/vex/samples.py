"""Small VEX documents about the findings of the report samples."""

from __future__ import annotations

from typing import Any

from core.domain.vex import VexDocument
from core.gates.vex.reading import read_vex
from tests.core.gates.reports.samples import OPENSSL, written
from tests.core.gates.samples import RELEASE
from tests.support.clock import MORNING, nth_id

OPENVEX: dict[str, Any] = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/vex/1",
    "author": "Example Security",
    "timestamp": "2026-01-09T08:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2024-0001", "aliases": ["GHSA-aaaa-bbbb-cccc"]},
            "products": [{"@id": "shop", "identifiers": {"purl": OPENSSL}}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
            "impact_statement": "TLS ends before us",
        },
        {"vulnerability": "CVE-2024-0002", "status": "under_investigation", "timestamp": "2026-01-09T09:00:00Z"},
    ],
}

CYCLONEDX_VEX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "metadata": {"timestamp": "2026-01-09T08:00:00Z", "authors": [{"name": "Example Security"}]},
    "components": [{"bom-ref": "1", "name": "openssl", "version": "3.0.1", "purl": OPENSSL}],
    "vulnerabilities": [
        {
            "id": "CVE-2024-0001",
            "analysis": {
                "state": "not_affected",
                "justification": "code_not_reachable",
                "detail": "TLS ends before us",
            },
            "affects": [{"ref": "1"}],
        },
        {
            "id": "CVE-2024-0002",
            "analysis": {"state": "resolved"},
            "affects": [{"ref": "urn:cdx:0b1d/1#pkg:deb/debian/zlib@1.2"}],
        },
        {"id": "CVE-2024-0003", "analysis": {"state": "false_positive"}},
        {"id": "CVE-2024-0004", "analysis": {"state": "in_triage"}},
        {"id": "CVE-2024-0005"},
    ],
}


def a_document(content: dict[str, Any], number: int = 1) -> VexDocument:
    """A document as it is kept."""
    read = read_vex(written(content), MORNING)
    digest = f"sha256:{number:064}"
    return VexDocument(
        nth_id(700 + number), RELEASE.id, read.format, read.author, digest, MORNING, "ci", read.statements
    )


def saying(status: str, vulnerability: str = "CVE-2024-0001", **given: Any) -> dict[str, Any]:
    """An OpenVEX document with one statement."""
    statement = {"vulnerability": vulnerability, "status": status, "impact_statement": "So it is", **given}
    return OPENVEX | {"statements": [statement]}
