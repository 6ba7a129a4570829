"""Handing in what scanners and VEX authors write, and importing what is known to be exploited.

A document is read before the transaction, aside from whatever else goes on, and only for somebody who may hand it in.
It is stored with all that it says or not at all. Open promotions that depend on it have their gates looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from core.app.authorise import require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.domain.environment import Environment
from core.domain.events import Action
from core.domain.findings import SEVERITIES
from core.domain.known_exploited import KnownExploited
from core.domain.people import Actor, Right
from core.domain.release import Release, ScanReport
from core.domain.vex import VexDocument
from core.gates.documents import digest_of
from core.gates.kev import read_catalogue
from core.gates.reports.reading import read_report
from core.gates.reports.report import ReadReport
from core.gates.security import SecurityGate
from core.gates.vex.reading import read_vex

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SubmitReport:
    """A scanner's own file for a release. `scanner` names who looked, where the file's own word will not do."""

    release_id: UUID
    source: bytes
    scanner: str = ""


class Scanning:
    """Takes documents. Each method raises ForbiddenError, InvalidError and, where there is a release, NotFoundError."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def submit_report(self, actor: Actor, command: SubmitReport) -> ScanReport:
        """Store a scan report with its findings in place of the scanner's earlier one."""
        await self._allowed(actor, Right.PUBLISHER, command.release_id)
        read = await self._ports.aside(lambda: read_report(command.source))
        if command.scanner:
            read = replace(read, scanner=command.scanner)
        digest = await self._ports.aside(lambda: digest_of(command.source))

        def body(journal: Journal) -> ScanReport:
            release = found(journal.store.releases.get(command.release_id), "release", command.release_id)
            return record_report(self._ports, journal, release, read, digest)

        return await self._write(actor, Right.PUBLISHER, body)

    async def submit_vex(self, actor: Actor, release_id: UUID, source: bytes) -> VexDocument:
        """Store a VEX document of a release beside its earlier ones."""
        await self._allowed(actor, Right.PUBLISHER, release_id)
        received_at = self._ports.clock()
        read = await self._ports.aside(lambda: read_vex(source, received_at))

        def body(journal: Journal) -> VexDocument:
            release = found(journal.store.releases.get(release_id), "release", release_id)
            document = VexDocument(
                id=self._ports.new_id(),
                release_id=release.id,
                format=read.format,
                author=read.author,
                digest=digest_of(source),
                submitted_at=journal.now,
                submitted_by=actor.ref.name,
                statements=read.statements,
            )
            journal.store.vex.add(document)
            told = {"author": document.author, "digest": document.digest, "statements": len(document.statements)}
            journal.note(Action.VEX_SUBMITTED, release.id, **told)
            journal.look_again(journal.store.promotions.open_ids(release_id=release.id))
            return document

        return await self._write(actor, Right.PUBLISHER, body)

    async def import_known_exploited(self, actor: Actor, source: bytes) -> KnownExploited:
        """Store CISA's catalogue in place of the one before."""
        await self._allowed(actor, Right.ADMIN)
        read = await self._ports.aside(lambda: read_catalogue(source))

        def body(journal: Journal) -> KnownExploited:
            catalogue = KnownExploited(
                id=self._ports.new_id(),
                version=read.version,
                released_at=read.released_at,
                digest=digest_of(source),
                imported_at=journal.now,
                imported_by=actor.ref.name,
                ids=read.ids,
                count=len(read.ids),
            )
            journal.store.known_exploited.put(catalogue)
            told = {"version": catalogue.version, "digest": catalogue.digest, "count": catalogue.count}
            journal.note(Action.KNOWN_EXPLOITED_IMPORTED, catalogue.id, **told)
            for environment in _that_ask(journal.store.environments.all(), "knownExploited"):
                journal.look_again(journal.store.promotions.open_ids(environment_id=environment.id))
            return catalogue

        return await self._write(actor, Right.ADMIN, body)

    async def _allowed(self, actor: Actor, right: Right, release_id: UUID | None = None) -> None:
        """Refuse before anything is read what would be refused after it."""

        def body(store: Store) -> None:
            require_right(store, actor, right)
            if release_id:
                found(store.releases.get(release_id), "release", release_id)

        await self._ports.transactions.read(body)

    async def _write(self, actor: Actor, right: Right, body: Callable[[Journal], T]) -> T:
        def transaction(store: Store) -> T:
            require_right(store, actor, right)
            return body(Journal(store, actor, self._ports.clock()))

        outcome = await self._ports.transactions.write(transaction)
        self._ports.wake()
        return outcome


def record_report(ports: Ports, journal: Journal, release: Release, read: ReadReport, digest: str = "") -> ScanReport:
    """Store a report that was read, and have the gates of all promotions that depend on it look again."""
    store = journal.store
    report = ScanReport(
        id=ports.new_id(),
        release_id=release.id,
        scanner=read.scanner,
        submitted_at=journal.now,
        **{severity.value: read.counts[severity] for severity in SEVERITIES},
        format=read.format,
        digest=digest,
        scanned_at=read.scanned_at,
    )
    store.scans.add(report, read.findings)
    counts = {f"{severity}Count": count for severity, count in report.counts.items()}
    origin = {"scanner": report.scanner, "format": report.format, "digest": report.digest}
    journal.note(Action.SCAN_REPORT_SUBMITTED, release.id, reportId=str(report.id), **origin, **counts)
    journal.look_again(store.promotions.open_ids(release_id=release.id))
    journal.look_again(_compared_with(store, release))
    return report


def _compared_with(store: Store, release: Release) -> Iterable[UUID]:
    """Open promotions that are measured by this release, because it runs where they want to go."""
    for environment in _that_ask(store.environments.all(), "noWorseThanTarget"):
        current = store.releases.current(environment.id, release.component)
        if current and current.release_id == release.id:
            promotions = store.promotions.open_of_component(release.component, environment.id)
            yield from (each.id for each in promotions if each.release_id != release.id)


def _that_ask(environments: Iterable[Environment], setting: str) -> Iterable[Environment]:
    """The environments whose security gate has a setting on."""
    return (each for each in environments if each.gates.get(SecurityGate.name, {}).get(setting))
