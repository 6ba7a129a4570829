"""Keeping the registry of keys that sign: each change of it is in the audit log and in the transparency log."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from core.app.journal import Journal
from core.domain.events import Action, Event
from core.domain.people import Actor
from core.evidence.jwk import to_jwk
from core.evidence.public_key import PublicKeyRecord


def key_subject(key_ref: str) -> UUID:
    """The id under which audit entries speak of a key."""
    return uuid5(NAMESPACE_URL, f"urn:countersign:signing-key:{key_ref}")


def register_key(journal: Journal, key: PublicKeyRecord) -> None:
    """Put a new key into the registry."""
    journal.store.evidence.put_key(key)
    journal.note(Action.KEY_REGISTERED, key_subject(key.key_ref), key=to_jwk(key))


def change_key(journal: Journal, key: PublicKeyRecord) -> None:
    """Store a known key's new end or its revocation."""
    journal.store.evidence.put_key(key)
    journal.note(Action.KEY_CHANGED, key_subject(key.key_ref), key=to_jwk(key))


def key_event(key: PublicKeyRecord, actor: Actor, at: datetime) -> Event:
    """What `register_key` would have noted of a key from before there was a log."""
    return Event(Action.KEY_REGISTERED, at, actor.ref, actor.door, key_subject(key.key_ref), {"key": to_jwk(key)})
