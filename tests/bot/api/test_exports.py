"""Evidence in the forms that other tools read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.evidence.attestation_verification import verify_attestation
from core.evidence.keyring import KeyRing
from tests.bot.api.conftest import NOWHERE, Api

FORMS = {
    "dsse": "application/vnd.dsse.envelope.v1+json",
    "intoto-svr": "application/vnd.dsse.envelope.v1+json",
    "sigstore": "application/vnd.dev.sigstore.bundle.v0.3+json",
}


async def evidence(api: Api, promotion: Any, query: str = "", who: str = "dave") -> Any:
    return await api.call(who, "GET", f"/promotions/{promotion['id']}/evidence{query}")


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_has_its_type_and_verifies_with_the_published_keys(api: Api, form: str) -> None:
    promotion = await api.approved()
    reply = await evidence(api, promotion, f"?format={form}")
    jwks = await api.call("", "GET", "/.well-known/jwks.json")

    assert (reply.status, reply.headers["Content-Type"]) == (200, FORMS[form])
    assert verify_attestation(reply.raw, KeyRing.from_jwks(json.dumps(jwks.body).encode())).ok
    assert (await evidence(api, promotion, f"?format={form}")).raw == reply.raw, "the same whenever it is asked for"


async def test_the_packet_is_what_is_given_without_a_format(api: Api) -> None:
    promotion = await api.approved()

    assert (await evidence(api, promotion)).raw == (await evidence(api, promotion, "?format=packet")).raw


async def test_of_a_rejection_there_is_no_verification_result_and_the_answer_says_what_to_take(api: Api) -> None:
    promotion = await api.asked()
    await api.call("bob", "POST", f"/promotions/{promotion['id']}/reject", {"reason": "no"})
    reply = await evidence(api, promotion, "?format=intoto-svr")

    assert (reply.status, reply.code) == (404, "not_found")
    assert "dsse" in reply.body["hint"]
    assert (await evidence(api, promotion, "?format=dsse")).status == 200


@pytest.mark.parametrize("query", ["?format=vsa", "?format=", "?format=dsse&format=dsse", "?formats=dsse"])
async def test_an_unknown_format_is_refused_by_its_name(api: Api, query: str) -> None:
    reply = await evidence(api, await api.approved(), query)

    assert (reply.status, reply.code) == (400, "invalid_request")
    assert "format" in reply.body["field"]


async def test_nothing_is_shown_to_nobody_or_before_the_decision(api: Api) -> None:
    assert (await evidence(api, await api.approved(), "?format=dsse", who="")).status == 401
    assert (await evidence(api, await api.asked(), "?format=dsse")).status == 404
    assert (await evidence(api, {"id": NOWHERE}, "?format=dsse")).status == 404


async def test_the_schema_is_published_and_describes_the_packet(api: Api) -> None:
    schema = await api.call("", "GET", "/schemas/release-decision-v1.json")
    packet = await evidence(api, await api.approved())

    assert (schema.status, schema.headers["Content-Type"]) == (200, "application/json")
    Draft202012Validator(schema.body).validate(packet.body["content"])
