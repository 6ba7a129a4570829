"""VEX documents, and the catalogue of known exploited vulnerabilities."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from bot.api.schemas.base import Shown, example
from core.domain.known_exploited import KnownExploited
from core.domain.vex import VexDocument, VexStatement, VexStatus

_DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_FILE: dict[str, Any] = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/vex/2026-01",
    "author": "Example Security",
    "timestamp": "2026-01-09T08:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2022-23628"},
            "products": [{"@id": "pkg:golang/github.com/open-policy-agent/opa@v0.35.0"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
    ],
}
_STATEMENT = {
    "vulnerabilities": ["cve-2022-23628"],
    "status": "not_affected",
    "author": "Example Security",
    "statedAt": "2026-01-09T08:00:00Z",
    "products": ["pkg:golang/github.com/open-policy-agent/opa@v0.35.0"],
    "packages": [],
    "justification": "vulnerable_code_not_in_execute_path",
    "explanation": "",
}
_CATALOGUE: dict[str, Any] = {
    "catalogVersion": "2026.01.09",
    "dateReleased": "2026-01-09T16:00:00.0000Z",
    "count": 1,
    "vulnerabilities": [{"cveID": "CVE-2021-44228"}],
}


class VexFile(BaseModel):
    """An OpenVEX 0.2 document, or a CycloneDX 1.4 to 1.7 document whose vulnerabilities have an analysis."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_FILE]})


class VexStatementShown(Shown):
    """What is said of a vulnerability; of several statements about one finding the newest holds."""

    model_config = example("VexStatement", **_STATEMENT)

    vulnerabilities: list[str]
    status: VexStatus
    author: str
    stated_at: datetime
    products: list[str]
    packages: list[str]
    justification: str
    explanation: str


class VexShown(Shown):
    """A VEX document."""

    model_config = example(
        "VexDocument",
        id="8b1e7a52-6a43-4f0e-9e0e-2f7b8f1c3d11",
        releaseId="5a0c4d0e-51d2-4c6e-9a51-0f6f3f5b8a01",
        format="openvex",
        author="Example Security",
        digest=_DIGEST,
        submittedBy="ci",
        submittedAt="2026-01-10T13:05:00Z",
        statements=[_STATEMENT],
    )

    id: UUID
    release_id: UUID
    format: str
    author: str
    digest: str
    submitted_by: str
    submitted_at: datetime
    statements: list[VexStatementShown]


class CatalogueFile(BaseModel):
    """CISA's `known_exploited_vulnerabilities.json` as it is."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_CATALOGUE]})


class CatalogueShown(Shown):
    """The catalogue of known exploited vulnerabilities that is in use."""

    model_config = example(
        "KnownExploited",
        version="2026.01.09",
        count=1478,
        digest=_DIGEST,
        releasedAt="2026-01-09T16:00:00Z",
        importedAt="2026-01-10T06:00:00Z",
        importedBy="Root",
    )

    version: str
    count: int
    digest: str
    released_at: datetime | None
    imported_at: datetime
    imported_by: str


def vex_of(document: VexDocument) -> VexShown:
    return VexShown(
        id=document.id,
        release_id=document.release_id,
        format=document.format,
        author=document.author,
        digest=document.digest,
        submitted_by=document.submitted_by,
        submitted_at=document.submitted_at,
        statements=[_statement_of(statement) for statement in document.statements],
    )


def catalogue_of(catalogue: KnownExploited) -> CatalogueShown:
    return CatalogueShown(
        version=catalogue.version,
        count=catalogue.count,
        digest=catalogue.digest,
        released_at=catalogue.released_at,
        imported_at=catalogue.imported_at,
        imported_by=catalogue.imported_by,
    )


def _statement_of(statement: VexStatement) -> VexStatementShown:
    return VexStatementShown(
        vulnerabilities=list(statement.vulnerabilities),
        status=statement.status,
        author=statement.author,
        stated_at=statement.at,
        products=list(statement.products),
        packages=list(statement.packages),
        justification=statement.justification,
        explanation=statement.explanation,
    )
