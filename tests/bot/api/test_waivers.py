"""Waivers over REST, from the blocked request to the evidence."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain.people import Right
from tests.bot.api.conftest import NOWHERE, Api
from tests.core.gates.reports.samples import TRIVY


def wanted(api: Api, **changes: Any) -> dict[str, Any]:
    return {
        "vulnerabilityId": "CVE-2024-0001",
        "component": "myapp",
        "environmentId": str(api.production),
        "reason": "Only reachable from the build network",
        "endsAt": "2026-05-01T00:00:00Z",
    } | changes


async def test_a_waiver_lets_a_blocked_promotion_pass_and_is_sealed_in_its_evidence(api: Api) -> None:
    release = await api.release()
    await api.call("ci", "POST", f"/releases/{release}/scan-reports", TRIVY)
    asked = {"releaseId": str(release), "targetEnvironmentId": str(api.production)}
    promotion = (await api.call("alice", "POST", "/promotions", asked, {"Prefer": "wait=5"})).body
    assert promotion["gates"][0]["message"] == "1 critical vulnerability exceeds threshold (max: 0)"
    approve = f"/promotions/{promotion['id']}/approve"
    assert (await api.call("bob", "POST", approve)).code == "gates_blocked"

    waiver = await api.call("root", "POST", "/waivers", wanted(api))
    assert (waiver.status, waiver.body["holds"], waiver.body["environmentName"]) == (201, True, "Production")
    for who in ("bob", "carol"):
        assert (await api.call(who, "POST", approve)).status == 200

    packet = (await api.call("dave", "GET", f"/promotions/{promotion['id']}/evidence")).body
    (gate, _) = packet["content"]["gates"]
    (sealed,) = gate["inputs"]["takenOut"]["waived"]["findings"]
    assert sealed.items() >= {"waiverId": waiver.body["id"], "waivedBy": "Root", "id": "CVE-2024-0001"}.items()
    assert sealed["reason"] == "Only reachable from the build network"


async def test_the_requesters_own_waiver_does_not_count(api: Api) -> None:
    alice = api.people["alice"]
    roles = {"email": alice.email, "name": alice.name, "roles": [Right.REQUESTER, Right.WAIVER]}
    assert (await api.call("root", "PUT", f"/people/{alice.id}", roles)).status == 200
    release = await api.release()
    await api.call("ci", "POST", f"/releases/{release}/scan-reports", TRIVY)
    assert (await api.call("alice", "POST", "/waivers", wanted(api))).status == 201
    asked = {"releaseId": str(release), "targetEnvironmentId": str(api.production)}

    by_alice = await api.call("alice", "POST", "/promotions/preview-gates", asked)
    by_bob = await api.call("bob", "POST", "/promotions/preview-gates", asked)

    assert (by_alice.body["wouldPass"], by_bob.body["wouldPass"]) == (False, True)
    assert "waived by the requester" in by_alice.body["gates"][0]["message"]


async def test_a_revoked_waiver_stays_on_record(api: Api) -> None:
    await api.release()
    made = (await api.call("root", "POST", "/waivers", wanted(api))).body
    path = f"/waivers/{made['id']}"

    assert (await api.call("root", "DELETE", path)).status == 204

    shown = (await api.call("dave", "GET", path)).body
    assert (shown["holds"], shown["revokedBy"]["name"]) == (False, "Root")
    assert (await api.call("root", "DELETE", path)).status == 409
    assert (await api.call("dave", "GET", f"/waivers?component=myapp&environmentId={api.production}")).body["data"] == [
        shown
    ]
    assert (await api.call("dave", "GET", "/waivers?vulnerabilityId=CVE-1")).body["data"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "endsAt"),
        ({"endsAt": "2036-01-01T00:00:00Z"}, "endsAt"),
        ({"endsAt": "2026-05-01"}, "endsAt"),
        ({"component": "no such thing"}, "component"),
        ({"environmentId": NOWHERE}, "environmentId"),
        ({"vulnerabilityId": "CVE\u202e"}, "vulnerabilityId"),
        ({"forever": True}, "forever"),
    ],
)
async def test_a_waiver_that_makes_no_sense(api: Api, change: dict[str, Any], field: str) -> None:
    await api.release()
    reply = await api.call("root", "POST", "/waivers", wanted(api, **change))
    assert (reply.status, reply.body["field"]) == (400, field)
    assert (await api.call("dave", "GET", "/waivers")).body["data"] == []


async def test_who_has_neither_role_waives_nothing(api: Api) -> None:
    reply = await api.call("bob", "POST", "/waivers", wanted(api))
    assert (reply.status, reply.body["missingRole"]) == (403, "waiver")
