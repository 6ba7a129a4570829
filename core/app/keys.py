"""The life of signing keys in the registry: registered, ended at a time, revoked; each change is in audit log and log.

A key is never removed: what it signed must stay checkable. Several may be in use at once, one for each server that
signs or the old and the new one of a rotation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from core.app.authorise import require_right
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.domain.events import Action, Event
from core.domain.moment import moment_text
from core.domain.people import Actor, Right
from core.domain.text import checked_text
from core.errors import ConflictError
from core.evidence.public_key import PublicKeyRecord

T = TypeVar("T")
REASON_MAX = 500


class KeyState(StrEnum):
    """What may be done with a key now."""

    IN_USE = "in_use"
    NOT_YET = "not_yet_in_use"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key, and its state at the moment of asking."""

    key: PublicKeyRecord
    state: KeyState


class Keys:
    """Keeps the registry of keys. Whoever may read may look; everything else needs the right `admin`."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def all(self, actor: Actor) -> tuple[KeyView, ...]:
        """All keys, oldest first."""

        def body(store: Store) -> tuple[KeyView, ...]:
            require_right(store, actor, Right.READER)
            now = self._ports.clock()
            known = store.evidence.keys()
            return tuple(KeyView(key, state_at(key, now)) for key in known)

        return await self._ports.transactions.read(body)

    async def register(self, actor: Actor, public_key_pem: str) -> PublicKeyRecord:
        """Have a key verified from now on; one that is known stays as it is. Raises InvalidError for what is none."""
        return await self._write(actor, lambda journal: registered(journal, public_key_pem))

    async def rotate(self, actor: Actor, old_ref: str, new_pem: str, overlap: timedelta) -> tuple[PublicKeyRecord, ...]:
        """Register a new key and end the old one after `overlap`, unless that ends earlier; gives old and new.

        Raises NotFoundError, InvalidError, and ConflictError where both are the same or one of them is revoked.
        """

        def body(journal: Journal) -> tuple[PublicKeyRecord, ...]:
            old = found(journal.store.evidence.key(old_ref), "key", old_ref)
            new = registered(journal, new_pem)
            if new.key_ref == old.key_ref:
                raise ConflictError(f"{new.key_ref} is the key in use", hint="Name another key to change to.")
            for key in (old, new):
                _require_not_revoked(key)
            return _ended(journal, old, journal.now + overlap), new

        return await self._write(actor, body)

    async def revoke(self, actor: Actor, key_ref: str, reason: str) -> PublicKeyRecord:
        """End all trust in a key, for what it signed before too. There is no way back.

        Raises NotFoundError, InvalidError without a reason, ConflictError where it is revoked already.
        """

        def body(journal: Journal) -> PublicKeyRecord:
            known = found(journal.store.evidence.key(key_ref), "key", key_ref)
            _require_not_revoked(known)
            why = checked_text(reason, "reason", required=True, limit=REASON_MAX)
            revoked = replace(known, revoked_at=journal.now, revocation_reason=why)
            journal.store.evidence.put_key(revoked)
            journal.note(Action.KEY_REVOKED, key_id(key_ref), keyRef=key_ref, reason=why)
            return revoked

        return await self._write(actor, body)

    async def _write(self, actor: Actor, body: Callable[[Journal], T]) -> T:
        def transaction(store: Store) -> T:
            require_right(store, actor, Right.ADMIN)
            return body(Journal(store, actor, self._ports.clock()))

        return await self._ports.transactions.write(transaction)


def registered(journal: Journal, public_key_pem: str) -> PublicKeyRecord:
    """Put a key into the registry, in use from now; one that is there stays as it is."""
    key = PublicKeyRecord.from_pem(public_key_pem, not_before=journal.now)
    known = journal.store.evidence.key(key.key_ref)
    if known is not None:
        return known
    journal.store.evidence.put_key(key)
    journal.note(Action.KEY_REGISTERED, key_id(key.key_ref), **_described(key))
    return key


def key_event(key: PublicKeyRecord, actor: Actor, at: datetime) -> Event:
    """What `registered` would have noted of a key from before it noted anything, with the end that the key has got."""
    return Event(Action.KEY_REGISTERED, at, actor.ref, actor.door, key_id(key.key_ref), _described(key))


def state_at(key: PublicKeyRecord, now: datetime) -> KeyState:
    """What may be done with a key at that moment."""
    if key.revoked_at is not None:
        return KeyState.REVOKED
    if key.not_after is not None and now >= key.not_after:
        return KeyState.ENDED
    return KeyState.NOT_YET if key.not_before is not None and now < key.not_before else KeyState.IN_USE


def key_id(key_ref: str) -> UUID:
    """The id under which the audit log knows a key, which has only a name."""
    return uuid5(NAMESPACE_URL, f"urn:countersign:key/{key_ref}")


def _described(key: PublicKeyRecord) -> dict[str, str]:
    end = {"notAfter": moment_text(key.not_after)} if key.not_after else {}
    return {"keyRef": key.key_ref, "publicKeyPem": key.public_key_pem} | end


def _ended(journal: Journal, key: PublicKeyRecord, end: datetime) -> PublicKeyRecord:
    if key.not_after is not None and key.not_after <= end:
        return key
    ended = replace(key, not_after=end)
    journal.store.evidence.put_key(ended)
    journal.note(Action.KEY_ENDED, key_id(key.key_ref), keyRef=key.key_ref, notAfter=moment_text(end))
    return ended


def _require_not_revoked(key: PublicKeyRecord) -> None:
    if key.revoked_at is not None:
        raise ConflictError(
            f"The key {key.key_ref} was revoked on {moment_text(key.revoked_at)}",
            hint="Make a new one with `countersign key create`.",
            keyRef=key.key_ref,
        )
