"""Registering releases and what scanners say about them: the build pipeline's work."""

from __future__ import annotations

from core.app.announcing import announce_registered
from core.app.authorise import require_right
from core.app.drafts import ReleaseDraft, ScanDraft
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.domain.events import Action
from core.domain.people import Actor, Right
from core.domain.release import Release, ScanReport


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
            store.releases.add(release)
            journal.note(Action.RELEASE_REGISTERED, release.id, name=release.name)
            announce_registered(journal, release)
            return release

        registered = await self._ports.transactions.write(body)
        self._ports.wake()
        return registered

    async def submit_scan(self, actor: Actor, draft: ScanDraft) -> ScanReport:
        """Store a scan report. Raises ForbiddenError, InvalidError, NotFoundError."""

        def body(store: Store) -> ScanReport:
            require_right(store, actor, Right.PUBLISHER)
            journal = Journal(store, actor, self._ports.clock())
            release = found(store.releases.get(draft.release_id), "release", draft.release_id)
            report = ScanReport(
                id=self._ports.new_id(),
                release_id=release.id,
                scanner=draft.scanner,
                submitted_at=journal.now,
                critical=draft.critical,
                high=draft.high,
                medium=draft.medium,
                low=draft.low,
                unknown=draft.unknown,
            )
            store.releases.add_scan(report)
            counts = {"criticalCount": report.critical, "highCount": report.high, "mediumCount": report.medium}
            journal.note(Action.SCAN_REPORT_SUBMITTED, release.id, scanner=report.scanner, **counts)
            journal.look_again(store.promotions.open_ids(release_id=release.id))
            return report

        report = await self._ports.transactions.write(body)
        self._ports.wake()
        return report
