"""Timestamps by a third party (RFC 3161): that signed content was there at a time, whoever holds our keys since.

A timestamp is over the SHA-256 of the packet's canonical content. It is made after the decision and beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography import x509

from core.domain.moment import moment_text
from core.errors import InvalidError
from core.evidence.examining import Check, Finding, failed, passed

if TYPE_CHECKING:  # the library takes megabytes, and is for whoever asks an authority
    from rfc3161_client import TimeStampRequest, TimeStampResponse

GRANTED = 0
SKEW = timedelta(minutes=5)
"""How far two honest clocks may be apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """The answer of a timestamp authority about one packet, as it came (DER), with the time it names."""

    packet_id: UUID
    response: bytes
    stamped_at: datetime
    authority: str


def timestamp_request(signed: bytes) -> TimeStampRequest:
    """Return the question for a timestamp over these bytes, with a nonce of its own; the certificate is asked for."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(signed).hash_algorithm(HashAlgorithm.SHA256).build()


def answered(request: TimeStampRequest, response: bytes) -> datetime:
    """Return the time of an answer to `request`, in UTC. Raises InvalidError where it is not one.

    Whether the authority may be trusted is for the verifier to say; a timestamp of something else is refused here.
    """
    answer = _granted(response)
    if answer is None:
        raise InvalidError("the timestamp authority gave no timestamp")
    if answer.imprint != request.message_imprint.message or answer.nonce != request.nonce:
        raise InvalidError("the timestamp authority answered something else")
    return answer.stamped_at


def timestamp_checks(
    response: bytes, signed: bytes, generated_at: datetime, roots: Sequence[x509.Certificate]
) -> tuple[Check, ...]:
    """Return the steps that examine a timestamp of signed content; `roots` are the authorities that are trusted.

    1. It is a granted timestamp. 2. It is over the SHA-256 of these bytes. 3. One of the authorities made it, with a
    certificate for timestamps that was valid then. 4. The content does not claim to be younger than its timestamp.
    """
    examination = _Examination(response, signed, generated_at, roots)
    return (
        ("timestamp", examination.granted),
        ("timestamp of this content", examination.same_content),
        ("timestamp's authority", examination.authority),
        ("made before it was stamped", examination.order),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a granted response says."""

    decoded: TimeStampResponse
    imprint: bytes
    nonce: int | None
    stamped_at: datetime


class _Examination:
    """One timestamp under examination. What it says is there for the later steps once the first has passed."""

    answer: _Answer

    def __init__(
        self, response: bytes, signed: bytes, generated_at: datetime, roots: Sequence[x509.Certificate]
    ) -> None:
        self.response = response
        self.signed = signed
        self.generated_at = generated_at
        self.roots = roots

    def granted(self) -> Finding:
        answer = _granted(self.response)
        if answer is None:
            return failed("not a granted timestamp response (RFC 3161, DER)")
        self.answer = answer
        return passed(f"stamped {moment_text(answer.stamped_at)}")

    def same_content(self) -> Finding:
        if self.answer.imprint != hashlib.sha256(self.signed).digest():
            return failed("a timestamp of something else")
        return passed(f"sha256:{self.answer.imprint.hex()}")

    def authority(self) -> Finding:
        from rfc3161_client import VerificationError, VerifierBuilder

        try:
            VerifierBuilder(roots=list(self.roots)).build().verify_message(self.answer.decoded, self.signed)
        except (VerificationError, ValueError) as error:
            return failed(f"not made by an authority that is trusted: {error}")
        return passed(f"among the {len(self.roots)} trusted")

    def order(self) -> Finding:
        stamped_at = self.answer.stamped_at
        if stamped_at < self.generated_at - SKEW:
            return failed(f"stamped {moment_text(stamped_at)}, but made {moment_text(self.generated_at)}")
        return passed(f"{max(stamped_at - self.generated_at, timedelta()).total_seconds():.0f} s after it was made")


def _granted(response: bytes) -> _Answer | None:
    """Read a response; None where it grants nothing, or is not one at all."""
    from rfc3161_client import decode_timestamp_response

    try:
        decoded = decode_timestamp_response(response)
        if decoded.status != GRANTED:
            return None
        stamped = decoded.tst_info
        return _Answer(decoded, stamped.message_imprint.message, stamped.nonce, _utc(stamped.gen_time))
    except ValueError:
        return None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
