"""Who may do what: every endpoint of the route table by every kind of token, against a table of its own."""

from __future__ import annotations

import pytest

from bot.api.table import ENDPOINTS
from core.domain.people import SERVICE_SCOPES, Right
from tests.bot.api.conftest import NOWHERE, Api

WRITES = {
    Right.REQUESTER: {"createPromotion"},
    Right.PUBLISHER: {"registerRelease", "submitScanReport", "submitVex"},
    Right.DEPLOYER: {"reportDeployment"},
    Right.ADMIN: {
        *(f"{verb}{thing}" for thing in ("ApprovalPolicy", "ApproverGroup") for verb in ("create", "update", "delete")),
        *(
            f"{verb}{thing}"
            for thing in ("Environment", "FreezeWindow", "Calendar")
            for verb in ("create", "update", "delete")
        ),
        "createPerson",
        "updatePerson",
        "importKnownExploited",
        "listPeople",
        "getPerson",
        "getAuditLog",
    },
}
VOTES = {"approvePromotion", "rejectPromotion", "cancelPromotion", "liftFreeze"}
WAIVES = {"createWaiver", "revokeWaiver"}
BODIES = {
    "createPromotion": {"releaseId": NOWHERE, "targetEnvironmentId": NOWHERE},
    "previewGates": {"releaseId": NOWHERE, "targetEnvironmentId": NOWHERE},
    "rejectPromotion": {"reason": "No"},
    "reportDeployment": {"status": "deploying"},
    "submitVex": {},
    "importKnownExploited": {"catalogVersion": "1", "count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228"}]},
    "registerRelease": {"component": "shop", "version": "1"},
    "submitScanReport": {"scanner": "trivy", "criticalCount": 0, "highCount": 0},
    "ApprovalPolicy": {"name": "p", "environmentId": NOWHERE, "requiredApprovals": 0},
    "Environment": {"name": "e"},
    "FreezeWindow": {
        "name": "f",
        "environmentIds": [NOWHERE],
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2026-01-02T00:00:00Z",
    },
    "ApproverGroup": {"name": "g"},
    "Calendar": {"name": "c", "url": "https://example.com/c.ics"},
    "Person": {"email": "p@example.com", "name": "P"},
}


def body_of(name: str) -> object:
    thing = name.removeprefix("create").removeprefix("update")
    return BODIES.get(name, BODIES.get(thing))


def allowed(name: str, right: Right) -> bool:
    """Whether a service account's token with that one scope may do it."""
    for holder, names in WRITES.items():
        if name in names:
            return right in {holder, Right.ADMIN}
    return True


@pytest.mark.parametrize("right", sorted(SERVICE_SCOPES))
async def test_a_scope_opens_its_own_doors_only(api: Api, right: Right) -> None:
    await api.token(right, service_name=f"with-{right}", scopes=frozenset({right}))
    for endpoint in ENDPOINTS:
        if endpoint.contract.is_open or endpoint.name in VOTES | WAIVES:
            continue
        path = endpoint.path.removeprefix("/api/v1").replace("{id}", NOWHERE)
        takes_body = endpoint.contract.body or endpoint.contract.takes_document
        body = body_of(endpoint.name) if takes_body else None
        reply = await api.call(right, endpoint.method, path, body)
        may = allowed(endpoint.name, right)
        assert (reply.status != 403) is may, (endpoint.name, right, reply.body)
        assert reply.status != 400 or may, (endpoint.name, right, reply.body)


@pytest.mark.parametrize("right", sorted(SERVICE_SCOPES))
async def test_no_scope_lets_a_program_vote(api: Api, right: Right) -> None:
    promotion = await api.asked()
    await api.token(right, service_name=f"with-{right}", scopes=frozenset({right}))
    lift = {"reason": "No", "until": "2026-03-02T12:00:00Z"}
    for path, body in (("approve", {}), ("reject", {"reason": "No"}), ("freeze-exemption", lift)):
        reply = await api.call(right, "POST", f"/promotions/{promotion['id']}/{path}", body)
        assert (reply.status, reply.code) in {(403, "may_not_vote"), (403, "forbidden")}


@pytest.mark.parametrize("right", sorted(SERVICE_SCOPES))
async def test_no_scope_lets_a_program_waive_a_finding(api: Api, right: Right) -> None:
    await api.token(right, service_name=f"with-{right}", scopes=frozenset({right}))
    waiver = {
        "vulnerabilityId": "CVE-2024-3094",
        "component": "myapp",
        "environmentId": str(api.production),
        "reason": "No",
        "endsAt": "2026-03-01T00:00:00Z",
    }
    assert (await api.call(right, "POST", "/waivers", waiver)).status == 403
    assert (await api.call(right, "DELETE", f"/waivers/{NOWHERE}")).status == 403


async def test_a_person_without_a_role_reads_and_no_more(api: Api) -> None:
    promotion = await api.asked()
    assert (await api.call("dave", "GET", f"/promotions/{promotion['id']}")).status == 200
    for method, path, body in (
        ("POST", "/promotions", BODIES["createPromotion"]),
        ("POST", f"/promotions/{promotion['id']}/approve", {}),
        ("POST", f"/promotions/{promotion['id']}/cancel", {}),
        ("POST", "/releases", BODIES["registerRelease"]),
        ("POST", "/environments", BODIES["Environment"]),
        ("GET", "/people", None),
        ("GET", "/audit-log", None),
    ):
        reply = await api.call("dave", method, path, body)
        assert reply.status == 403, (method, path)


async def test_a_narrow_token_takes_rights_away(api: Api) -> None:
    promotion = await api.asked()
    await api.token("narrow", person_email="bob@example.com", scopes=frozenset({Right.REQUESTER}))
    reply = await api.call("narrow", "POST", f"/promotions/{promotion['id']}/approve")
    assert (reply.status, reply.body["missingScope"]) == (403, "approver")


async def test_a_deactivated_person_is_out_at_once(api: Api) -> None:
    bob = api.people["bob"]
    body = {"email": bob.email, "name": bob.name, "active": False}
    assert (await api.call("root", "PUT", f"/people/{bob.id}", body)).status == 200
    for path in ("/promotions", "/me", "/my/pending-approvals"):
        reply = await api.call("bob", "GET", path)
        assert (reply.status, reply.code) == (403, "may_not_vote")
