from __future__ import annotations

import base64
import json

import pytest

from core.domain.export_format import ExportFormat
from core.errors import NotFoundError
from core.evidence.exports import all_exports, attest, export
from core.evidence.statement import RELEASE_DECISION, VERIFICATION_RESULT
from tests.core.evidence.decisions import FORMS, attested, decided, document
from tests.core.evidence.samples import SIGNER
from tests.core.evidence.test_statement import CANCELLED
from tests.support.clock import nth_id

OLD = ()


def test_each_form_has_a_name_and_a_type_of_its_own() -> None:
    made = [export(decided(), attested(), form) for form in FORMS]

    assert [(each.name.removeprefix(f"evidence-{nth_id(7)}"), each.media_type) for each in made] == [
        (".json", "application/json"),
        (".dsse.json", "application/vnd.dsse.envelope.v1+json"),
        (".intoto-svr.json", "application/vnd.dsse.envelope.v1+json"),
        (".sigstore.json", "application/vnd.dev.sigstore.bundle.v0.3+json"),
    ]
    assert made[0].content == decided().to_file()


def test_the_bundle_holds_the_envelope_and_the_hint_of_our_key() -> None:
    bundle = document(ExportFormat.SIGSTORE)

    assert bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert bundle["verificationMaterial"] == {"publicKey": {"hint": SIGNER.key_ref}, "tlogEntries": []}
    assert bundle["dsseEnvelope"] == document(ExportFormat.DSSE)


def test_the_envelopes_say_what_they_are_asked_for_to_say() -> None:
    said = [
        json.loads(base64.b64decode(document(form)["payload"]))["predicateType"]
        for form in (ExportFormat.DSSE, ExportFormat.INTOTO_SVR)
    ]
    assert said == [RELEASE_DECISION, VERIFICATION_RESULT]


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_packet_from_before_has_no_other_form_and_says_so(form: ExportFormat) -> None:
    with pytest.raises(NotFoundError, match="before there were exports") as refused:
        export(decided(), OLD, form)

    assert "stands by itself" in refused.value.hint
    assert export(decided(), OLD, ExportFormat.PACKET).content == decided().to_file()


def test_a_decision_that_denied_has_all_but_the_verification_result() -> None:
    packet = decided(CANCELLED)
    made = attest(packet, SIGNER)

    assert [each.name.split(".", 1)[1] for each in all_exports(packet, made)] == ["json", "dsse.json", "sigstore.json"]
    with pytest.raises(NotFoundError, match="denied") as refused:
        export(packet, made, ExportFormat.INTOTO_SVR)
    assert "dsse" in refused.value.hint


def test_all_forms_that_there_are() -> None:
    assert {each.name for each in all_exports(decided(), attested())} == {
        export(decided(), attested(), form).name for form in FORMS
    }
    assert len(all_exports(decided(), OLD)) == 1
