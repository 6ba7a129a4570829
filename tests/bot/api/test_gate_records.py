"""What gates wait for, through the API: checklists, and answers of services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from core.app.drafts import EnvironmentDraft
from core.domain.people import SYSTEM
from tests.bot.api.conftest import Api

ITEMS = [{"name": "Runbook updated", "group": "release-managers"}]
SERVICES = [{"name": "change-board", "url": "https://board.example.com/ask"}]


async def asked(api: Api, gates: dict[str, Any]) -> Any:
    """A promotion to an environment with these gates."""
    draft = EnvironmentDraft("Vault", gates=gates)
    environment = await api.countersign.administering.create_environment(SYSTEM, draft)
    body = {"releaseId": str(await api.release()), "targetEnvironmentId": str(environment.id), "reason": "x"}
    reply = await api.call("alice", "POST", "/promotions", body, headers={"Prefer": "wait=5"})
    assert reply.status == 201
    return reply.body


async def test_an_item_is_ticked_shown_and_taken_back(api: Api) -> None:
    promotion = await asked(api, {"manual-gate": {"items": ITEMS}})
    path = f"/promotions/{promotion['id']}/checklist"
    before = await api.call("alice", "GET", path)
    assert before.body == [
        {
            "name": "Runbook updated",
            "group": "release-managers",
            "ticked": False,
            "tickedById": None,
            "tickedByName": None,
            "tickedAt": None,
        }
    ]

    ticked = await api.call("bob", "POST", path, {"item": "Runbook updated"})

    assert (ticked.status, ticked.body[0]["ticked"], ticked.body[0]["tickedByName"]) == (200, True, "Bob")
    await api.countersign.evaluating.evaluate(UUID(promotion["id"]))
    shown = await api.call("alice", "GET", f"/promotions/{promotion['id']}")
    assert shown.body["status"] == "awaiting_approval"
    assert shown.body["gates"][0]["inputsDigest"].startswith("sha256:")
    back = await api.call("bob", "POST", path, {"item": "Runbook updated", "ticked": False})
    assert back.body[0]["ticked"] is False


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("bob", {"item": "No such item"}, 404, "not_found"),
        ("bob", {"item": ""}, 400, "invalid_request"),
        ("bob", {"item": "Runbook updated", "ticked": "yes"}, 400, "invalid_request"),
        ("bob", {}, 400, "invalid_request"),
        ("ci", {"item": "Runbook updated"}, 403, None),
    ],
)
async def test_what_cannot_be_ticked_is_refused_in_words(
    api: Api, who: str, body: dict[str, Any], status: int, code: str | None
) -> None:
    promotion = await asked(api, {"manual-gate": {"items": ITEMS}})
    reply = await api.call(who, "POST", f"/promotions/{promotion['id']}/checklist", body)
    assert reply.status == status
    assert code is None or reply.code == code


async def test_a_service_answers_once_with_the_token_of_its_question_and_no_other_token(api: Api) -> None:
    promotion = await asked(api, {"webhook-gate": {"services": SERVICES}})
    (inquiry,) = await api.countersign.consulting.begin(UUID(promotion["id"]))
    path, body = f"/gate-answers/{inquiry.question.id}", {"token": inquiry.token, "passed": True, "message": "CHG-7"}

    wrong = await api.call("", "POST", path, {**body, "token": "guess"})
    assert (wrong.status, wrong.code) == (404, "not_found")
    unknown = await api.call("", "POST", f"/gate-answers/{UUID(int=5)}", body)
    assert unknown.status == 404

    taken = await api.call("", "POST", path, body)
    assert (taken.status, taken.body["service"], taken.body["passed"]) == (200, "change-board", True)
    again = await api.call("", "POST", path, {**body, "passed": False})
    assert (again.status, again.code) == (409, "conflict")
    await api.countersign.evaluating.evaluate(UUID(promotion["id"]))
    shown = await api.call("alice", "GET", f"/promotions/{promotion['id']}")
    assert shown.body["gates"][0]["message"] == "change-board agrees: CHG-7"
    assert inquiry.token not in str(shown.body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x"},
        {"token": "x", "passed": "yes"},
        {"token": "x" * 201, "passed": True},
        {"token": "x", "passed": True, "message": "m" * 20_000},
    ],
)
async def test_an_answer_that_makes_no_sense_is_refused(api: Api, body: dict[str, Any]) -> None:
    reply = await api.call("", "POST", f"/gate-answers/{UUID(int=5)}", body)
    assert reply.status in {400, 413}


async def test_settings_of_gates_are_refused_by_the_place_of_the_mistake(api: Api) -> None:
    rules = [{"name": "calm", "allow": "scan.criticalCont == 0"}]
    body = {"name": "Vault", "gates": {"policy-gate": {"rules": rules}}}
    reply = await api.call("root", "POST", "/environments", body)
    assert (reply.status, reply.body["field"]) == (400, "gates.policy-gate.rules.0.allow")
    assert "at line 1, column 5" in reply.body["detail"]
