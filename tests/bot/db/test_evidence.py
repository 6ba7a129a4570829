"""Evidence packets and public keys, on every kind of store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from core.app.evidence_records import Sealed
from core.app.ports import Store, Transactions
from core.errors import ConflictError
from core.evidence.dsse import enveloped
from core.evidence.envelope import EvidencePacket, seal
from core.evidence.exports import Attestation
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import LocalSigner
from core.evidence.timestamp import Timestamp
from tests.bot.db.samples import STAGING, promotion
from tests.support.clock import MORNING, nth_id


def _packet(signer: LocalSigner, number: int = 1) -> EvidencePacket:
    content = {"reason": "ünïcödé", "number": number}
    return seal(content, signer, packet_id=nth_id(600 + number), promotion_id=promotion().id, generated_at=MORNING)


def _signer() -> LocalSigner:
    return LocalSigner(ec.generate_private_key(ec.SECP256R1()))


async def test_the_signed_bytes_come_back_as_they_were_signed(filled: Transactions) -> None:
    packet = _packet(_signer())
    await filled.write(lambda store: store.promotions.add(promotion()))
    await filled.write(lambda store: store.evidence.add(packet))
    stored = await filled.read(lambda store: store.evidence.of(promotion().id))
    assert stored is not None
    assert (stored, stored.canonical, stored.signature) == (packet, packet.canonical, packet.signature)
    assert stored.to_file() == packet.to_file()


async def test_a_promotion_has_one_packet(filled: Transactions) -> None:
    signer = _signer()
    await filled.write(lambda store: store.promotions.add(promotion()))
    await filled.write(lambda store: store.evidence.add(_packet(signer)))
    with pytest.raises(ConflictError):
        await filled.write(lambda store: store.evidence.add(_packet(signer, 2)))
    assert await filled.read(lambda store: store.evidence.of(promotion().id)) == _packet(signer)
    assert await filled.read(lambda store: store.evidence.of(nth_id(99))) is None


async def test_what_was_signed_about_a_packet_comes_back_as_it_was_signed(filled: Transactions) -> None:
    signer = _signer()
    attestations = [
        Attestation(packet_id=_packet(signer).id, predicate_type=kind, **vars(enveloped(b'{"\xc3\xbc":1}', signer)))
        for kind in ("urn:b", "urn:a")
    ]
    await filled.write(lambda store: store.promotions.add(promotion()))
    await filled.write(lambda store: store.evidence.add(_packet(signer)))
    for attestation in attestations:
        await filled.write(partial(_attest, attestation))

    stored = await filled.read(lambda store: store.evidence.attestations(_packet(signer).id))

    assert stored == tuple(reversed(attestations))
    assert [each.signature for each in stored] == [each.signature for each in reversed(attestations)]
    with pytest.raises(ConflictError):
        await filled.write(partial(_attest, attestations[0]))
    assert await filled.read(lambda store: store.evidence.attestations(nth_id(99))) == ()


def _attest(attestation: Attestation, store: Store) -> None:
    store.evidence.add_attestation(attestation)


async def test_a_key_is_found_by_its_name(filled: Transactions) -> None:
    key = PublicKeyRecord.from_pem(_signer().public_key_pem, not_before=MORNING)
    await filled.write(lambda store: store.evidence.put_key(key))
    assert await filled.read(lambda store: store.evidence.key(key.key_ref)) == key
    assert await filled.read(lambda store: store.evidence.key("p256-nobody")) is None


async def test_keys_are_kept_oldest_first_and_their_times_can_change(filled: Transactions) -> None:
    old, new = (PublicKeyRecord.from_pem(_signer().public_key_pem, not_before=MORNING) for _ in range(2))
    await filled.write(lambda store: store.evidence.put_key(old))
    await filled.write(lambda store: store.evidence.put_key(new))
    revoked = replace(old, revoked_at=MORNING + timedelta(days=1), revocation_reason="stolen")
    await filled.write(lambda store: store.evidence.put_key(revoked))
    assert await filled.read(lambda store: store.evidence.keys()) == (revoked, new)


async def test_packets_are_read_with_what_is_kept_beside_them(filled: Transactions) -> None:
    signer = _signer()
    packet = _packet(signer)
    attestation = Attestation(packet_id=packet.id, predicate_type="urn:a", **vars(enveloped(b"{}", signer)))
    stamp = Timestamp(packet_id=packet.id, response=b"\x30", stamped_at=MORNING, authority="https://tsa.example.com")

    def body(store: Store) -> None:
        store.promotions.add(promotion())
        store.evidence.add(packet)
        store.evidence.add_attestation(attestation)
        store.evidence.add_timestamp(stamp)

    await filled.write(body)
    found = await filled.read(lambda store: store.evidence.among([packet.id, nth_id(99)]))
    assert found == {packet.id: Sealed(packet, (attestation,), stamp)}
    assert found[packet.id].packet.canonical == packet.canonical
    assert await filled.read(lambda store: store.evidence.among([])) == {}


async def test_promotions_without_a_packet_in_time_are_found_oldest_first(filled: Transactions) -> None:
    """Promotion `n` is asked for `n` minutes after MORNING."""
    later, sealed = promotion(2, target=STAGING.ref), _packet(_signer())

    def found(minutes: int, before: int) -> Callable[[Store], tuple[UUID, ...]]:
        since, until = MORNING + timedelta(minutes=minutes), MORNING + timedelta(minutes=before)
        return lambda store: store.evidence.unsealed(since, until)

    await filled.write(lambda store: store.promotions.add(later))
    await filled.write(lambda store: store.promotions.add(promotion()))
    assert await filled.read(found(0, 3)) == (promotion().id, later.id)
    assert await filled.read(found(2, 3)) == (later.id,)
    assert await filled.read(found(1, 2)) == (promotion().id,)
    late = replace(sealed, generated_at=MORNING + timedelta(minutes=2))
    await filled.write(lambda store: store.evidence.add(late))
    assert await filled.read(found(0, 2)) == (promotion().id,)
    assert await filled.read(found(0, 3)) == (later.id,)
