"""What a scanner and a security team could have written about the releases of the demo."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
    """One finding."""

    id: str
    severity: str
    package: str
    version: str
    fixed: str = ""


WAIVED_ID = "CVE-2024-3094"
BLOCKING = (
    Row("CVE-2021-44228", "CRITICAL", "log4j-core", "2.14.1", "2.15.0"),
    Row("CVE-2022-22965", "CRITICAL", "spring-beans", "5.3.17", "5.3.18"),
    Row("CVE-2023-38545", "CRITICAL", "libcurl4", "7.88.1-10", "7.88.1-10+deb12u4"),
    Row("CVE-2022-42889", "HIGH", "commons-text", "1.9", "1.10.0"),
    Row("CVE-2023-0286", "HIGH", "openssl", "3.0.7-1", "3.0.8-1"),
    Row("CVE-2023-4911", "HIGH", "libc6", "2.36-9", "2.36-9+deb12u3"),
    Row("CVE-2022-37434", "MEDIUM", "zlib1g", "1:1.2.11", ""),
    Row("CVE-2023-5363", "LOW", "openssl", "3.0.7-1", "3.0.11-1"),
)
EXCUSED = (
    Row(WAIVED_ID, "CRITICAL", "xz-utils", "5.6.0-0.2", "5.6.1+really5.4.5-1"),
    Row("CVE-2023-0286", "HIGH", "openssl", "3.0.7-1", "3.0.8-1"),
    Row("CVE-2022-37434", "MEDIUM", "zlib1g", "1:1.2.11", ""),
)


def trivy_report(image: str, rows: Iterable[Row]) -> bytes:
    """The rows as Trivy would write them."""
    found = [
        {
            "VulnerabilityID": row.id,
            "PkgName": row.package,
            "PkgIdentifier": {"PURL": f"pkg:deb/debian/{row.package}@{row.version}"},
            "InstalledVersion": row.version,
            "FixedVersion": row.fixed,
            "SeveritySource": "nvd",
            "Severity": row.severity,
        }
        for row in rows
    ]
    result = {"Target": f"{image} (debian 12)", "Class": "os-pkgs", "Vulnerabilities": found}
    return json.dumps({"SchemaVersion": 2, "ArtifactName": image, "Results": [result]}).encode()


def vex_document() -> bytes:
    """What the security team says of one finding, as OpenVEX."""
    statement = {
        "vulnerability": {"name": "CVE-2023-0286"},
        "products": [{"@id": "pkg:deb/debian/openssl@3.0.7-1"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "Certificates are checked before the request reaches this service",
    }
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://vex.example.com/payments-3.1.0",
        "author": "Example Security Team",
        "timestamp": "2026-01-09T08:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    return json.dumps(document).encode()
