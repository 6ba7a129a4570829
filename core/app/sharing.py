"""Having a decision's evidence posted in the forms that other tools read."""

from __future__ import annotations

from uuid import UUID

from core.app.authorise import require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.domain.people import Actor, Right
from core.domain.promotion import Promotion
from core.errors import NotFoundError
from core.evidence.exports import Export, all_exports


class Sharing:
    """Asks for it; the outbox brings the files to the thread of the signed summary, each once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def share(self, actor: Actor, promotion_id: UUID) -> Promotion:
        """Have every form posted but the packet, which is there. Raises NotFoundError where there is none."""

        def body(store: Store) -> Promotion:
            require_right(store, actor, Right.READER)
            promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
            if not exports_to_share(store, promotion_id):
                raise NotFoundError(
                    "This decision was made before it was signed for other tools",
                    hint="The packet in the thread stands by itself.",
                )
            Journal(store, actor, self._ports.clock()).tell(promotion_id, Errand.EXPORTS)
            return promotion

        promotion = await self._ports.transactions.write(body)
        self._ports.wake()
        return promotion


def exports_to_share(store: Store, promotion_id: UUID) -> tuple[Export, ...]:
    """Every form of a decision's evidence but the packet itself; none while it is undecided."""
    packet = store.evidence.of(promotion_id)
    if packet is None:
        return ()
    return all_exports(packet, store.evidence.attestations(packet.id), store.evidence.timestamp(packet.id))[1:]
