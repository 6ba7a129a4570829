from __future__ import annotations

from core.app.countersign import Countersign
from core.app.ports import Ports, PromotionFilter, StoredAnswer
from core.gates.registry import GateRegistry
from tests.core.app.room import Room
from tests.core.evidence.samples import SIGNER
from tests.support.clock import MORNING


def test_a_filter_that_says_nothing_restricts_nothing() -> None:
    wanted = PromotionFilter()

    assert not wanted.statuses
    assert (wanted.release_id, wanted.environment_id, wanted.requested_by) == (None, None, None)


def test_an_answer_without_a_status_is_still_in_flight() -> None:
    assert StoredAnswer("bob", "key", "fingerprint", MORNING).status == 0


async def test_nobody_has_to_be_woken(room: Room) -> None:
    ports = Ports(room.memory, room.clock, room.countersign.ports.new_id, lambda: "secret", SIGNER, GateRegistry([]))
    room.countersign = Countersign(ports)

    assert (await room.request(room.ci)).is_open
