"""The life of signing keys: registered, ended, revoked, each with its audit entry; and what they may decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.app.keys import KeyState, key_event, key_id
from core.domain.events import Action
from core.domain.moment import moment_text
from core.domain.people import SYSTEM
from core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from core.evidence.log.entries import audit_entry
from tests.core.app.room import Room
from tests.core.evidence.samples import SIGNER, STRANGER, record
from tests.support.clock import MORNING

DAY = timedelta(days=1)
KEY_CHANGES = {Action.KEY_REGISTERED, Action.KEY_ENDED, Action.KEY_REVOKED}


async def test_a_key_is_registered_once_and_its_public_half_is_in_the_audit_log(room: Room) -> None:
    first = await room.countersign.keys.register(SYSTEM, SIGNER.public_key_pem)
    room.clock.advance(hours=1)
    again = await room.countersign.keys.register(SYSTEM, SIGNER.public_key_pem)

    assert first == again == record(not_before=first.not_before)
    assert room.actions(key_id(SIGNER.key_ref)) == [Action.KEY_REGISTERED]
    details = room.memory.tables.audit[-1].details
    assert details == {"keyRef": SIGNER.key_ref, "publicKeyPem": SIGNER.public_key_pem}


async def test_rotation_has_both_in_use_until_the_old_one_ends(room: Room) -> None:
    keys = room.countersign.keys
    await keys.register(SYSTEM, SIGNER.public_key_pem)
    end = room.clock.now + DAY

    old, new = await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, DAY)

    assert (old.not_after, new.key_ref, new.not_after) == (end, STRANGER.key_ref, None)
    assert [view.state for view in await keys.all(SYSTEM)] == [KeyState.IN_USE, KeyState.IN_USE]
    room.clock.advance(hours=24)
    assert [view.state for view in await keys.all(room.actor("olga"))] == [KeyState.ENDED, KeyState.IN_USE]
    assert room.actions(key_id(SIGNER.key_ref)) == [Action.KEY_REGISTERED, Action.KEY_ENDED]
    assert room.actions(key_id(STRANGER.key_ref)) == [Action.KEY_REGISTERED]


async def test_a_rotation_never_lengthens_a_life_and_needs_another_key(room: Room) -> None:
    keys = room.countersign.keys
    await keys.register(SYSTEM, SIGNER.public_key_pem)
    end = room.clock.now + DAY
    await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, DAY)
    old, _ = await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, DAY + DAY)

    assert old.not_after == end
    assert room.actions(key_id(SIGNER.key_ref)).count(Action.KEY_ENDED) == 1
    with pytest.raises(ConflictError, match="is the key in use"):
        await keys.rotate(SYSTEM, SIGNER.key_ref, SIGNER.public_key_pem, DAY)
    with pytest.raises(NotFoundError):
        await keys.rotate(SYSTEM, "p256-nobody", STRANGER.public_key_pem, DAY)


async def test_a_revoked_key_stays_revoked_and_says_why(room: Room) -> None:
    keys = room.countersign.keys
    await keys.register(SYSTEM, SIGNER.public_key_pem)
    for reason in ("", " ", "x" * 501):
        with pytest.raises(InvalidError):
            await keys.revoke(SYSTEM, SIGNER.key_ref, reason)
    revoked = await keys.revoke(SYSTEM, SIGNER.key_ref, " laptop stolen ")

    assert (revoked.revoked_at, revoked.revocation_reason) == (room.clock.now, "laptop stolen")
    assert [view.state for view in await keys.all(SYSTEM)] == [KeyState.REVOKED]
    assert room.memory.tables.audit[-1].details == {"keyRef": SIGNER.key_ref, "reason": "laptop stolen"}
    with pytest.raises(ConflictError, match="was revoked on"):
        await keys.revoke(SYSTEM, SIGNER.key_ref, "again")
    with pytest.raises(ConflictError, match="was revoked on"):
        await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, DAY)
    assert await keys.register(SYSTEM, SIGNER.public_key_pem) == revoked, "nobody brings it back"
    with pytest.raises(NotFoundError):
        await keys.revoke(SYSTEM, "p256-nobody", "why not")


async def test_each_change_of_a_key_is_a_leaf_of_the_log(room: Room) -> None:
    keys = room.countersign.keys
    await keys.register(SYSTEM, SIGNER.public_key_pem)
    await keys.rotate(SYSTEM, SIGNER.key_ref, STRANGER.public_key_pem, DAY)
    await keys.revoke(SYSTEM, SIGNER.key_ref, "laptop stolen")

    changes = [event for event in room.memory.tables.audit if event.action in KEY_CHANGES]
    assert [event.action for event in changes] == [
        Action.KEY_REGISTERED,
        Action.KEY_REGISTERED,
        Action.KEY_ENDED,
        Action.KEY_REVOKED,
    ]
    leaves = [leaf for leaf in room.memory.tables.log.leaves if b'"signing_key:' in leaf.content]
    assert leaves == [audit_entry(event) for event in changes]


async def test_a_key_from_before_is_told_with_its_end() -> None:
    key = record(not_before=MORNING, not_after=MORNING + DAY)
    event = key_event(key, SYSTEM, MORNING)
    assert (event.action, event.subject_id) == (Action.KEY_REGISTERED, key_id(SIGNER.key_ref))
    assert event.details == {
        "keyRef": SIGNER.key_ref,
        "publicKeyPem": SIGNER.public_key_pem,
        "notAfter": moment_text(MORNING + DAY),
    }


async def test_only_administrators_change_keys(room: Room) -> None:
    keys, olga = room.countersign.keys, room.actor("olga")
    for act in (
        keys.register(olga, SIGNER.public_key_pem),
        keys.revoke(olga, SIGNER.key_ref, "x"),
        keys.rotate(olga, SIGNER.key_ref, STRANGER.public_key_pem, DAY),
    ):
        with pytest.raises(ForbiddenError):
            await act
    assert room.memory.tables.keys == {}


@pytest.mark.parametrize("state", ["ended", "revoked", "not yet in use"])
async def test_no_decision_is_made_by_a_key_that_no_verifier_would_accept(room: Room, state: str) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    now = room.clock.now
    times: dict[str, dict[str, Any]] = {
        "ended": {"not_after": now},
        "revoked": {"revoked_at": now},
        "not yet in use": {"not_before": now + timedelta(seconds=1)},
    }
    room.memory.tables.keys[SIGNER.key_ref] = record(**times[state])
    before = room.memory.tables.copy()

    with pytest.raises(UnavailableError, match=SIGNER.key_ref):
        await room.approve("carol", promotion.id)
    with pytest.raises(UnavailableError):
        await room.cancel("alice", promotion.id)

    assert room.memory.tables == before
    room.memory.tables.keys[SIGNER.key_ref] = record(not_before=now)
    assert (await room.approve("carol", promotion.id)).status == "approved"
