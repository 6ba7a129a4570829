from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.evidence import verification
from core.evidence.keyring import KeyRing
from core.evidence.report import Outcome
from core.evidence.verification import verify
from core.strict_json import strict_json
from tests.core.evidence.samples import CONTENT, SIGNER, STRANGER, as_answered, forged, record, ring, sealed
from tests.core.evidence.test_signing import second_form
from tests.support.clock import MORNING, nth_id

FILE = sealed().to_file()
SECOND = timedelta(seconds=1)


def altered(**changes: Any) -> bytes:
    return json.dumps(as_answered(sealed()) | changes).encode()


def refused_at(packet: bytes, step: str, keys: KeyRing | None = None) -> str:
    """Check that exactly this step refuses the packet, and return its words."""
    report = verify(packet, ring() if keys is None else keys)
    assert not report.ok
    assert report.content is None
    assert report.failure and report.failure.name == step, report.failure
    before, after = report.steps[: report.failure.number - 1], report.steps[report.failure.number :]
    assert all(other.ok for other in before)
    assert all(other.outcome is Outcome.NOT_REACHED for other in after)
    return report.failure.detail


def test_a_packet_holds_in_every_step_and_shows_what_was_signed() -> None:
    report = verify(FILE, ring())

    assert report.ok and report.failure is None
    assert report.content == sealed().content
    assert [step.number for step in report.steps] == list(range(1, 11))
    assert all(step.detail for step in report.steps)


def test_the_steps_are_those_listed_up_front() -> None:
    assert verification.__doc__
    listed = re.findall(r"^ ?(\d+)\. ", verification.__doc__, re.MULTILINE)

    assert listed == [str(step.number) for step in verify(FILE, ring()).steps]


def test_the_answer_of_the_api_holds_however_it_is_laid_out() -> None:
    layouts: list[dict[str, Any]] = [{"indent": 4}, {"sort_keys": True}, {"ensure_ascii": False}]
    for layout in layouts:
        assert verify(json.dumps(as_answered(sealed()), **layout).encode(), ring()).ok


@given(st.dictionaries(st.text(min_size=13), st.text() | st.lists(st.integers(-9, 9)) | st.none(), max_size=4))
def test_whatever_can_be_sealed_verifies(content: dict[str, Any]) -> None:
    assert verify(sealed(content).to_file(), ring()).ok


@pytest.mark.parametrize("packet", [b"", b"[]", b"{", b"\xff", FILE + b"x", b"[" * 100_000, b"1.5"])
def test_what_is_no_json_object_is_refused(packet: bytes) -> None:
    refused_at(packet, "strict JSON")


def test_duplicate_keys_are_refused_in_the_packet_and_in_the_content() -> None:
    outer = FILE.replace(b'  "type": ', b'  "type": "release_decision",\n  "type": ')
    inner = FILE.replace(b'"status":"approved"', b'"status":"approved","status":"approved"')

    assert "type is there twice" in refused_at(outer, "strict JSON")
    assert "content.promotion.status is there twice" in refused_at(inner, "strict JSON")


def test_a_float_that_would_be_written_like_the_signed_integer_is_refused() -> None:
    assert "criticalCount" in refused_at(FILE.replace(b'"criticalCount":0', b'"criticalCount":0.0'), "strict JSON")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "release_rumour"},
        {"version": "1.1"},
        {"version": 1},
        {"id": "7"},
        {"id": str(nth_id(10)).upper()},
        {"content": "text"},
        {"signature": None},
        {"signerKeyRef": [SIGNER.key_ref]},
        {"approvedBy": "nobody vouches for this"},
    ],
)
def test_unknown_types_versions_fields_and_shapes_are_refused(change: dict[str, Any]) -> None:
    refused_at(altered(**change), "known type and version")


@pytest.mark.parametrize("name", sorted(as_answered(sealed())))
def test_a_missing_field_is_named(name: str) -> None:
    packet = as_answered(sealed())
    del packet[name]

    assert name in refused_at(json.dumps(packet).encode(), "known type and version")


def test_a_key_that_nobody_vouches_for_is_refused_though_it_signed_well() -> None:
    assert STRANGER.key_ref in refused_at(sealed(signer=STRANGER).to_file(), "known key")
    refused_at(FILE, "known key", KeyRing())


def test_a_substituted_key_is_refused() -> None:
    packet = forged({}, sealed().content, signer=STRANGER)

    refused_at(packet, "signature", ring(SIGNER, STRANGER))


def test_a_key_of_the_ring_does_not_vouch_for_the_signature_of_another() -> None:
    content = sealed().content | {"signerKeyRef": STRANGER.key_ref}

    refused_at(forged({"signerKeyRef": STRANGER.key_ref}, content), "signature", ring(SIGNER, STRANGER))


def test_a_key_is_good_from_its_first_moment_until_before_its_last() -> None:
    assert verify(FILE, KeyRing([record(not_before=MORNING, not_after=MORNING + SECOND)])).ok

    early = refused_at(FILE, "key in its time of use", KeyRing([record(not_before=MORNING + SECOND)]))
    late = refused_at(FILE, "key in its time of use", KeyRing([record(not_after=MORNING)]))
    assert "began on 2026-03-02T09:00:01Z" in early
    assert "ended on 2026-03-02T09:00:00Z" in late


@pytest.mark.parametrize("after", [-SECOND, SECOND])
def test_a_revoked_key_proves_nothing_whenever_it_signed_and_says_so(after: timedelta) -> None:
    keys = KeyRing([record(revoked_at=MORNING + after, revocation_reason="laptop stolen")])

    assert re.search("revoked on .*: laptop stolen", refused_at(FILE, "key in its time of use", keys))


def test_a_time_in_another_spelling_is_refused() -> None:
    refused_at(altered(generatedAt="2026-03-02T10:00:00+01:00"), "key in its time of use")


@pytest.mark.parametrize("algorithm", ["none", "", "ECDSA-P384-SHA384", "ecdsa-p256-sha256", "HMAC-SHA256"])
def test_a_swapped_algorithm_is_refused(algorithm: str) -> None:
    refused_at(altered(signatureAlgorithm=algorithm), "algorithm of the key")


def test_base64_that_is_not_strict_is_refused() -> None:
    signature = sealed().signature

    for spelling in (signature + "\n", signature[:8] + "\n" + signature[8:], signature.rstrip("="), signature + "===="):
        refused_at(altered(signature=spelling), "strict base64")


def test_content_that_cannot_be_canonical_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(61):
        deep = {"a": deep}

    refused_at(altered(content=deep), "canonical content")


def test_changed_content_and_a_changed_hash_are_refused() -> None:
    refused_at(altered(content=sealed().content | {"gates": []}), "content hash")
    refused_at(altered(contentHash=sealed().content_hash.upper()), "content hash")
    refused_at(altered(contentHash="sha256:" + "0" * 64), "content hash")


def test_changed_content_with_a_fitting_hash_is_refused_by_the_signature() -> None:
    rewritten = json.loads(forged({}, sealed().content | {"gates": []}))

    refused_at(json.dumps(rewritten | {"signature": sealed().signature}).encode(), "signature")


@pytest.mark.parametrize("signature", [b"", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"\x30\x06\x02\x01\x01\x02\x01\x01"])
def test_signatures_of_nothing_are_refused(signature: bytes) -> None:
    refused_at(altered(signature=base64.b64encode(signature).decode()), "signature")


def test_the_second_form_of_the_signature_holds_and_shows_the_same_packet() -> None:
    other = base64.b64encode(second_form(base64.b64decode(sealed().signature))).decode()
    report = verify(altered(signature=other), ring())

    assert report.ok
    assert report.content == sealed().content
    assert [step.detail for step in report.steps if step.name == "content hash"] == [sealed().content_hash]


@pytest.mark.parametrize(
    ("outer", "value"),
    [("id", str(nth_id(8))), ("generatedAt", "2026-03-02T09:00:01Z")],
)
def test_an_outer_field_unlike_the_signed_one_is_refused(outer: str, value: str) -> None:
    assert refused_at(altered(**{outer: value}), "outer fields equal signed ones").startswith(outer)


@pytest.mark.parametrize("inner", ["packetId", "type", "version", "signerKeyRef", "generatedAt"])
def test_signed_content_must_repeat_every_outer_field(inner: str) -> None:
    other = forged({}, sealed().content | {inner: "something else"})
    absent = forged({}, {name: value for name, value in sealed().content.items() if name != inner})

    refused_at(other, "outer fields equal signed ones")
    refused_at(absent, "outer fields equal signed ones")


def test_content_that_was_signed_for_something_else_is_no_packet() -> None:
    refused_at(forged({}, CONTENT), "outer fields equal signed ones")


def test_what_a_forger_wrote_reaches_no_terminal_unquoted() -> None:
    packets = [
        altered(**{"\x1b[2J": 1}),
        altered(type="\x1b[2J"),
        altered(signerKeyRef="\x1b[2J"),
        altered(signatureAlgorithm="\x1b[2J"),
        altered(generatedAt="\x1b[2J"),
        altered(contentHash="\x1b[2J"),
        altered(signature="\x1b[2J"),
        forged({}, sealed().content | {"packetId": "\x1b[2J"}),
        b'{"\\u001b[2J": NaN}',
    ]

    for packet in packets:
        failure = verify(packet, ring()).failure
        assert failure and "\x1b" not in failure.detail


def accepted_only_with_the_same_meaning(packet: bytes) -> None:
    if verify(packet, ring()).ok:
        ours, theirs = as_answered(sealed()), strict_json(packet)
        assert json.dumps(theirs, sort_keys=True) == json.dumps(ours, sort_keys=True)


@pytest.mark.parametrize("bit", range(8))
def test_no_single_flipped_bit_of_the_file_is_accepted(bit: int) -> None:
    changed = bytearray(FILE)
    for place in range(len(FILE)):
        changed[place] ^= 1 << bit
        assert not verify(bytes(changed), ring()).ok, place
        changed[place] ^= 1 << bit


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, len(FILE)), st.integers(0, 40), st.binary(max_size=8) | st.sampled_from([b" ", b"\n", b'"', b"0"])
)
@example(place=1, length=0, instead=b" ")
def test_no_cut_or_insertion_is_accepted_with_another_meaning(place: int, length: int, instead: bytes) -> None:
    accepted_only_with_the_same_meaning(FILE[:place] + instead + FILE[place + length :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_give_a_report(packet: bytes) -> None:
    assert not verify(packet, ring()).ok
