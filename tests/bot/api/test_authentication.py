"""Tokens at the door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api.table import ENDPOINTS
from core.domain.people import SYSTEM
from tests.bot.api.conftest import NOWHERE, Api

OPEN = {"getPublicKeys", "getOpenapi", "getDocs", "getReleaseDecisionSchema", "getCheckpoint", "getTile"}


async def test_everything_but_the_descriptions_needs_a_token(api: Api) -> None:
    for endpoint in ENDPOINTS:
        path = endpoint.path.removeprefix("/api/v1").replace("{id}", NOWHERE).replace("{rest}", "0/000.p/1")
        reply = await api.call("", endpoint.method, path, b"not even JSON" if endpoint.contract.body else None)
        if endpoint.name in OPEN:
            assert reply.status == 200
        elif endpoint.name == "answerGateQuestion":
            assert (reply.status, reply.code) == (400, "invalid_request"), "its token stands in the body"
        elif endpoint.name == "getConsistencyProof":
            assert (reply.status, reply.body["field"]) == (400, "from"), "open too, but it has to be told from where"
        else:
            assert (reply.status, reply.code) == (401, "unauthenticated"), endpoint.name
            assert reply.headers["WWW-Authenticate"] == 'Bearer realm="countersign"'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer a b",
        "Basic dXNlcjpwYXNz",
        "VALID",
        "Token VALID",
        "Bearer " + "x" * 5000,
        "Bearer \u00e9",
        "Bearer VALID,VALID",
    ],
)
async def test_what_is_no_token_of_ours_is_401(api: Api, header: str) -> None:
    header = header.replace("VALID", api.tokens["bob"])
    reply = await api.call("", "GET", "/me", headers={"Authorization": header})
    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="countersign", error="invalid_token"'


async def test_unknown_expired_and_revoked_tokens_are_answered_alike(api: Api) -> None:
    await api.token("short", person_email="bob@example.com", valid_for=timedelta(hours=1))
    await api.token("revoked", person_email="bob@example.com")
    api.tokens["unknown"] = "csn_" + "x" * 43
    assert (await api.call("short", "GET", "/me")).status == 200
    newest = (await api.countersign.access.tokens())[0].token
    revoked = next(
        each.token
        for each in await api.countersign.access.tokens()
        if each.token.expires_at is None and each.token.id >= newest.id
    )
    await api.countersign.access.revoke_token(SYSTEM, revoked.id)
    api.clock.advance(hours=1)
    answers = {(await api.call(who, "GET", "/me")).raw for who in ("short", "revoked", "unknown")}
    assert len(answers) == 1


async def test_the_scheme_is_taken_in_any_letter_case(api: Api) -> None:
    reply = await api.call("", "GET", "/me", headers={"Authorization": f"bearer {api.tokens['bob']}"})
    assert reply.status == 200
