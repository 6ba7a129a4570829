"""Storing a decision: promotion, evidence, audit entry and errands in one transaction, or nothing."""

from __future__ import annotations

from typing import Any

from core.app.announcing import refresh_announcements
from core.app.finding import found
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports
from core.app.stepping import complete_waiting
from core.domain.events import Action
from core.domain.people import SYSTEM_REF
from core.domain.policy import Electorate
from core.domain.promotion import CloseReason, Promotion
from core.errors import SigningUnavailableError
from core.evidence.envelope import seal
from core.evidence.exports import attest
from core.evidence.log.entries import decision_entry
from core.evidence.packet import decision_content

_TELL = (Errand.CARD, Errand.NOTICES, Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK, Errand.HOMES)


def close(
    ports: Ports,
    journal: Journal,
    decided: Promotion,
    action: Action,
    *,
    electorate: Electorate | None = None,
    **details: Any,
) -> Promotion:
    """Seal and store a promotion that has just been approved, rejected or cancelled.

    `electorate` is the one that the decision was made by, where one was: read again it could be another by now, and the
    evidence would count otherwise than the decision did. Raises SigningUnavailableError where the key has ended.
    """
    store = journal.store
    _require_usable_key(ports, journal)
    release = found(store.releases.get(decided.release_id), "release", decided.release_id)
    packet = seal(
        decision_content(decided, release, electorate or store.people.electorate(decided.policies)),
        ports.signer,
        packet_id=ports.new_id(),
        promotion_id=decided.id,
        generated_at=journal.now,
    )
    saved = store.promotions.save(decided)
    store.evidence.add(packet)
    store.log.append(decision_entry(packet))
    for attestation in attest(packet, ports.signer):
        store.evidence.add_attestation(attestation)
    journal.note(action, decided.id, contentHash=packet.content_hash, **details)
    journal.tell(decided.id, *_TELL, *((Errand.TIMESTAMP,) if ports.timestamps else ()))
    complete_waiting(journal, decided.id)
    refresh_announcements(journal, decided.release_id)
    return saved


def _require_usable_key(ports: Ports, journal: Journal) -> None:
    """Nothing is decided by a key that no verifier would accept for this moment."""
    key = journal.store.evidence.key(ports.signer.key_ref)
    if key is not None and (refusal := key.refusal_at(journal.now)):
        raise SigningUnavailableError(
            f"Nothing can be decided: {refusal}",
            hint="An administrator sets COUNTERSIGN_SIGNING_KEY to a key in use and restarts the server.",
            keyRef=key.key_ref,
        )


def close_approved(
    ports: Ports, journal: Journal, approved: Promotion, electorate: Electorate | None = None
) -> Promotion:
    """Seal and store an approval, and close what was asked for earlier of the same component.

    Approving that later would go back in time, whether people or gates alone have decided.
    """
    by_system = journal.by_system()
    for other in journal.store.promotions.open_of_component(approved.component, approved.target.id):
        if other.id == approved.id or other.requested_at >= approved.requested_at:
            continue
        if other.expired_at(journal.now):
            close(ports, by_system, other.expire(), Action.PROMOTION_EXPIRED)
            continue
        comment = f"{approved.release_name} was approved"
        closed = other.cancel(CloseReason.SUPERSEDED, SYSTEM_REF, journal.now, comment)
        close(ports, by_system, closed, Action.PROMOTION_SUPERSEDED, by=str(approved.id))
    return close(ports, journal, approved, Action.PROMOTION_APPROVED, electorate=electorate)
