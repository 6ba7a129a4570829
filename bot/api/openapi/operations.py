"""One operation of the OpenAPI document for one line of the route table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.api.answers import JSON, PROBLEM
from bot.api.catalogue import CODES
from bot.api.endpoint import Endpoint
from bot.api.openapi.components import REF, Components, Schema

_ALWAYS = ("unauthenticated", "forbidden", "too_many_requests", "unavailable")
_OPEN = ("invalid_request", "unavailable")
_WITH_BODY = ("invalid_request", "request_timeout", "body_too_large", "unsupported_media_type", "too_many_requests")
_WITH_KEY = ("invalid_request", "request_in_flight", "answer_lost", "idempotency_key_reused")


def operation(endpoint: Endpoint, components: Components) -> Schema:
    """The operation with everything that it takes and answers."""
    described: Schema = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "description": _description(endpoint),
        "parameters": _parameters(endpoint, components),
        "responses": {**_success(endpoint, components), **_problems(endpoint)},
        "security": [] if endpoint.contract.is_open else [{"bearer": []}],
    }
    if endpoint.contract.body or endpoint.contract.takes_document:
        content = {media_type: {"schema": components.body(endpoint)} for media_type in endpoint.accepts}
        described["requestBody"] = {"required": endpoint.contract.body_required, "content": content}
    return described


def codes_of(endpoint: Endpoint) -> list[str]:
    """All error codes that an endpoint may answer, in the order of the catalogue."""
    contract = endpoint.contract
    codes = {"invalid_request", *(_OPEN if contract.is_open else _ALWAYS), *endpoint.errors}
    if contract.takes_id or contract.takes_rest:
        codes.add("not_found")
    if contract.body or contract.takes_document:
        codes.update(_WITH_BODY)
    if _takes_key(endpoint):
        codes.update(_WITH_KEY)
    if endpoint.method != "GET":
        codes.add("outcome_unknown")
    if endpoint.method in {"PUT", "DELETE"}:
        codes.add("stale_version")
    return [code for code in CODES if code in codes]


def _takes_key(endpoint: Endpoint) -> bool:
    """Whether a request is answered once for its Idempotency-Key; keys belong to callers who are known."""
    return endpoint.method == "POST" and not endpoint.contract.is_open


def _description(endpoint: Endpoint) -> str:
    needs = f"Needs: {endpoint.needs}." if endpoint.needs else "Open to everybody."
    return f"{endpoint.description}\n\n{needs}".strip()


def _parameters(endpoint: Endpoint, components: Components) -> list[Schema]:
    parameters: list[Schema] = []
    if endpoint.contract.takes_id:
        parameters.append({"$ref": "#/components/parameters/Id"})
    if endpoint.contract.takes_rest:
        parameters.append({"$ref": "#/components/parameters/Rest"})
    if endpoint.contract.query:
        parameters += _query(components.query(endpoint))
    if _takes_key(endpoint):
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if endpoint.takes_wait:
        parameters.append({"$ref": "#/components/parameters/Prefer"})
    return parameters


def _query(schema: Schema) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.get("description", ""),
            "schema": {key: value for key, value in _given(field).items() if key != "description"},
        }
        for name, field in schema["properties"].items()
    ]


def _given(field: Schema) -> Schema:
    """A parameter that is left out is not null, so null is no choice for it."""
    if "anyOf" not in field:
        return field
    (choice,) = [choice for choice in field["anyOf"] if choice != {"type": "null"}]
    return dict(choice)


def _success(endpoint: Endpoint, components: Components) -> Schema:
    headers: dict[str, Any] = {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}}
    if _takes_key(endpoint):
        headers["Idempotency-Replayed"] = {"$ref": "#/components/headers/IdempotencyReplayed"}
    if endpoint.status == 201:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    if endpoint.takes_wait:
        headers["Preference-Applied"] = {"$ref": "#/components/headers/PreferenceApplied"}
    words = {200: "Done", 201: "Created", 204: "Deleted"}
    response: Schema = {"description": words[endpoint.status], "headers": headers}
    if endpoint.contract.answer or endpoint.shows:
        response["content"] = {JSON: {"schema": components.answer(endpoint)}} | {
            kind: {"schema": components.answer(endpoint, kind)} for kind in endpoint.also_shows
        }
    elif endpoint.status != 204:
        response["content"] = {endpoint.content_type: {"schema": {"type": "string"}}}
    return {str(endpoint.status): response}


def _problems(endpoint: Endpoint) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in codes_of(endpoint):
        by_status.setdefault(CODES[code].status, []).append(code)
    return {str(status): _problem(codes) for status, codes in sorted(by_status.items())}


def _problem(codes: list[str]) -> Mapping[str, Any]:
    status = CODES[codes[0]].status
    headers = {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/Challenge"}
    if status in {429, 503}:
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    return {
        "description": "; ".join(f"{CODES[code].title} (`{code}`)" for code in codes),
        "headers": headers,
        "content": {
            PROBLEM: {"schema": {"$ref": f"{REF}Problem"}, "examples": {code: _example(code) for code in codes}}
        },
    }


def _example(code: str) -> Schema:
    return {"$ref": f"#/components/examples/{code}"}
