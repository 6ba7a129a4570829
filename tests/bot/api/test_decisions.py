"""Votes, cancelling, the decision record and evidence, word for word as the API document has them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from typing import Any

import pytest

from core.evidence.keyring import KeyRing
from core.evidence.verification import verify
from tests.bot.api.conftest import NOWHERE, Api


async def approve(api: Api, who: str, promotion: Any, body: Any = None) -> Any:
    return await api.call(who, "POST", f"/promotions/{promotion['id']}/approve", body)


async def test_the_answer_to_a_vote_is_as_documented(api: Api) -> None:
    promotion = await api.asked()
    first = await approve(api, "bob", promotion, {"comment": "Approved after reviewing security scan results"})
    assert first.status == 200
    assert first.body == {
        "id": promotion["id"],
        "status": "awaiting_approval",
        "approvalCount": 1,
        "requiredApprovals": 2,
        "decidedAt": None,
    }
    second = await approve(api, "carol", promotion)
    assert second.body == {
        "id": promotion["id"],
        "status": "approved",
        "approvalCount": 2,
        "requiredApprovals": 2,
        "decidedAt": "2026-03-02T09:00:00Z",
    }


@pytest.mark.parametrize("body", [None, b"", b"  ", {}, {"comment": ""}])
async def test_a_vote_needs_no_body(api: Api, body: Any) -> None:
    assert (await approve(api, "bob", await api.asked(), body)).status == 200


async def test_the_requester_may_not_approve(api: Api) -> None:
    reply = await approve(api, "alice", await api.asked())
    assert (reply.status, reply.code) == (403, "separation_of_duties")


async def test_who_is_in_no_group_may_not_vote(api: Api) -> None:
    promotion = await api.asked()
    for path, body in (("approve", {}), ("reject", {"reason": "No"})):
        reply = await api.call("root", "POST", f"/promotions/{promotion['id']}/{path}", body)
        assert (reply.status, reply.code) == (403, "not_in_approver_list")
        assert reply.body["approverGroups"] == ["release-managers"]


async def test_programs_do_not_vote(api: Api) -> None:
    reply = await approve(api, "ci", await api.asked())
    assert reply.status == 403


async def test_one_person_has_one_vote(api: Api) -> None:
    promotion = await api.asked()
    await approve(api, "bob", promotion)
    reply = await approve(api, "bob", promotion)
    assert (reply.status, reply.code) == (409, "already_voted")


async def test_what_is_decided_stays_decided(api: Api) -> None:
    promotion = await api.approved()
    for path, body in (("approve", {}), ("reject", {"reason": "late"}), ("cancel", {})):
        reply = await api.call("alice", "POST", f"/promotions/{promotion['id']}/{path}", body)
        assert (reply.status, reply.code) == (409, "already_decided")
        assert reply.body["status"] == 409
        assert (reply.body["currentStatus"], reply.body["decidedBy"]) == ("approved", "Carol")
        assert reply.body["decidedAt"] == "2026-03-02T09:00:00Z"


async def test_a_gate_that_blocks_is_422_and_the_vote_is_not_stored(api: Api) -> None:
    promotion = await api.asked(critical=1)
    reply = await approve(api, "bob", promotion)
    assert (reply.status, reply.code, reply.body["title"]) == (422, "gates_blocked", "Gate evaluation failed")
    gate = next(gate for gate in reply.body["gates"] if gate["blocking"])
    assert gate["message"] == "1 critical vulnerability exceeds threshold (max: 0)"
    assert (await api.call("bob", "GET", f"/promotions/{promotion['id']}/approvals")).body == []


async def test_a_rejection_decides(api: Api) -> None:
    promotion = await api.asked()
    path = f"/promotions/{promotion['id']}/reject"
    for body in (None, {}, {"reason": ""}, {"reason": " \n"}):
        reply = await api.call("bob", "POST", path, body)
        assert (reply.status, reply.code) == (400, "invalid_request"), body
    reply = await api.call("bob", "POST", path, {"reason": "Security vulnerabilities not addressed"})
    assert (reply.status, reply.body["status"]) == (200, "rejected")
    assert reply.body["releaseName"] == promotion["releaseName"]
    assert reply.body["closeComment"] == "Security vulnerabilities not addressed"
    assert reply.body["decision"]["decision"] == "deny"


async def test_the_requester_cancels_and_so_does_an_administrator(api: Api) -> None:
    mine, other = await api.asked(), await api.asked()
    assert (await api.call("bob", "POST", f"/promotions/{mine['id']}/cancel")).status == 403
    reply = await api.call("alice", "POST", f"/promotions/{mine['id']}/cancel")
    assert (reply.status, reply.body["status"]) == (200, "cancelled")
    assert reply.body["closeReason"] == "cancelled_by_requester"
    reply = await api.call("root", "POST", f"/promotions/{other['id']}/cancel", {"reason": "Wrong version"})
    assert (reply.body["closeReason"], reply.body["closeComment"]) == ("cancelled_by_admin", "Wrong version")


async def test_time_runs_out(api: Api) -> None:
    promotion = await api.asked()
    api.clock.advance(hours=24)
    reply = await approve(api, "bob", promotion)
    assert (reply.status, reply.body["closeReason"]) == (409, "expired")


async def test_an_approval_may_be_bound_to_what_was_seen(api: Api) -> None:
    promotion = await api.asked()
    seen = (await api.call("bob", "GET", f"/promotions/{promotion['id']}")).body["seenDigest"]
    other = await approve(api, "bob", promotion, {"seenDigest": "sha256:" + "0" * 64})
    assert (other.status, other.code, other.body["seenDigest"]) == (409, "card_drifted", seen)
    assert other.body["changes"][0]["what"] == "terms"
    assert (await api.call("bob", "GET", f"/promotions/{promotion['id']}/approvals")).body == []
    bound = await approve(api, "bob", promotion, {"seenDigest": seen})
    assert (bound.status, bound.body["approvalCount"]) == (200, 1)


async def test_what_is_no_digest_is_refused_by_its_name(api: Api) -> None:
    reply = await approve(api, "bob", await api.asked(), {"seenDigest": "sha256:abc"})
    assert reply.status == 400 and "seenDigest" in str(reply.body)


async def test_the_decision_record_is_as_documented(api: Api) -> None:
    promotion = await api.asked()
    path = f"/promotions/{promotion['id']}/decision"
    undecided = await api.call("dave", "GET", path)
    assert (undecided.status, undecided.body["decision"], undecided.body["decidedAt"]) == (200, "pending", None)
    await approve(api, "bob", promotion, {"comment": "LGTM"})
    await approve(api, "carol", promotion)
    record = (await api.call("dave", "GET", path)).body
    assert set(record) == {"promotionId", "decision", "decidedAt", "gates", "approvals"}
    assert (record["promotionId"], record["decision"]) == (promotion["id"], "allow")
    security = record["gates"][0]
    assert set(security) == {"gateName", "passed", "details"}
    expected = {"criticalCount": 0, "highCount": 3, "maxCritical": 0, "maxHigh": 5}
    assert security["details"].items() >= expected.items()
    assert record["gates"][1]["details"] == {"activeFreezeWindow": None}
    assert record["approvals"][0] == {
        "approverId": str(api.people["bob"].id),
        "approverName": "Bob",
        "decision": "approved",
        "comment": "LGTM",
        "approvedAt": "2026-03-02T09:00:00Z",
    }


async def test_approvals_are_a_plain_array(api: Api) -> None:
    promotion = await api.approved()
    reply = await api.call("dave", "GET", f"/promotions/{promotion['id']}/approvals")
    assert [approval["approverName"] for approval in reply.body] == ["Bob", "Carol"]


async def test_evidence_verifies_with_the_published_keys(api: Api) -> None:
    promotion = await api.approved()
    reply = await api.call("dave", "GET", f"/promotions/{promotion['id']}/evidence")
    assert reply.status == 200
    assert set(reply.body) == {
        "id",
        "type",
        "version",
        "content",
        "contentHash",
        "signature",
        "signatureAlgorithm",
        "signerKeyRef",
        "generatedAt",
    }
    assert (reply.body["type"], reply.body["version"]) == ("release_decision", "1.0")
    line = re.search(rb'^ *"content": (.*),$', reply.raw, re.MULTILINE)
    assert line is not None
    assert "sha256:" + hashlib.sha256(line[1]).hexdigest() == reply.body["contentHash"], "the bytes are as signed"
    jwks = await api.call("", "GET", "/.well-known/jwks.json")
    assert jwks.status == 200
    assert reply.body["signerKeyRef"] in {key["kid"] for key in jwks.body["keys"]}
    assert verify(reply.raw, KeyRing.from_jwks(json.dumps(jwks.body).encode())).ok


async def test_there_is_no_evidence_before_the_decision(api: Api) -> None:
    reply = await api.call("dave", "GET", f"/promotions/{(await api.asked())['id']}/evidence")
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.body["currentStatus"] == "awaiting_approval"


@pytest.mark.parametrize("path", ["", "/decision", "/approvals", "/evidence"])
@pytest.mark.parametrize("id", [NOWHERE, "1", NOWHERE.replace("-", ""), "{" + NOWHERE + "}", "%00"])
async def test_an_unknown_promotion_is_404(api: Api, id: str, path: str) -> None:
    reply = await api.call("dave", "GET", f"/promotions/{id}{path}")
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("bob", "approve", {}),
        ("bob", "reject", {"reason": "No"}),
        ("alice", "cancel", {}),
        ("ci", "deployment", {"status": "deploying"}),
    ],
)
async def test_nothing_can_be_done_to_an_unknown_promotion(api: Api, who: str, path: str, body: Any) -> None:
    reply = await api.call(who, "POST", f"/promotions/{NOWHERE}/{path}", body)
    assert (reply.status, reply.code) == (404, "not_found")


async def test_a_race_has_one_outcome(api: Api) -> None:
    promotion = await api.asked()
    await approve(api, "bob", promotion)
    replies = await asyncio.gather(
        approve(api, "carol", promotion),
        api.call("alice", "POST", f"/promotions/{promotion['id']}/reject", {"reason": "No"}),
        api.call("root", "POST", f"/promotions/{promotion['id']}/cancel"),
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    winner = next(reply for reply in replies if reply.status == 200)
    final = await api.call("dave", "GET", f"/promotions/{promotion['id']}")
    assert final.body["status"] == winner.body["status"]
