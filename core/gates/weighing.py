"""Which findings of a release count: all but those that a VEX statement or a waiver takes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from core.domain.findings import Finding
from core.domain.release import Release
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.gates.gate import GateContext
from core.gates.vex.matching import Said, by_vulnerability, holding


@dataclass(frozen=True, slots=True)
class Weighed:
    """The findings of a release, sorted: each is in `counted`, in `stated` or in `waived`.

    `not_theirs` are findings that count although there is a waiver: whoever asks for the promotion made it.
    """

    counted: tuple[Finding, ...]
    stated: tuple[tuple[Finding, Said], ...] = ()
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    not_theirs: tuple[tuple[Finding, Waiver], ...] = ()


def weighed_findings(context: GateContext) -> Weighed:
    """The release's findings, sorted by what holds for them at `context.at`, which may lie ahead."""
    scanned = context.known.scanned()
    waivers = (waiver for waiver in scanned.waivers() if waiver.holds_at(context.at))
    return weigh(scanned.findings(), context.release, scanned.vex_documents(), waivers, scanned.requested_by())


def weigh(
    findings: Iterable[Finding],
    release: Release,
    documents: Iterable[VexDocument] = (),
    waivers: Iterable[Waiver] = (),
    requester: UUID | None = None,
) -> Weighed:
    """Sort findings by what holds for them. VEX goes first: what does not affect a release needs no waiver."""
    statements = by_vulnerability(documents)
    by_id: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        by_id[waiver.vulnerability.casefold()].append(waiver)
    counted, stated, waived, not_theirs = [], [], [], []
    for finding in findings:
        said = holding(statements, finding, release) if statements else None
        if said and said.statement.status.takes_out:
            stated.append((finding, said))
            continue
        covering = [each for each in by_id.get(finding.id.casefold(), ()) if each.covers(finding)]
        by_others = [each for each in covering if requester is None or each.created_by.id != requester]
        if by_others:
            waived.append((finding, max(by_others, key=lambda each: (each.ends_at, each.id))))
            continue
        counted.append(finding)
        not_theirs += [(finding, each) for each in covering[:1]]
    return Weighed(tuple(counted), tuple(stated), tuple(waived), tuple(not_theirs))
