"""Promotions through REST, word for word as the API document has them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from core.app.requesting import RequestPromotion
from core.domain.people import Actor
from core.domain.promotion import Promotion
from core.errors import UnavailableError
from tests.bot.api.conftest import NOWHERE, Api
from tests.support.clock import MORNING

DOCUMENTED = {
    "id",
    "releaseId",
    "releaseName",
    "sourceEnvironmentId",
    "sourceEnvironmentName",
    "targetEnvironmentId",
    "targetEnvironmentName",
    "status",
    "requestedBy",
    "requestedAt",
    "reason",
}


async def wanted(api: Api, **fields: Any) -> dict[str, Any]:
    return {"releaseId": str(await api.release()), "targetEnvironmentId": str(api.production), **fields}


async def test_a_request_is_answered_with_201_and_pending(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", await wanted(api, reason="Deploying with a bug fix"))
    assert reply.status == 201
    assert reply.body.keys() >= DOCUMENTED
    assert reply.body["status"] == "pending"
    assert reply.body["releaseName"] == "myapp-v2.3.1"
    assert reply.body["sourceEnvironmentName"] == "Staging"
    assert reply.body["targetEnvironmentName"] == "Production"
    assert reply.body["requestedBy"] == str(api.people["alice"].id)
    assert reply.body["requestedAt"] == MORNING.isoformat().replace("+00:00", "Z")
    assert reply.body["reason"] == "Deploying with a bug fix"
    assert reply.headers["Location"] == f"/api/v1/promotions/{reply.body['id']}"
    assert "Preference-Applied" not in reply.headers


async def test_who_prefers_to_wait_gets_the_evaluation(api: Api) -> None:
    reply = await api.call("alice", "POST", "/promotions", await wanted(api), {"Prefer": "respond-async, wait=99"})
    assert reply.status == 201
    assert reply.headers["Preference-Applied"] == "wait=30"
    assert reply.body["status"] == "awaiting_approval"
    assert [gate["gateName"] for gate in reply.body["gates"]] == ["security-gate", "freeze-window-gate"]
    assert reply.body["expiresAt"] == "2026-03-03T09:00:00Z"


async def test_waiting_shows_the_gates_that_block(api: Api) -> None:
    promotion = await api.asked(critical=3)
    assert promotion["status"] == "pending"
    gate = promotion["gates"][0]
    assert gate["blocking"] is True
    assert gate["message"] == "3 critical vulnerabilities exceed threshold (max: 0)"


@pytest.mark.parametrize("preference", ["wait", "wait=-1", "wait=1.5", "wait=soon", "wait=1e3", "handling=lenient"])
async def test_a_preference_that_is_not_understood_is_ignored(api: Api, preference: str) -> None:
    reply = await api.call("alice", "POST", "/promotions", await wanted(api), {"Prefer": preference})
    assert (reply.status, reply.body["status"]) == (201, "pending")
    assert "Preference-Applied" not in reply.headers


async def test_a_second_request_names_the_first(api: Api) -> None:
    body = await wanted(api)
    first = await api.call("alice", "POST", "/promotions", body)
    second = await api.call("ci", "POST", "/promotions", body)
    assert (second.status, second.code) == (409, "promotion_already_open")
    assert second.body["promotionId"] == first.body["id"]


@pytest.mark.parametrize("name", ["releaseId", "targetEnvironmentId"])
async def test_an_unknown_release_or_environment_is_404(api: Api, name: str) -> None:
    reply = await api.call("alice", "POST", "/promotions", await wanted(api, **{name: NOWHERE}))
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.body["field"] == name


async def test_everything_about_a_promotion(api: Api) -> None:
    promotion = await api.asked()
    await api.call("bob", "POST", f"/promotions/{promotion['id']}/approve", {"comment": "LGTM"})
    reply = await api.call("dave", "GET", f"/promotions/{promotion['id']}")
    assert reply.status == 200
    body = reply.body
    assert body.keys() >= DOCUMENTED
    assert (body["approvalCount"], body["requiredApprovals"]) == (1, 2)
    assert body["decision"]["decision"] == "pending"
    assert body["decision"]["decidedAt"] is None
    assert [approval["approverName"] for approval in body["approvals"]] == ["Bob"]
    assert body["mayStillApprove"] == [{"id": str(api.people["carol"].id), "name": "Carol"}]
    (policy,) = body["policies"]
    assert policy["name"] == "production-policy"
    assert (policy["approvalCount"], policy["requiredApprovals"], policy["satisfied"]) == (1, 2, False)
    assert policy["digest"].startswith("sha256:")
    assert (body["separationOfDuties"], body["component"], body["version"]) == (True, "myapp", "v2.3.1")


async def test_a_list_has_pages(api: Api) -> None:
    asked = [(await api.asked())["id"] for _ in range(3)]
    first = await api.call("dave", "GET", "/promotions?pageSize=2")
    assert first.status == 200
    on = first.body["meta"].pop("nextCursor")
    assert first.body["meta"] == {"page": 1, "pageSize": 2, "totalCount": 3, "totalCountExact": True}
    second = await api.call("dave", "GET", "/promotions?pageSize=2&page=2")
    end = {"totalCount": 3, "totalCountExact": True, "nextCursor": None}
    assert second.body["meta"] == {"page": 2, "pageSize": 2, **end}
    assert (await api.call("dave", "GET", f"/promotions?pageSize=2&cursor={on}")).body["data"] == second.body["data"]
    listed = [promotion["id"] for promotion in (*first.body["data"], *second.body["data"])]
    assert sorted(listed) == sorted(asked)
    assert set(first.body["data"][0]) >= {"id", "releaseName", "targetEnvironmentName", "status", "requestedAt"}
    beyond = await api.call("dave", "GET", "/promotions?page=9")
    assert (beyond.status, beyond.body["data"]) == (200, [])
    assert (await api.call("dave", "GET", "/promotions")).body["meta"]["pageSize"] == 25


async def test_filters(api: Api) -> None:
    waiting, blocked, gone = await api.asked(), await api.asked("ci", critical=1), await api.asked()
    await api.call("alice", "POST", f"/promotions/{gone['id']}/cancel")

    async def ids(query: str) -> set[str]:
        reply = await api.call("dave", "GET", f"/promotions?{query}")
        assert reply.status == 200, reply.body
        return {promotion["id"] for promotion in reply.body["data"]}

    assert await ids("status=awaiting_approval") == {waiting["id"]}
    assert await ids("status=pending,cancelled") == {blocked["id"], gone["id"]}
    assert await ids("status=pending&status=cancelled") == {blocked["id"], gone["id"]}
    assert await ids(f"releaseId={waiting['releaseId']}") == {waiting["id"]}
    assert await ids(f"environmentId={api.production}") == {waiting["id"], blocked["id"], gone["id"]}
    assert await ids(f"environmentId={api.staging}") == set()
    assert await ids(f"requestedBy={blocked['requestedBy']}") == {blocked["id"]}
    assert await ids(f"status=pending&releaseId={waiting['releaseId']}") == set()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=open", "status"),
        ("status=pending,", "status"),
        ("status=", "status"),
        ("releaseId=1", "releaseId"),
        ("environmentId=%7B" + NOWHERE + "%7D", "environmentId"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.0", "page"),
        ("page=%201", "page"),
        ("page=1_0", "page"),
        ("page=%D9%A1", "page"),
        ("page=1&page=2", "page"),
        ("page=99999999999999999999", "page"),
        ("pageSize=101", "pageSize"),
        ("page_size=1", "page_size"),
        ("sort=name", "sort"),
        ("%00=1", "'\\x00'"),
    ],
)
async def test_a_wrong_filter_is_400_and_named(api: Api, query: str, field: str) -> None:
    reply = await api.call("dave", "GET", f"/promotions?{query}")
    assert (reply.status, reply.code) == (400, "invalid_request")
    assert reply.body["field"] == field


async def test_a_dry_run_has_messages_as_people_write_them(api: Api) -> None:
    release = await api.release(critical=3)
    body = {"releaseId": str(release), "targetEnvironmentId": str(api.production)}
    reply = await api.call("dave", "POST", "/promotions/preview-gates", body)
    assert reply.status == 200
    assert reply.body == {
        "wouldPass": False,
        "at": "2026-03-02T09:00:00Z",
        "earliestPassingAt": None,
        "gates": [
            {
                "gateName": "security-gate",
                "passed": False,
                "blocking": True,
                "message": "3 critical vulnerabilities exceed threshold (max: 0)",
            },
            {"gateName": "freeze-window-gate", "passed": True, "blocking": False, "message": "No active freeze window"},
        ],
    }
    assert (await api.call("dave", "GET", "/promotions")).body["meta"]["totalCount"] == 0
    missing = await api.call("dave", "POST", "/promotions/preview-gates", {**body, "releaseId": NOWHERE})
    assert (missing.status, missing.body["field"]) == (404, "releaseId")


async def test_the_deployer_reports_how_it_goes(api: Api) -> None:
    path = f"/promotions/{(await api.approved())['id']}/deployment"
    begun = await api.call("ci", "POST", path, {"status": "deploying", "externalUrl": "https://ci.example.com/runs/1"})
    assert (begun.status, begun.body["status"]) == (200, "deploying")
    again = await api.call("ci", "POST", path, {"status": "deploying"})
    assert (again.status, again.code) == (409, "transition_not_allowed")
    assert again.body["currentStatus"] == "deploying"
    assert again.body["status"] == 409
    done = await api.call("ci", "POST", path, {"status": "deployed", "message": "12 of 12 hosts"})
    assert (done.body["status"], done.body["externalUrl"]) == ("deployed", "https://ci.example.com/runs/1")
    assert done.body["deploymentMessage"] == "12 of 12 hosts"
    running = await api.call("dave", "GET", f"/environments/{api.production}")
    assert running.body["currentRelease"]["name"] == "myapp-v2.3.1"
    back = await api.call("ci", "POST", path, {"status": "rolled_back"})
    assert back.body["status"] == "rolled_back"
    assert back.body["decision"]["decision"] == "allow"


async def test_only_a_deployer_reports(api: Api) -> None:
    path = f"/promotions/{(await api.approved())['id']}/deployment"
    for who in ("root", "bob"):
        reply = await api.call(who, "POST", path, {"status": "deploying"})
        assert (reply.status, reply.code) == (403, "forbidden")


async def test_my_pending_approvals_are_what_i_may_approve_now(api: Api) -> None:
    waiting = await api.asked()
    await api.asked(critical=1)

    async def mine(who: str) -> list[str]:
        reply = await api.call(who, "GET", "/my/pending-approvals")
        assert reply.status == 200
        assert isinstance(reply.body, list)
        return [promotion["id"] for promotion in reply.body]

    assert await mine("bob") == [waiting["id"]]
    assert await mine("alice") == [], "the requester is kept out by separation of duties"
    assert await mine("dave") == []
    assert await mine("ci") == []
    await api.call("bob", "POST", f"/promotions/{waiting['id']}/approve")
    assert await mine("bob") == []
    assert await mine("carol") == [waiting["id"]]


async def test_the_same_request_by_many_at_once_is_stored_once(api: Api) -> None:
    body = await wanted(api)
    replies = await asyncio.gather(*(api.call("ci", "POST", "/promotions", body) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [201, *[409] * 7]


async def test_waiting_ends_when_the_time_is_over(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, evaluate = asyncio.Event(), api.countersign.evaluating.evaluate

    async def slow(promotion_id: UUID, correlation_id: str = "", *, first: bool) -> Promotion | None:
        await go_on.wait()
        return await evaluate(promotion_id, correlation_id, first=first)

    monkeypatch.setattr(api.countersign.evaluating, "evaluate", slow)
    reply = await api.call("alice", "POST", "/promotions", await wanted(api), {"Prefer": "wait=0"})
    assert (reply.status, reply.body["status"], reply.headers["Preference-Applied"]) == (201, "pending", "wait=0")
    go_on.set()
    for _ in range(100):
        shown = await api.call("alice", "GET", f"/promotions/{reply.body['id']}")
        if shown.body["status"] != "pending":
            break
        await asyncio.sleep(0.01)
    assert shown.body["status"] == "awaiting_approval", "what was not done in time goes on"


async def test_an_evaluation_that_fails_takes_nothing_from_the_request(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_promotion_id: UUID, _correlation_id: str = "", *, first: bool) -> None:
        raise UnavailableError("The database is away")

    monkeypatch.setattr(api.countersign.evaluating, "evaluate", broken)
    reply = await api.call("alice", "POST", "/promotions", await wanted(api), {"Prefer": "wait=5"})
    assert (reply.status, reply.body["status"]) == (201, "pending")


async def test_the_answer_stays_pending_however_quick_the_evaluation_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = api.countersign.requesting.request

    async def overtaken(actor: Actor, command: RequestPromotion) -> Promotion:
        promotion = await request(actor, command)
        await api.countersign.evaluating.evaluate(promotion.id)
        return promotion

    monkeypatch.setattr(api.countersign.requesting, "request", overtaken)
    reply = await api.call("alice", "POST", "/promotions", await wanted(api))
    assert (reply.status, reply.body["status"], reply.body["gates"]) == (201, "pending", [])
