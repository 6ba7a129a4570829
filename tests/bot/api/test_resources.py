"""The resources that promotions are decided by: create, list, get, replace, delete, as the document says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from core.domain.people import Right, SlackAccount
from tests.bot.api.conftest import NOWHERE, Api


@dataclass(frozen=True)
class Resource:
    """A resource with a body to create it from, and what changes it."""

    path: str
    body: dict[str, Any]
    change: dict[str, Any]
    added: dict[str, Any] = field(default_factory=dict)
    deletable: bool = True

    def fitted(self, api: Api) -> dict[str, Any]:
        """The body with ids that exist."""
        known = {"PRODUCTION": str(api.production), "STAGING": str(api.staging)}
        return {key: _known(value, known) for key, value in self.body.items()}


def _known(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_known(each, known) for each in value]
    return known.get(value, value) if isinstance(value, str) else value


RESOURCES = {
    "policies": Resource(
        "/approval-policies",
        {
            "name": "second-policy",
            "environmentId": "PRODUCTION",
            "requiredApprovals": 2,
            "approverGroups": ["release-managers"],
            "requireSeparationOfDuties": True,
            "autoExpireHours": 24,
        },
        {"requiredApprovals": 1, "autoExpireHours": None},
    ),
    "environments": Resource(
        "/environments",
        {
            "name": "Canary",
            "sourceEnvironmentId": "STAGING",
            "requireSod": True,
            "slackChannel": "#canary",
            "gates": {"sequence-gate": {"advisory": True}},
            "announce": True,
        },
        {"gates": {}, "sourceEnvironmentId": None, "announce": False},
    ),
    "freeze windows": Resource(
        "/freeze-windows",
        {
            "name": "year-end",
            "environmentIds": ["PRODUCTION"],
            "startsAt": "2026-12-20T00:00:00Z",
            "endsAt": "2027-01-03T00:00:00Z",
            "reason": "Holidays",
        },
        {"environmentIds": ["PRODUCTION"], "endsAt": "2027-01-04T00:00:00Z"},
    ),
    "calendars": Resource(
        "/calendars",
        {
            "name": "company",
            "environmentIds": ["PRODUCTION"],
            "components": ["shop"],
            "url": "https://calendar.example.com/freezes.ics",
            "timeZone": "Europe/Berlin",
            "refreshMinutes": 30,
            "staleAfterHours": 12,
            "whenStale": "open",
        },
        {"whenStale": "closed", "components": []},
    ),
    "groups": Resource(
        "/approver-groups",
        {"name": "sre-team", "members": ["bob@example.com", "dave@example.com"], "slackUsergroup": "S01"},
        {"members": ["dave@example.com"]},
    ),
    "people": Resource(
        "/people",
        {
            "email": "erin@example.com",
            "name": "Erin",
            "roles": ["approver"],
            "slack": [{"team": "T01", "user": "U09"}],
            "active": True,
        },
        {"active": False, "roles": []},
        deletable=False,
    ),
}


@pytest.fixture(params=list(RESOURCES.values()), ids=list(RESOURCES))
def resource(request: pytest.FixtureRequest) -> Resource:
    resource: Resource = request.param
    return resource


async def test_the_life_of_a_resource(api: Api, resource: Resource) -> None:
    body = resource.fitted(api)
    await api.token("terraform", service_name="terraform", scopes=frozenset({Right.ADMIN}))
    created = await api.call("terraform", "POST", resource.path, body)
    assert created.status == 201, created.body
    assert created.body.items() >= body.items()
    where = f"{resource.path}/{created.body['id']}"
    assert created.headers["Location"] == f"/api/v1{where}"
    shown = await api.call("terraform", "GET", where)
    assert shown.status == 200
    assert shown.body.items() >= created.body.items()
    listed = await api.call("terraform", "GET", f"{resource.path}?pageSize=100")
    assert created.body in listed.body["data"]
    whole = {"page": 1, "pageSize": 100, "totalCount": len(listed.body["data"]), "totalCountExact": True}
    assert listed.body["meta"] == {**whole, "nextCursor": None}
    change = {key: _known(value, {"PRODUCTION": str(api.production)}) for key, value in resource.change.items()}
    updated = await api.call("terraform", "PUT", where, {**body, **change})
    assert updated.status == 200, updated.body
    worked_out = {name: updated.body[name] for name in ("digest", "nextOccurrences") if name in updated.body}
    assert updated.body == {**created.body, **change, **worked_out}
    if resource.deletable:
        deleted = await api.call("terraform", "DELETE", where)
        assert (deleted.status, deleted.raw) == (204, b"")
        for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
            assert (await api.call("terraform", method, where, sent)).status == 404


async def test_names_are_unique_whatever_their_letter_case(api: Api, resource: Resource) -> None:
    body = resource.fitted(api)
    await api.token("terraform", service_name="terraform", scopes=frozenset({Right.ADMIN}))
    await api.call("terraform", "POST", resource.path, body)
    unique = "email" if "email" in body else "name"
    taken = {**body, unique: body[unique].upper(), **({"slack": []} if "slack" in body else {})}
    again = await api.call("terraform", "POST", resource.path, taken)
    assert (again.status, again.code) == (409, "name_taken")


async def test_an_unknown_one_is_404(api: Api, resource: Resource) -> None:
    for method, body in (("GET", None), ("PUT", resource.fitted(api))):
        reply = await api.call("root", method, f"{resource.path}/{NOWHERE}", body)
        assert (reply.status, reply.code) == (404, "not_found")


async def test_what_is_left_out_of_a_put_goes_back_to_its_default(api: Api) -> None:
    body = RESOURCES["environments"].fitted(api)
    created = await api.call("root", "POST", "/environments", body)
    replaced = await api.call("root", "PUT", f"/environments/{created.body['id']}", {"name": "Canary"})
    assert replaced.body.pop("gates").keys() == {"freeze-window-gate"}
    assert replaced.body == {
        "id": created.body["id"],
        "name": "Canary",
        "sourceEnvironmentId": None,
        "requireSod": False,
        "slackChannel": "",
        "slackTeam": "",
        "announce": False,
    }


async def test_an_environment_s_workspace_is_kept_and_must_be_one(api: Api) -> None:
    made = await api.call("root", "POST", "/environments", {"name": "eu", "slackTeam": "T0EU", "slackChannel": "#eu"})
    assert (made.status, made.body["slackTeam"]) == (201, "T0EU")
    refused = await api.call("root", "POST", "/environments", {"name": "us", "slackTeam": "example"})
    assert refused.status == 400
    assert "slackTeam" in str(refused.body)


async def test_what_others_refer_to_stays(api: Api) -> None:
    reply = await api.call("root", "DELETE", f"/environments/{api.staging}")
    assert (reply.status, reply.code) == (409, "in_use")
    groups = await api.call("root", "GET", "/approver-groups")
    reply = await api.call("root", "DELETE", f"/approver-groups/{groups.body['data'][0]['id']}")
    assert (reply.status, reply.code) == (409, "in_use")


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("policies", {"environmentId": NOWHERE}, "environmentId"),
        ("policies", {"approverGroups": ["nobody"]}, "approverGroups"),
        ("policies", {"approverGroups": []}, "approverGroups"),
        ("policies", {"notify": {"via": "pigeon"}}, "notify.via"),
        ("policies", {"notify": {"remindAtPercent": 100}}, "notify.remindAtPercent"),
        ("policies", {"notify": {"escalateAtPercent": 50}}, "notify.escalateToGroup"),
        ("policies", {"notify": {"escalateAtPercent": 50, "escalateToGroup": "nobody"}}, "notify.escalateToGroup"),
        ("policies", {"requiredApprovals": 101}, "requiredApprovals"),
        ("policies", {"requiredApprovals": -1}, "requiredApprovals"),
        ("policies", {"autoExpireHours": 0}, "autoExpireHours"),
        ("environments", {"gates": {"magic-gate": {}}}, "gates"),
        ("environments", {"gates": {"security-gate": {"maxCritical": -1}}}, "gates.security-gate.maxCritical"),
        ("environments", {"gates": {"security-gate": {"most": 1}}}, "gates.security-gate.most"),
        ("environments", {"gates": {"security-gate": None}}, "gates.security-gate"),
        ("environments", {"sourceEnvironmentId": NOWHERE}, "sourceEnvironmentId"),
        ("freeze windows", {"endsAt": "2026-12-20T00:00:00Z"}, "endsAt"),
        ("freeze windows", {"startsAt": "2026-12-20"}, "startsAt"),
        ("freeze windows", {"startsAt": "2026-12-20T00:00:00"}, "startsAt"),
        ("freeze windows", {"startsAt": "0001-01-01T00:00:00+23:59"}, "startsAt"),
        ("freeze windows", {"startsAt": 1766188800}, "startsAt"),
        ("freeze windows", {"environmentIds": []}, "environmentIds"),
        ("freeze windows", {"environmentIds": [NOWHERE]}, "environmentIds"),
        ("groups", {"members": ["nobody@example.com"]}, "members"),
        ("groups", {"slackUsergroup": "sre"}, "slackUsergroup"),
        ("people", {"email": "nowhere"}, "email"),
        ("people", {"roles": ["deployer"]}, "roles[0]"),
        ("people", {"slack": [{"team": "T01", "user": "bob"}]}, "slack[0].user"),
        ("people", {"name": "Bob\u202egnp"}, "name"),
    ],
)
async def test_what_makes_no_sense_is_400_and_named(api: Api, path: str, change: dict[str, Any], field: str) -> None:
    resource = RESOURCES[path]
    reply = await api.call("root", "POST", resource.path, {**resource.fitted(api), **change})
    assert (reply.status, reply.code) == (400, "invalid_request")
    assert reply.body["field"] == field
    assert reply.body["errors"][0]["field"] == field


async def test_an_edit_does_not_make_a_voter_of_a_guest(api: Api) -> None:
    body = RESOURCES["people"].fitted(api)
    erin = (await api.call("root", "POST", "/people", body)).body
    await api.countersign.access.note_slack_account(SlackAccount("T01", "U09", "is_restricted"))
    await api.call("root", "PUT", f"/people/{erin['id']}", {**body, "name": "Erin Guest"})
    actor = await api.countersign.access.by_slack("T01", "U09")
    assert actor.account is not None
    assert actor.account.blocked_by == "is_restricted"


async def test_releases_are_registered_once(api: Api) -> None:
    body = {
        "component": "shop",
        "version": "1.4.0",
        "artifacts": [{"name": "registry.example.com/shop", "digest": "sha256:" + "0" * 64}],
        "authors": ["alice@example.com"],
        "sourceRef": "git+https://git.example.com/shop@8f3c2d1",
        "changesUrl": "https://git.example.com/shop/compare/1.3.0...1.4.0",
    }
    created = await api.call("ci", "POST", "/releases", body)
    assert created.status == 201
    assert created.body == {**body, "id": created.body["id"], "name": "shop-1.4.0", "createdAt": "2026-03-02T09:00:00Z"}
    assert (await api.call("dave", "GET", created.headers["Location"].removeprefix("/api/v1"))).body == created.body
    assert created.body in (await api.call("dave", "GET", "/releases")).body["data"]
    again = await api.call("ci", "POST", "/releases", body)
    assert (again.status, again.code) == (409, "name_taken")
    assert (await api.call("ci", "GET", f"/releases/{NOWHERE}")).status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"artifacts": [{"name": "a", "digest": "sha256:0"}]}, "artifacts[0].digest"),
        ({"artifacts": [{"name": "a"}]}, "artifacts[0].digest"),
        ({"artifacts": {}}, "artifacts"),
        ({"component": ""}, "component"),
        ({"component": " "}, "component"),
        ({"version": 2}, "version"),
        ({"authors": ["a\u0000"]}, "authors[0]"),
        ({"name": "x" * 101}, "name"),
    ],
)
async def test_a_release_that_makes_no_sense(api: Api, change: dict[str, Any], field: str) -> None:
    reply = await api.call("ci", "POST", "/releases", {"component": "shop", "version": "1", **change})
    assert (reply.status, reply.body["field"]) == (400, field)


async def test_scan_reports_are_counts(api: Api) -> None:
    path = f"/releases/{await api.release(critical=2)}/scan-reports"
    counts = {"criticalCount": 0, "highCount": 1, "mediumCount": 2, "lowCount": 3, "unknownCount": 4}
    created = await api.call("ci", "POST", path, {"scanner": "grype", **counts})
    assert created.status == 201
    assert created.body.items() >= {"scanner": "grype", **counts}.items()
    listed = await api.call("dave", "GET", path)
    assert [report["scanner"] for report in listed.body["data"]] == ["grype", "trivy"]
    silent = await api.call("ci", "POST", path, {"scanner": "grype"})
    assert silent.status == 400, "a report that says nothing must not pass for a clean one"
    assert [error["field"] for error in silent.body["errors"]] == ["criticalCount", "highCount"]
    assert (await api.call("ci", "POST", path, {"scanner": "x", **counts, "lowCount": -1})).status == 400
    assert (await api.call("ci", "POST", f"/releases/{NOWHERE}/scan-reports", {"scanner": "x", **counts})).status == 404
    assert (await api.call("ci", "GET", f"/releases/{NOWHERE}/scan-reports")).status == 404


async def test_the_audit_log_tells_who_did_what(api: Api) -> None:
    promotion = await api.asked(headers={"X-Correlation-Id": "build-4711"})
    log = await api.call("root", "GET", f"/audit-log?subjectId={promotion['id']}")
    assert log.status == 200
    requested = log.body["data"][-1]
    assert requested["action"] == "promotion:requested"
    assert requested["actor"] == {"kind": "person", "id": str(api.people["alice"].id), "name": "Alice"}
    assert (requested["door"], requested["correlationId"]) == ("rest", "build-4711")
    assert log.body["meta"]["totalCount"] == len(log.body["data"])
    whole = await api.call("root", "GET", "/audit-log?pageSize=1")
    assert whole.body["meta"]["totalCount"] > log.body["meta"]["totalCount"]


async def test_me(api: Api) -> None:
    await api.token("narrow", person_email="alice@example.com", scopes=frozenset({Right.REQUESTER}))
    rights = {
        "alice": ["approver", "reader", "requester"],
        "dave": ["reader"],
        "root": ["admin", "reader"],
        "ci": ["deployer", "publisher", "reader", "requester"],
        "narrow": ["reader", "requester"],
    }
    for who, held in rights.items():
        reply = await api.call(who, "GET", "/me")
        assert (reply.status, reply.body["rights"]) == (200, held), who
    me = await api.call("alice", "GET", "/me")
    assert me.body.items() >= {"kind": "person", "id": str(api.people["alice"].id), "name": "Alice"}.items()
    assert (await api.call("ci", "GET", "/me")).body["kind"] == "service"
