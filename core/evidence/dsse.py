"""Dead Simple Signing Envelope (DSSE v1): what is signed is the payload together with its type.

Source: the DSSE protocol and envelope specifications of secure-systems-lab.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from core.evidence.signing import Signer

IN_TOTO = "application/vnd.in-toto+json"
"""The payload type of in-toto statements."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A payload with one signature over its pre-authentication encoding.

    `signature` is standard base64 of DER; it is no part of what makes envelopes equal, since a second form of it is
    valid as well.
    """

    payload: bytes
    signature: str = field(compare=False)
    signer_key_ref: str
    payload_type: str = IN_TOTO

    def to_json(self) -> dict[str, Any]:
        """Return the envelope as the specification writes it in JSON."""
        return {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": self.payload_type,
            "signatures": [{"keyid": self.signer_key_ref, "sig": self.signature}],
        }


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return PAE: version, type and payload, each with its length, so that none can be taken for another."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def enveloped(payload: bytes, signer: Signer, payload_type: str = IN_TOTO) -> Envelope:
    """Sign a payload."""
    signature = signer.sign(pre_authentication_encoding(payload_type, payload))
    return Envelope(
        payload=payload,
        signature=base64.b64encode(signature).decode(),
        signer_key_ref=signer.key_ref,
        payload_type=payload_type,
    )
