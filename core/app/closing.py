"""Storing a decision: promotion, evidence, audit entry and errands in one transaction, or nothing."""

from __future__ import annotations

from typing import Any

from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports
from core.domain.events import Action
from core.domain.promotion import Promotion
from core.evidence.envelope import seal
from core.evidence.packet import decision_content

_TELL = (Errand.CARD, Errand.NOTICES, Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK)


def close(ports: Ports, journal: Journal, decided: Promotion, action: Action, **details: Any) -> Promotion:
    """Seal and store a promotion that has just been approved, rejected or cancelled."""
    store = journal.store
    release = found(store.releases.get(decided.release_id), "release", decided.release_id)
    packet = seal(
        decision_content(decided, release, store.people.electorate(decided.policies)),
        ports.signer,
        packet_id=ports.new_id(),
        promotion_id=decided.id,
        generated_at=journal.now,
    )
    saved = store.promotions.save(decided)
    store.evidence.add(packet)
    journal.note(action, decided.id, contentHash=packet.content_hash, **details)
    journal.tell(decided.id, *_TELL)
    return saved
