"""The OpenAPI 3.1 document, made from the route table and the models: it cannot say what is not served."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

from bot.api.catalogue import CODES
from bot.api.endpoint import Endpoint
from bot.api.openapi.components import Components, Schema
from bot.api.openapi.operations import operation
from bot.api.paths import DOCS
from bot.api.reading_requests import KEY_LENGTH, WAIT_LIMIT
from core.gates.registry import GateRegistry

ABOUT = """\
Release promotions with gates, separation of duties and signed evidence.

Send `Authorization: Bearer TOKEN` with every request; `countersign token create` makes tokens. A person's token has
that person's rights, a service account's token has the scopes it was made with: `reader`, `requester`, `publisher`,
`deployer`, `admin`. Only people approve and reject.

JSON in lowerCamelCase, UUIDs, times of RFC 3339 in UTC. Lists come in pages:
`{"data": [...], "meta": {"page": 1, "pageSize": 25, "totalCount": 25, "totalCountExact": true, "nextCursor": null}}`.
Page numbers reach the first 10,000 entries, and `totalCount` counts as far; beyond, and wherever a list grows while it
is read, go on with `cursor`, the `nextCursor` of the page before. Unknown fields and parameters are refused. PUT
replaces the whole resource.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. A POST with an `Idempotency-Key` is done once,
however often it is sent within 24 hours. `X-Correlation-Id` (or `traceparent`) is taken over into logs and the audit
log, and comes back in every answer.
"""

_PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). Some codes add members of their own.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "The code in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened this time."},
        "code": {"type": "string", "description": "Stable; programs go by this."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "hint": {"type": "string", "description": "What would work."},
        "field": {"type": "string", "description": "The first field that is wrong, as a path: `artifacts[0].digest`."},
        "errors": {
            "type": "array",
            "description": "All fields that are wrong.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code", "instance"],
}


def openapi_document(endpoints: Sequence[Endpoint], gates: GateRegistry) -> Schema:
    """Describe all endpoints. `gates` are those whose settings environments may have."""
    components = Components(endpoints, gates)
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation(endpoint, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": importlib.metadata.version("countersign-bot"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "externalDocs": {"url": DOCS, "description": "The same as a page"},
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.tag for endpoint in endpoints)],
        "paths": paths,
        "components": {
            "schemas": {**_without_queries(components, endpoints), "Problem": _PROBLEM},
            "parameters": _parameters(),
            "headers": _headers(),
            "examples": {code: {"summary": kind.title, "value": _example(code)} for code, kind in CODES.items()},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `countersign token create`; stored as a hash only.",
                }
            },
        },
    }


def _without_queries(components: Components, endpoints: Sequence[Endpoint]) -> dict[str, Schema]:
    queries = {endpoint.contract.query.__name__ for endpoint in endpoints if endpoint.contract.query}
    return {name: schema for name, schema in sorted(components.schemas.items()) if name not in queries}


def _example(code: str) -> Schema:
    kind = CODES[code]
    return {
        "type": f"{DOCS}#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": code,
        "instance": "/api/v1/promotions",
    }


def _parameters() -> dict[str, Schema]:
    return {
        "Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
        "Rest": {
            "name": "rest",
            "in": "path",
            "required": True,
            "description": "All that is left of the path, slashes included.",
            "schema": {"type": "string"},
            "example": "000.p/1",
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key with the same request gives the stored answer for 24 hours.",
            "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]([ -~]*[!-~])?$"},
            "example": "6f1d3c1e-0c0e-4a34-a8b5-1f2e3d4c5b6a",
        },
        "Prefer": {
            "name": "Prefer",
            "in": "header",
            "description": f"`wait=N`: wait up to N seconds (most: {WAIT_LIMIT}) for the first evaluation (RFC 7240).",
            "schema": {"type": "string"},
            "example": "wait=10",
        },
    }


def _headers() -> dict[str, Schema]:
    text: Schema = {"type": "string"}
    return {
        "CorrelationId": {"description": "The request's id in logs and the audit log.", "schema": text},
        "Location": {"description": "Where the new thing is.", "schema": {"type": "string", "format": "uri-reference"}},
        "IdempotencyReplayed": {"description": "`true` on an answer that is given again.", "schema": text},
        "PreferenceApplied": {"description": "The `wait` that was applied.", "schema": text},
        "Challenge": {"description": "How to authenticate (RFC 6750).", "schema": text},
        "RetryAfter": {"description": "Seconds until trying again makes sense.", "schema": text},
    }
