"""The audit log, the public keys, and the API's description of itself."""

from __future__ import annotations

import json

from pydantic import BaseModel

from bot.api.answers import JSON
from bot.api.endpoint import Call, Endpoint, OpenCall, Raw
from bot.api.paths import BASE, DOCS, WELL_KNOWN
from bot.api.schemas.audit import AuditLog, audit_log_of
from bot.api.schemas.keys import KeySet, SigningKeys, signing_keys_of
from bot.api.schemas.queries import AuditQuery

TAG = "About"
HTML = "text/html; charset=utf-8"


async def get_audit_log(call: Call, query: AuditQuery) -> AuditLog:
    """Read the audit log.

    Newest entry first.
    """
    return audit_log_of(await call.countersign.reading.audit_log(call.actor, query.request(), query.wanted()))


async def get_public_keys(call: OpenCall) -> Raw:
    """Get the public keys.

    Those that verify evidence, as a JSON Web Key Set (RFC 7517). A packet's `signerKeyRef` is the `kid` of its
    key. Old keys stay, with their time of use; a revoked one says so.
    """
    keys = await call.countersign.reading.public_keys()
    call.headers["Cache-Control"] = "public, max-age=300"
    return Raw(JSON, json.dumps(keys.to_jwks()).encode())


async def list_keys(call: Call) -> SigningKeys:
    """List the signing keys.

    All that sign or have signed here, with their times of use and their state, oldest first.
    """
    return signing_keys_of(await call.countersign.keys.all(call.actor))


async def get_openapi(call: OpenCall) -> Raw:
    """Get the OpenAPI document.

    This description for programs, as OpenAPI 3.1.
    """
    return Raw(JSON, call.documents.openapi)


async def get_docs(call: OpenCall) -> Raw:
    """Get the docs page.

    This description for people.
    """
    call.headers["Content-Security-Policy"] = call.documents.page_policy
    return Raw(HTML, call.documents.page)


class OpenApiDocument(BaseModel):
    """An OpenAPI document."""

    openapi: str


ENDPOINTS = (
    Endpoint("GET", f"{BASE}/audit-log", get_audit_log, TAG, needs="admin"),
    Endpoint("GET", f"{BASE}/keys", list_keys, TAG, needs="reader"),
    Endpoint("GET", f"{WELL_KNOWN}/jwks.json", get_public_keys, TAG, shows=KeySet),
    Endpoint("GET", f"{BASE}/openapi.json", get_openapi, TAG, shows=OpenApiDocument),
    Endpoint("GET", DOCS, get_docs, TAG, content_type="text/html"),
)
