"""Small reports, one of each format, about the same two findings."""

from __future__ import annotations

import json
from typing import Any

OPENSSL = "pkg:deb/debian/openssl@3.0.1?arch=amd64"

TRIVY: dict[str, Any] = {
    "SchemaVersion": 2,
    "CreatedAt": "2026-01-09T08:00:00.123456789+01:00",
    "ArtifactName": "shop:1.4.0",
    "Results": [
        {
            "Target": "shop:1.4.0 (debian 12)",
            "Class": "os-pkgs",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2024-0001",
                    "PkgName": "openssl",
                    "PkgIdentifier": {"PURL": OPENSSL},
                    "InstalledVersion": "3.0.1",
                    "FixedVersion": "3.0.2",
                    "SeveritySource": "nvd",
                    "Severity": "CRITICAL",
                },
                {"VulnerabilityID": "CVE-2024-0002", "PkgName": "zlib", "InstalledVersion": "1.2", "Severity": "LOW"},
            ],
        },
        {"Target": "app/requirements.txt", "Class": "lang-pkgs", "Vulnerabilities": None},
    ],
}

GRYPE: dict[str, Any] = {
    "matches": [
        {
            "vulnerability": {
                "id": "CVE-2024-0001",
                "severity": "Critical",
                "namespace": "debian:distro:debian:12",
                "fix": {"versions": ["3.0.2", "3.1.0"], "state": "fixed"},
            },
            "relatedVulnerabilities": [{"id": "CVE-2024-0001", "severity": "Low"}],
            "artifact": {"name": "openssl", "version": "3.0.1", "purl": OPENSSL, "locations": [{"path": "/lib/dpkg"}]},
        },
        {
            "vulnerability": {"id": "CVE-2024-0002", "severity": "Negligible", "fix": {"versions": []}},
            "artifact": {"name": "zlib", "version": "1.2", "locations": None},
        },
    ],
    "descriptor": {"name": "grype", "timestamp": "2026-01-09T07:00:00.1Z"},
}

SARIF: dict[str, Any] = {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "Grype",
                    "rules": [
                        {"id": "CVE-2024-0001-openssl", "properties": {"security-severity": "9.8"}},
                        {"id": "CVE-2024-0002-zlib", "defaultConfiguration": {"level": "note"}},
                    ],
                }
            },
            "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-01-09T07:00:00Z"}],
            "results": [
                {
                    "ruleId": "CVE-2024-0001-openssl",
                    "message": {"text": "A critical vulnerability in deb package: openssl, version 3.0.1 was found"},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "lib/dpkg/status"}}}],
                },
                {
                    "ruleIndex": 1,
                    "message": {"text": "Package: zlib\nInstalled Version: 1.2\nSeverity: LOW\nFixed Version: "},
                },
                {"ruleId": "CVE-2024-0003", "kind": "pass", "message": {"text": "Nothing to see"}},
            ],
        }
    ],
}

CYCLONEDX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {
        "timestamp": "2026-01-09T07:00:00Z",
        "tools": {"components": [{"type": "application", "name": "trivy"}]},
        "component": {"bom-ref": "root", "name": "shop"},
    },
    "components": [
        {
            "bom-ref": "os",
            "name": "debian",
            "components": [{"bom-ref": "1", "name": "openssl", "version": "3.0.1", "purl": OPENSSL}],
        }
    ],
    "vulnerabilities": [
        {
            "id": "CVE-2024-0001",
            "source": {"name": "debian"},
            "ratings": [
                {"source": {"name": "nvd"}, "severity": "low"},
                {"source": {"name": "Debian"}, "score": 9.1, "method": "CVSSv31"},
            ],
            "recommendation": "Upgrade openssl to version 3.0.2",
            "affects": [{"ref": "1"}],
        },
        {
            "id": "CVE-2024-0002",
            "source": {"name": "osv"},
            "ratings": [{"source": {"name": "nvd"}, "severity": "info"}, {"severity": "low"}],
            "affects": [{"ref": "urn:cdx:0b1d/1#pkg:deb/debian/zlib@1.2"}],
        },
    ],
}

COUNTS: dict[str, Any] = {"scanner": "clair", "criticalCount": 1, "highCount": 0, "lowCount": 1}


def written(document: Any) -> bytes:
    """The document as a file."""
    return json.dumps(document).encode()
