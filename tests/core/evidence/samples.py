"""A signing key that is the same in every run, and a packet sealed with it."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from core.evidence.canonical import canonical, content_hash
from core.evidence.envelope import EvidencePacket, seal
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from core.evidence.signing import LocalSigner, Signer
from tests.support.clock import MORNING, nth_id

SIGNER = LocalSigner(ec.derive_private_key(20260302, ec.SECP256R1()))
STRANGER = LocalSigner(ec.derive_private_key(666, ec.SECP256R1()))

CONTENT: dict[str, Any] = {
    "promotion": {"id": str(nth_id(1)), "reason": 'Fixes "login" for Zoë \u2028 & <all> 😀', "status": "approved"},
    "release": {"name": "shop-v2.3.1", "artifacts": [{"name": "shop", "digest": "sha256:" + "ab" * 32}]},
    "gates": [{"gateName": "security-gate", "passed": True, "details": {"criticalCount": 0, "maxCritical": 0}}],
    "approvals": [{"approverName": "Bob", "decision": "approved", "comment": None}],
}


def record(signer: LocalSigner = SIGNER, **times: Any) -> PublicKeyRecord:
    return PublicKeyRecord.from_pem(signer.public_key_pem, **times)


def ring(*signers: LocalSigner) -> KeyRing:
    return KeyRing(record(signer) for signer in signers or (SIGNER,))


def sealed(content: dict[str, Any] | None = None, signer: Signer = SIGNER) -> EvidencePacket:
    return seal(
        CONTENT if content is None else content,
        signer,
        packet_id=nth_id(7),
        promotion_id=nth_id(1),
        generated_at=MORNING,
    )


def as_answered(packet: EvidencePacket) -> dict[str, Any]:
    """The object that a packet file holds, and `GET /promotions/{id}/evidence` answers."""
    answered: dict[str, Any] = json.loads(packet.to_file())
    return answered


def forged(outer: dict[str, Any], content: dict[str, Any], signer: LocalSigner = SIGNER) -> bytes:
    """A packet file whose hash and signature fit its content, whatever that says."""
    signed = canonical(content)
    packet = as_answered(sealed()) | {
        "content": content,
        "contentHash": content_hash(signed),
        "signature": base64.b64encode(signer.sign(signed)).decode(),
    }
    return json.dumps(packet | outer).encode()
