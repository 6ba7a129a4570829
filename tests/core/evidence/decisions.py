"""A real decision's packet with everything that was signed about it, in all its forms."""

from __future__ import annotations

import json
from typing import Any

from core.domain.export_format import ExportFormat
from core.domain.promotion import Promotion
from core.evidence.envelope import EvidencePacket, seal
from core.evidence.exports import Attestation, attest, export
from core.evidence.keyring import KeyRing
from core.evidence.packet import decision_content
from core.evidence.signing import Signer
from tests.core.domain.samples import ALL_VOTE
from tests.core.evidence.samples import SIGNER
from tests.core.evidence.test_packet import DECIDED, RELEASE
from tests.support.clock import MORNING, nth_id

FORMS = tuple(form for form in ExportFormat if form is not ExportFormat.TIMESTAMP)
OTHERS = (ExportFormat.DSSE, ExportFormat.INTOTO_SVR, ExportFormat.SIGSTORE)


def decided(promotion: Promotion = DECIDED, signer: Signer = SIGNER) -> EvidencePacket:
    content = decision_content(promotion, RELEASE, ALL_VOTE)
    return seal(content, signer, packet_id=nth_id(7), promotion_id=promotion.id, generated_at=MORNING)


def attested(signer: Signer = SIGNER) -> tuple[Attestation, ...]:
    return attest(decided(signer=signer), signer)


def file_of(form: ExportFormat, signer: Signer = SIGNER) -> bytes:
    return export(decided(signer=signer), attested(signer), form).content


def document(form: ExportFormat) -> Any:
    return json.loads(file_of(form))


def jwks(keys: KeyRing) -> bytes:
    return json.dumps(keys.to_jwks()).encode()
