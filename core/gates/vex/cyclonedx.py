"""VEX in CycloneDX 1.4 to 1.7: vulnerabilities with an `analysis`, alone or in a list of components.

CycloneDX has more states than VEX has statuses: a false positive is not affected, and what is resolved is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from core.domain.vex import VexStatement, VexStatus
from core.errors import InvalidError
from core.gates.cyclonedx import Affected, Bom, Component, package_at, packages_by_ref
from core.gates.documents import CamelPart, Many, Maybe, Named, moment_in, part_of

FORMAT = "cyclonedx"

_STATES = {
    "not_affected": VexStatus.NOT_AFFECTED,
    "false_positive": VexStatus.NOT_AFFECTED,
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "exploitable": VexStatus.AFFECTED,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
}


class _Analysis(CamelPart):
    state: Maybe = ""
    justification: Maybe = ""
    detail: Annotated[str, Field(max_length=10_000)] | None = None
    first_issued: Maybe = ""
    last_updated: Maybe = ""


class _Reference(CamelPart):
    id: Maybe = ""


class _Vulnerability(CamelPart):
    id: Named
    references: Many[_Reference]
    analysis: _Analysis | None = None
    affects: Many[Affected]


class _Party(CamelPart):
    name: Maybe = ""


class _Metadata(CamelPart):
    timestamp: Maybe = ""
    authors: Many[_Party]
    manufacturer: _Party | None = None
    supplier: _Party | None = None
    component: Component | None = None


class _Document(Bom):
    metadata: _Metadata | None = None
    components: Many[Component]
    vulnerabilities: Many[_Vulnerability]


def read(tree: dict[str, Any], received_at: datetime) -> tuple[str, tuple[VexStatement, ...]]:
    """Read a document: its author and its statements. `received_at` is the time of what gives none."""
    document = part_of(_Document, tree)
    if not any(each.analysis and each.analysis.state for each in document.vulnerabilities):
        message = "No vulnerability has an analysis.state, so the document states nothing"
        raise InvalidError(message, field="vulnerabilities.analysis.state")
    metadata = document.metadata or part_of(_Metadata, {})
    author = _author(metadata)
    return author, tuple(_statements(document, metadata, author, received_at))


def _author(metadata: _Metadata) -> str:
    parties = [*metadata.authors, metadata.supplier, metadata.manufacturer]
    named = next((party.name for party in parties if party and party.name), "")
    if not named:
        hint = "Say who states this in metadata.authors, metadata.supplier or metadata.manufacturer."
        raise InvalidError("The document does not say who states this", field="metadata.authors", hint=hint)
    return named


def _statements(document: _Document, metadata: _Metadata, author: str, received_at: datetime) -> Iterator[VexStatement]:
    known = packages_by_ref([*document.components, *([metadata.component] if metadata.component else [])])
    written_at = moment_in(metadata.timestamp, "metadata.timestamp") or received_at
    for number, each in enumerate(document.vulnerabilities):
        analysis = each.analysis
        if analysis is None or not analysis.state:
            continue
        place = f"vulnerabilities[{number}].analysis"
        if analysis.state not in _STATES:
            raise InvalidError(f"{place}.state must be one of {', '.join(_STATES)}", field=f"{place}.state")
        said_at = moment_in(analysis.last_updated or analysis.first_issued, f"{place}.lastUpdated")
        yield VexStatement(
            vulnerabilities=_names(each),
            status=_STATES[analysis.state],
            author=author,
            at=said_at or written_at,
            products=tuple(dict.fromkeys(_identity(affected, known) for affected in each.affects)),
            justification=analysis.justification or (analysis.state if analysis.state == "false_positive" else ""),
            explanation=(analysis.detail or "").strip(),
        )


def _names(each: _Vulnerability) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.casefold() for name in (each.id, *(r.id for r in each.references)) if name))


def _identity(affected: Affected, known: dict[str, Any]) -> str:
    package = package_at(affected.ref, known)
    return package.purl or package.name
