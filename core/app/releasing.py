"""Registering releases and how many findings they have: the build pipeline's work."""

from __future__ import annotations

from core.app.announcing import announce_registered
from core.app.authorise import require_right
from core.app.drafts import ReleaseDraft, ScanDraft
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.app.scanning import record_report
from core.domain.events import Action
from core.domain.findings import SEVERITIES
from core.domain.people import Actor, Right
from core.domain.release import COUNTS_ONLY, Release, ScanReport
from core.domain.text import require_one_alphabet
from core.gates.reports.report import ReadReport


class Releasing:
    """Stores releases and scan reports; a new report has the gates of open promotions look again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def register(self, actor: Actor, draft: ReleaseDraft) -> Release:
        """Store a new release. Raises ForbiddenError, InvalidError, NameTakenError."""

        def body(store: Store) -> Release:
            require_right(store, actor, Right.PUBLISHER)
            journal = Journal(store, actor, self._ports.clock())
            release = Release(
                id=self._ports.new_id(),
                name=draft.name or f"{draft.component.strip()}-{draft.version.strip()}",
                component=draft.component,
                version=draft.version,
                created_at=journal.now,
                artifacts=draft.artifacts,
                authors=draft.authors,
                source_ref=draft.source_ref,
                changes_url=draft.changes_url,
            )
            for field in ("name", "component", "version"):
                require_one_alphabet(getattr(release, field), field)
            store.releases.add(release)
            journal.note(Action.RELEASE_REGISTERED, release.id, name=release.name)
            announce_registered(journal, release)
            return release

        registered = await self._ports.transactions.write(body)
        self._ports.wake()
        return registered

    async def submit_scan(self, actor: Actor, draft: ScanDraft) -> ScanReport:
        """Store a scan report that is counts alone. Raises ForbiddenError, InvalidError, NotFoundError."""

        def body(store: Store) -> ScanReport:
            require_right(store, actor, Right.PUBLISHER)
            journal = Journal(store, actor, self._ports.clock())
            release = found(store.releases.get(draft.release_id), "release", draft.release_id)
            counts = {severity: getattr(draft, severity.value) for severity in SEVERITIES}
            return record_report(self._ports, journal, release, ReadReport(COUNTS_ONLY, draft.scanner, counts=counts))

        report = await self._ports.transactions.write(body)
        self._ports.wake()
        return report
