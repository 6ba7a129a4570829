"""Evidence for other tools is asked for by whoever may read, and only where there is some."""

from __future__ import annotations

import pytest

from core.app.outbox import Errand
from core.app.sharing import exports_to_share
from core.errors import NotFoundError
from tests.core.app.room import Room
from tests.support.clock import nth_id
from tests.support.memory import MemoryStore


async def test_it_is_an_errand_for_after_the_commit(room: Room) -> None:
    promotion = await room.approved()
    room.run_errands()
    woken = room.woken

    await room.countersign.sharing.share(room.actor("olga"), promotion.id)

    assert room.errands() == {(Errand.EXPORTS, promotion.id)}
    assert room.woken == woken + 1
    names = [each.name for each in exports_to_share(MemoryStore(room.memory.tables), promotion.id)]
    assert [name.partition(".")[2] for name in names] == ["dsse.json", "sigstore.json", "intoto-svr.json"]


async def test_what_is_undecided_unknown_or_from_before_has_nothing_to_share(room: Room) -> None:
    promotion = await room.awaiting()
    for id in (promotion.id, nth_id(99)):
        with pytest.raises(NotFoundError):
            await room.countersign.sharing.share(room.actor("alice"), id)
    await room.approve("bob", promotion.id)
    await room.approve("carol", promotion.id)
    room.memory.tables.attestations.clear()
    with pytest.raises(NotFoundError, match="before it was signed for other tools"):
        await room.countersign.sharing.share(room.actor("alice"), promotion.id)
