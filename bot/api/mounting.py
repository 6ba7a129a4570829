"""Putting the REST API into a web application."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from aiohttp import web

from bot.api.dispatch import Dispatcher, Door
from bot.api.docs.page import docs_page, page_policy
from bot.api.endpoint import Documents
from bot.api.envelope import envelope
from bot.api.openapi.document import openapi_document
from bot.api.paths import BASE, WELL_KNOWN
from bot.api.rate_limit import RateLimit
from bot.api.reading_bodies import DOCUMENT_LIMIT
from bot.api.schemas.base import UUID_PATTERN
from bot.api.table import ENDPOINTS
from core.app.countersign import Countersign


def add_api(
    app: web.Application,
    countersign: Countersign,
    *,
    rate_limit: int = 0,
    document_limit: int = DOCUMENT_LIMIT,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Mount everything under /api/v1, and /.well-known/jwks.json.

    `rate_limit` is in requests a second for each token, 0 for none (`bot.api.rate_limit` has what follows from it);
    `monotonic` is the clock it is measured by. `document_limit` is the most bytes that a document may have.
    """
    document = openapi_document(ENDPOINTS, countersign.ports.gates)
    documents = Documents(json.dumps(document).encode(), docs_page(document).encode(), page_policy())
    door = Door(countersign, documents, RateLimit(rate_limit, monotonic), document_limit)
    for prefix in (BASE, WELL_KNOWN):
        part = web.Application(middlewares=[envelope])
        for endpoint in ENDPOINTS:
            if endpoint.path.startswith(f"{prefix}/"):
                path = endpoint.path.removeprefix(prefix).replace("{id}", f"{{id:{UUID_PATTERN}}}")
                path = path.replace("{rest}", "{rest:.+}")
                part.router.add_route(endpoint.method, path, Dispatcher(endpoint, door).answer)
        app.add_subapp(prefix, part)
