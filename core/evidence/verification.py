"""Checking an evidence packet offline, with nothing but the packet and public keys.

The steps, in order; the first that fails ends the examination:

 1. The file is strict JSON: one meaning, no duplicate keys, no floats.
 2. It has exactly the fields of a packet, of a type and version known here.
 3. The key it names is in the key ring.
 4. That key was in its time of use when the packet was made, and has not been revoked.
 5. The algorithm it names is the one that the key ring gives for the key.
 6. The signature is strict base64.
 7. The content has canonical bytes (RFC 8785).
 8. The SHA-256 of these bytes is the content hash.
 9. The signature over these bytes is valid under the key.
10. Every outer field equals the signed one inside of the content.

What the packet says of itself is believed only where step 10 ties it to what step 9 has proved. A failure is a value in
the report, never an exception.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import InvalidError
from core.evidence.canonical import canonical, content_hash
from core.evidence.envelope import PACKET_FIELDS, PACKET_TYPE, PACKET_VERSION, REPEATED_FIELDS
from core.evidence.examining import Check, Finding, examined, failed, in_time_of_use, passed, read_strictly
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from core.evidence.report import VerificationReport
from core.evidence.signing import signature_is_valid, strict_base64


def verify(packet: bytes, keys: KeyRing) -> VerificationReport:
    """Examine a packet file, or the body of `GET /promotions/{id}/evidence`, against `keys`. Never raises."""
    examination = _Examination(packet, keys)
    steps = examined(examination.checks())
    return VerificationReport(steps, examination.content if all(step.ok for step in steps) else None)


class _Examination:
    """One packet under examination. Each check leaves behind what the later ones need."""

    packet: dict[str, Any]
    content: dict[str, Any]
    key: PublicKeyRecord
    signature: bytes
    signed: bytes

    def __init__(self, source: bytes, keys: KeyRing) -> None:
        self.source = source
        self.keys = keys

    def checks(self) -> tuple[Check, ...]:
        return (
            ("strict JSON", self.strict_json),
            ("known type and version", self.shape),
            ("known key", self.known_key),
            ("key in its time of use", self.time_of_use),
            ("algorithm of the key", self.algorithm),
            ("strict base64", self.base64),
            ("canonical content", self.canonical_content),
            ("content hash", self.hash),
            ("signature", self.valid_signature),
            ("outer fields equal signed ones", self.outer_fields),
        )

    # 1. The file is strict JSON.
    def strict_json(self) -> Finding:
        packet, finding = read_strictly(self.source)
        if finding.ok and not isinstance(packet, dict):
            return failed("a packet is a JSON object")
        self.packet = packet
        return finding

    # 2. It has exactly the fields of a packet, of a type and version known here.
    def shape(self) -> Finding:
        if missing := sorted(PACKET_FIELDS - self.packet.keys()):
            return failed(f"not an evidence packet: {', '.join(missing)} missing")
        if unknown := sorted(self.packet.keys() - PACKET_FIELDS):
            return failed(f"fields that no signature covers: {', '.join(map(repr, unknown))}")
        for name, value in self.packet.items():
            if not isinstance(value, dict if name == "content" else str):
                return failed(f"{name} is not {'an object' if name == 'content' else 'text'}")
        if (self.packet["type"], self.packet["version"]) != (PACKET_TYPE, PACKET_VERSION):
            return failed(f"unknown: {self.packet['type']!r} version {self.packet['version']!r}")
        if not _is_uuid(self.packet["id"]):
            return failed("id is not a UUID")
        self.content = self.packet["content"]
        return passed(f"{PACKET_TYPE} {PACKET_VERSION}")

    # 3. The key it names is in the key ring.
    def known_key(self) -> Finding:
        key = self.keys.get(self.packet["signerKeyRef"])
        if key is None:
            return failed(f"no public key {self.packet['signerKeyRef']!r} among the {len(self.keys)} given")
        self.key = key
        return passed(key.key_ref)

    # 4. That key was in its time of use when the packet was made, and has not been revoked.
    def time_of_use(self) -> Finding:
        return in_time_of_use(self.key, self.packet["generatedAt"], "generatedAt")

    # 5. The algorithm it names is the one that the key ring gives for the key.
    def algorithm(self) -> Finding:
        named = self.packet["signatureAlgorithm"]
        if named != self.key.algorithm:
            return failed(f"the packet says {named!r}, the key is for {self.key.algorithm}")
        return passed(self.key.algorithm)

    # 6. The signature is strict base64.
    def base64(self) -> Finding:
        try:
            self.signature = strict_base64(self.packet["signature"])
        except InvalidError as error:
            return failed(f"signature: {error.message}")
        return passed(f"{len(self.signature)} bytes of DER")

    # 7. The content has canonical bytes (RFC 8785).
    def canonical_content(self) -> Finding:
        try:
            self.signed = canonical(self.content)
        except InvalidError as error:
            return failed(error.message)
        return passed(f"{len(self.signed)} bytes by RFC 8785")

    # 8. The SHA-256 of these bytes is the content hash.
    def hash(self) -> Finding:
        computed = content_hash(self.signed)
        if self.packet["contentHash"] != computed:
            return failed(f"the content has {computed}, the packet says {self.packet['contentHash']!r}")
        return passed(computed)

    # 9. The signature over these bytes is valid under the key.
    def valid_signature(self) -> Finding:
        if not signature_is_valid(self.key.public_key, self.signature, self.signed):
            return failed(f"not made over this content by {self.key.key_ref}")
        return passed(f"valid, by {self.key.key_ref}")

    # 10. Every outer field equals the signed one inside of the content.
    def outer_fields(self) -> Finding:
        for outer, inner in REPEATED_FIELDS.items():
            if self.content.get(inner) != self.packet[outer]:
                return failed(
                    f"{outer} is {self.packet[outer]!r}, but {inner} was signed as {self.content.get(inner)!r}"
                )
        return passed(", ".join(REPEATED_FIELDS))


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
