"""A decision's evidence for other tools, as files in the thread of the signed summary."""

from __future__ import annotations

from collections.abc import Mapping

from bot.workers.lane import Runner
from bot.workers.posting import Place, Poster
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports
from core.app.sharing import exports_to_share


class ExportDelivery:
    """Uploads what was asked for. It may run any number of times, at any time."""

    def __init__(self, poster: Poster, ports: Ports) -> None:
        self._poster = poster
        self._ports = ports

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.EXPORTS: self.share}

    async def share(self, entry: OutboxEntry) -> None:
        """Upload each form once; where no summary stands, there is no thread, and nobody who could have asked."""
        promotion_id = entry.subject_id
        summary = await self._poster.sent(f"summary:{promotion_id}")
        if summary is None or not summary.ts:
            return
        place = Place.of(summary).thread(summary.ts)
        for export in await self._ports.transactions.read(lambda store: exports_to_share(store, promotion_id)):
            form = export.name.partition(".")[2]
            await self._poster.upload_once(
                f"export:{promotion_id}:{form}", promotion_id, place, export.name, export.content
            )
