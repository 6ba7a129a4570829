from __future__ import annotations

import json

import pytest

from core.domain.events import Action, Event
from core.domain.people import SYSTEM_REF
from core.errors import InvalidError
from core.evidence.log.entries import audit_entry, decision_entry
from tests.core.evidence.log.samples import PACKET
from tests.core.evidence.samples import as_answered
from tests.support.clock import MORNING, nth_id


def test_the_leaf_of_a_decision_follows_from_its_packet_alone() -> None:
    shown = as_answered(PACKET)
    entry = decision_entry(PACKET)
    assert json.loads(entry.content) == {
        "at": shown["generatedAt"],
        "contentHash": shown["contentHash"],
        "packetId": shown["id"],
        "type": "release_decision",
        "version": "1",
    }
    assert (entry.subject_id, entry.at) == (PACKET.id, PACKET.generated_at)


def test_other_leaves_are_audit_entries() -> None:
    event = Event(Action.POLICY_CREATED, MORNING, SYSTEM_REF, "cli", nth_id(3), {"name": "Zoë", "n": [1, None]})
    entry = audit_entry(event)
    assert json.loads(entry.content) == {
        "action": "approval_policy:created",
        "actor": {"kind": "system", "id": None, "name": SYSTEM_REF.name},
        "at": "2026-03-02T09:00:00Z",
        "details": {"name": "Zoë", "n": [1, None]},
        "door": "cli",
        "subjectId": str(nth_id(3)),
        "type": "audit_entry",
        "version": "1",
    }
    assert " " not in entry.content.decode().replace(SYSTEM_REF.name, "")


@pytest.mark.parametrize("details", [{"share": 0.5}, {"text": "x" * 70_000}])
def test_what_cannot_be_a_leaf_is_refused(details: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        audit_entry(Event(Action.POLICY_CREATED, MORNING, SYSTEM_REF, "cli", nth_id(3), details))
