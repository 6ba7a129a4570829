"""The evidence packet: content, the bytes that were signed, and the signature around them.

The canonical bytes are kept as they were signed; every rendering takes the content from them, never from an object that
was parsed and written again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.canonical import canonical, content_hash
from core.evidence.signing import ALGORITHM, Signer
from core.strict_json import strict_json

PACKET_TYPE = "release_decision"
PACKET_VERSION = "1.0"

REPEATED_FIELDS = {
    "id": "packetId",
    "type": "type",
    "version": "version",
    "signerKeyRef": "signerKeyRef",
    "generatedAt": "generatedAt",
}
"""Outer field -> the signed field in `content` that must say the same."""

PACKET_FIELDS = frozenset(REPEATED_FIELDS) | {"content", "contentHash", "signature", "signatureAlgorithm"}
"""All fields of a packet; there are no others, because nothing would vouch for them."""


@dataclass(frozen=True, kw_only=True)
class EvidencePacket:
    """One signed decision.

    `canonical` are the signed bytes, `signature` is standard base64 of DER, `generated_at` is aware. Packets with the
    same content are equal whichever of its valid signatures they carry.
    """

    id: UUID
    promotion_id: UUID
    canonical: bytes
    content_hash: str
    signature: str = field(compare=False)
    signer_key_ref: str
    generated_at: datetime
    type: str = PACKET_TYPE
    version: str = PACKET_VERSION
    signature_algorithm: str = ALGORITHM

    @property
    def content(self) -> dict[str, Any]:
        """The content, parsed anew from the signed bytes."""
        content: dict[str, Any] = strict_json(self.canonical, allow_floats=False)
        return content

    def to_file(self) -> bytes:
        """Return the packet as a JSON file with one field a line, the signed bytes verbatim behind `"content": `.

        So `sed -n 's/^  "content": \\(.*\\),$/\\1/p' | tr -d '\\n'` takes out what was signed.
        """
        lines = [
            f"  {json.dumps(name)}: ".encode() + (self.canonical if name == "content" else json.dumps(value).encode())
            for name, value in self._fields().items()
        ]
        return b"{\n" + b",\n".join(lines) + b"\n}\n"

    def _fields(self) -> dict[str, str | None]:
        """The outer fields in the order of the API document."""
        return {
            "id": str(self.id),
            "type": self.type,
            "version": self.version,
            "content": None,
            "contentHash": self.content_hash,
            "signature": self.signature,
            "signatureAlgorithm": self.signature_algorithm,
            "signerKeyRef": self.signer_key_ref,
            "generatedAt": moment_text(self.generated_at),
        }


def seal(
    content: Mapping[str, object], signer: Signer, *, packet_id: UUID, promotion_id: UUID, generated_at: datetime
) -> EvidencePacket:
    """Sign `content` together with the outer fields.

    Raises InvalidError where the content cannot be made canonical or brings one of the repeated fields itself.
    """
    repeated = {
        "packetId": str(packet_id),
        "type": PACKET_TYPE,
        "version": PACKET_VERSION,
        "signerKeyRef": signer.key_ref,
        "generatedAt": moment_text(generated_at),
    }
    if taken := sorted(repeated.keys() & content.keys()):
        raise InvalidError(f"the content has {', '.join(taken)}, which only sealing may set", field=taken[0])
    signed = canonical({**content, **repeated})
    return EvidencePacket(
        id=packet_id,
        promotion_id=promotion_id,
        canonical=signed,
        content_hash=content_hash(signed),
        signature=base64.b64encode(signer.sign(signed)).decode(),
        signer_key_ref=signer.key_ref,
        generated_at=generated_at,
    )
