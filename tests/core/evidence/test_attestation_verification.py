from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.export_format import ExportFormat
from core.evidence import attestation_verification
from core.evidence.attestation_verification import attested_packet, is_attestation, verify_attestation
from core.evidence.report import VerificationReport
from core.evidence.verification import verify
from tests.core.evidence.decisions import FORMS, OTHERS, decided, file_of
from tests.core.evidence.forgeries import Case, cases, signed_envelope
from tests.core.evidence.samples import ring


def examined(case: Case) -> VerificationReport:
    return (verify_attestation if is_attestation(case.file) else verify)(case.file, case.keys)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_case_is_judged_right(case: Case) -> None:
    report = examined(case)

    assert report.ok is case.holds, report.failure
    assert (report.content is not None) is case.holds


@pytest.mark.parametrize("form", OTHERS)
def test_an_export_holds_in_every_step_and_the_steps_are_those_listed(form: ExportFormat) -> None:
    report = verify_attestation(file_of(form), ring())
    listed = re.findall(r"^ ?(\d+)\. ", attestation_verification.__doc__ or "", re.MULTILINE)

    assert report.ok and all(step.detail for step in report.steps)
    assert listed == [str(step.number) for step in report.steps]


@pytest.mark.parametrize("form", OTHERS)
def test_an_export_names_the_packet_that_it_is_about(form: ExportFormat) -> None:
    packet = decided()
    assert attested_packet(file_of(form)) == (packet.id, packet.content_hash, packet.generated_at)


@pytest.mark.parametrize("other", [b"{}", b"[]", b"no JSON", b'{"payload":"e30="}', b'{"dsseEnvelope":7}'])
def test_what_is_no_export_names_none(other: bytes) -> None:
    assert attested_packet(other) is None


def test_a_decision_shows_the_packets_content() -> None:
    for form in (ExportFormat.DSSE, ExportFormat.SIGSTORE):
        assert verify_attestation(file_of(form), ring()).content == decided().content


STEPS = {
    "by a key that nobody knows": "known key",
    "by a revoked key": "key in its time of use",
    "at the key's end": "key in its time of use",
    "base64 with a line break": "strict base64",
    "base64 with too much padding": "strict base64",
    "a field that nothing vouches for": "known form",
    "cut short": "strict JSON",
    "another payload under the same signature": "signature",
    "a substituted key": "signature",
    "not canonical": "known statement",
    "a statement we never make": "known statement",
    "subjects unlike the decision's": "subjects and signing key",
    "a decision that names another key": "subjects and signing key",
    "a hint of another key": "known key",
}


@pytest.mark.parametrize("case", [case for case in cases() if not case.name.startswith("packet")], ids=lambda c: c.name)
def test_what_is_wrong_is_found_at_its_step(case: Case) -> None:
    step = STEPS.get(case.name.partition(": ")[2])
    failure = verify_attestation(case.file, case.keys).failure
    if step:
        assert failure and (failure.name, bool(failure.detail)) == (step, True)


def test_the_key_is_named_where_it_was_not_to_be_used() -> None:
    late = next(case for case in cases() if case.name == "dsse: at the key's end")
    failure = verify_attestation(late.file, late.keys).failure

    assert failure and re.search(r"the use of the key p256-\S+ ended on 2026-03-02T09:00:00Z", failure.detail)


@pytest.mark.parametrize("bit", range(8))
@pytest.mark.parametrize("form", OTHERS)
def test_no_flipped_bit_is_accepted(form: ExportFormat, bit: int) -> None:
    file = bytearray(file_of(form))
    for place in range(bit, len(file), 8):
        file[place] ^= 1 << bit
        source = bytes(file)
        assert not (verify_attestation if is_attestation(source) else verify)(source, ring()).ok, place
        file[place] ^= 1 << bit


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_payload_at_all_gives_a_report(payload: bytes) -> None:
    assert not verify_attestation(signed_envelope(payload), ring()).ok
    assert not verify_attestation(payload, ring()).ok


def test_a_packet_is_no_attestation_and_the_others_are() -> None:
    assert [is_attestation(file_of(form)) for form in FORMS] == [False, True, True, True]
    assert not is_attestation(b"not JSON")
