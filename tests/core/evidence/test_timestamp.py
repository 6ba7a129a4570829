from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from core.errors import InvalidError
from core.evidence.examining import examined
from core.evidence.timestamp import SKEW, answered, timestamp_checks, timestamp_request
from tests.support.timestamping import StampingAuthority, stamping_authority

CONTENT = b'{"decision":"allow"}'


def root_of(authority: StampingAuthority) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(authority.root_file.read_bytes())


def stamped(authority: StampingAuthority, content: bytes = CONTENT) -> bytes:
    return authority.answer(timestamp_request(content).as_bytes())


def outcome(authority: StampingAuthority, response: bytes, **other: Any) -> tuple[bool, str, str]:
    """Whether all steps pass, and the name and words of the one that fails."""
    signed = other.get("signed", CONTENT)
    generated_at = other.get("generated_at", datetime.now(UTC))
    steps = examined(timestamp_checks(response, signed, generated_at, other.get("roots", root_of(authority))))
    failed = next((step for step in steps if not step.ok), None)
    return failed is None, failed.name if failed else "", failed.detail if failed else ""


def test_a_timestamp_holds_for_us_and_for_openssl(tsa: StampingAuthority) -> None:
    response = stamped(tsa)

    assert outcome(tsa, response) == (True, "", "")
    assert tsa.verifies(CONTENT, response)
    assert not tsa.verifies(CONTENT + b" ", response)


def test_the_time_is_the_authoritys(tsa: StampingAuthority) -> None:
    request = timestamp_request(CONTENT)
    at = answered(request, tsa.answer(request.as_bytes()))

    assert at.tzinfo is not None
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=2)


def test_the_answer_to_another_question_is_refused(tsa: StampingAuthority) -> None:
    request = timestamp_request(CONTENT)
    for other in (stamped(tsa), stamped(tsa, b"something else")):
        with pytest.raises(InvalidError, match="something else"):
            answered(request, other)
    for nothing in (b"", b"<html>", stamped(tsa)[:-3]):
        with pytest.raises(InvalidError, match="no timestamp"):
            answered(request, nothing)


def test_other_content_an_unknown_authority_and_broken_bytes_are_refused(
    tsa: StampingAuthority, tmp_path: Path
) -> None:
    other = stamping_authority(tmp_path / "other", "Elsewhere")

    assert outcome(tsa, stamped(tsa), signed=b"{}")[1] == "timestamp of this content"
    assert outcome(tsa, stamped(tsa), roots=root_of(other))[1] == "timestamp's authority"
    assert outcome(tsa, stamped(other))[1] == "timestamp's authority"
    assert outcome(tsa, b"")[1] == "timestamp"


def test_content_that_claims_to_be_younger_than_its_timestamp_is_refused(tsa: StampingAuthority) -> None:
    response, now = stamped(tsa), datetime.now(UTC)

    assert outcome(tsa, response, generated_at=now + SKEW / 2)[0]
    assert outcome(tsa, response, generated_at=now + 2 * SKEW)[1] == "made before it was stamped"
    assert outcome(tsa, response, generated_at=now - timedelta(days=9))[0], "late stamps are told, not refused"


def test_no_flipped_bit_is_accepted_with_another_meaning(tsa: StampingAuthority) -> None:
    response = stamped(tsa)
    at = answered_time(response)
    for place in range(0, len(response), 7):
        changed = bytearray(response)
        changed[place] ^= 1 << place % 8
        if outcome(tsa, bytes(changed))[0]:
            assert answered_time(bytes(changed)) == at


def answered_time(response: bytes) -> str:
    steps = examined(timestamp_checks(response, CONTENT, datetime.now(UTC), []))
    return steps[0].detail
