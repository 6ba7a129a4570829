"""The OpenAPI document describes what is served: all of it, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from jsonschema_rs import Draft202012Validator
from pydantic import ConfigDict

from bot.api import add_api
from bot.api.catalogue import CODES
from bot.api.endpoint import Call, Endpoint
from bot.api.openapi.components import Components
from bot.api.openapi.document import openapi_document
from bot.api.schemas.decisions import Approve
from bot.api.table import ENDPOINTS
from core.gates.registry import GateRegistry, built_in_gates
from tests.bot.api.conftest import Api

GATES = GateRegistry(built_in_gates())
DOCUMENT = openapi_document(ENDPOINTS, GATES)


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, methods in DOCUMENT["paths"].items() for method, each in methods.items()]


async def test_what_is_served_is_described_and_the_other_way_round(api: Api) -> None:
    app = web.Application()
    add_api(app, api.countersign)
    served = {
        (route.method.lower(), route.resource.canonical)
        for part in app._subapps
        for route in part.router.routes()
        if route.resource is not None
    }
    assert served == {(method, path) for path, method, _ in operations()}


def test_the_api_document_is_served_in_full() -> None:
    described = {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, method, _ in operations()}
    assert described >= {
        "POST /promotions",
        "GET /promotions",
        "GET /promotions/{id}",
        "POST /promotions/{id}/approve",
        "POST /promotions/{id}/reject",
        "POST /promotions/{id}/cancel",
        "GET /promotions/{id}/decision",
        "GET /promotions/{id}/approvals",
        "GET /promotions/{id}/evidence",
        "POST /promotions/preview-gates",
        "POST /approval-policies",
        "GET /approval-policies",
        "GET /approval-policies/{id}",
        "PUT /approval-policies/{id}",
        "DELETE /approval-policies/{id}",
        "GET /my/pending-approvals",
    }


def test_operations_have_names_of_their_own_and_say_what_they_do() -> None:
    names = [each["operationId"] for _, _, each in operations()]
    assert len(set(names)) == len(names)
    assert all(each["summary"] and each["description"] and each["tags"] for _, _, each in operations())


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*(references(member) for member in value.values()))
    return set().union(*(references(item) for item in value)) if isinstance(value, list) else set()


def test_no_reference_leads_nowhere_and_no_schema_is_left_over() -> None:
    found = references(DOCUMENT)
    for reference in found:
        _, _, section, name = reference.split("/")
        assert name in DOCUMENT["components"][section], reference
    unused = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]} - found
    assert not unused


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_examples_are_what_their_schema_says(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    for example in DOCUMENT["components"]["schemas"][name].get("examples", []):
        Draft202012Validator(schema).validate(example)


def test_problems_are_what_their_schema_says() -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
    for code, shown in DOCUMENT["components"]["examples"].items():
        Draft202012Validator(schema).validate(shown["value"])
        assert shown["value"]["status"] == CODES[code].status


def test_the_settings_of_installed_gates_are_described() -> None:
    gates = DOCUMENT["components"]["schemas"]["Gates"]
    assert gates["properties"].keys() == {gate.name for gate in built_in_gates()}
    items = gates["properties"]["manual-gate"]["properties"]["items"]["items"]["$ref"]
    assert items == "#/components/schemas/manual-gate.ChecklistItem"
    assert set(DOCUMENT["components"]["schemas"]["manual-gate.ChecklistItem"]["properties"]) == {"name", "group"}
    assert gates["properties"]["security-gate"]["properties"].keys() >= {"advisory", "maxCritical", "maxHigh"}
    assert gates["additionalProperties"] is False


def test_two_models_of_one_name_are_refused() -> None:
    class Impostor(Approve):
        """Another model that calls itself Approve."""

        model_config = ConfigDict(title="Reject")

    async def pretend(call: Call, id: UUID, body: Impostor) -> None:
        """Pretend."""

    pretend.__annotations__ = {"call": Call, "id": UUID, "body": Impostor, "return": None}
    extra = Endpoint("POST", "/api/v1/promotions/{id}/pretend", pretend, "Decisions")
    with pytest.raises(ValueError, match="one name"):
        Components((*ENDPOINTS, extra), GATES)


async def test_the_document_is_open_to_everybody(api: Api) -> None:
    reply = await api.call("", "GET", "/openapi.json")
    assert (reply.status, reply.body) == (200, DOCUMENT)
    assert reply.body["openapi"] == "3.1.0"
