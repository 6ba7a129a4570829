"""Query parameters, `Prefer`, `Idempotency-Key` and the correlation id, as requests bring them."""

from __future__ import annotations

import re
from typing import TypeVar, get_origin

from aiohttp import web
from pydantic import ValidationError

from bot.api.reading_bodies import invalid
from bot.api.schemas.queries import Query
from core.errors import InvalidError

QueryT = TypeVar("QueryT", bound=Query)

WAIT_LIMIT = 30
KEY_LENGTH = 200
_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,9})\"?", re.ASCII)
_KEY = re.compile(rf"[ -~]{{1,{KEY_LENGTH}}}")
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def query_of(model: type[QueryT], request: web.Request) -> QueryT:
    """Read the query parameters. Raises InvalidError that names the wrong and the unknown ones."""
    given = request.rel_url.query
    lists = {each.alias for each in model.model_fields.values() if get_origin(each.annotation) is list}
    values: dict[str, object] = {}
    for name in dict.fromkeys(given):
        if name in lists:
            values[name] = [word for text in given.getall(name) for word in text.split(",")]
        elif len(given.getall(name)) > 1:
            raise InvalidError(f"{name[:100]!a} is there twice", field=name[:100])
        else:
            values[name] = given[name]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error, "the query", model, depth=1) from None


def require_no_query(request: web.Request) -> None:
    """Raise InvalidError where there are query parameters."""
    for name in request.rel_url.query:
        raise InvalidError(f"{name[:100]!a} is not a known parameter here", field=name[:100])


def wait_of(request: web.Request) -> int | None:
    """The seconds of `Prefer: wait=N` (RFC 7240), at most WAIT_LIMIT; what is not understood is no preference."""
    for header in request.headers.getall("Prefer", []):
        for preference in re.split(r"[,;]", header):
            if match := _WAIT.fullmatch(preference.strip()):
                return min(int(match[1]), WAIT_LIMIT)
    return None


def idempotency_key_of(request: web.Request) -> str | None:
    """The `Idempotency-Key`, if there is one. Raises InvalidError for one that is none."""
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise InvalidError(
            f"Idempotency-Key must be one value of 1 to {KEY_LENGTH} printable ASCII characters",
            field="Idempotency-Key",
            hint="A new UUID for each thing you want done is a good key.",
        )
    return keys[0]


def correlation_of(request: web.Request) -> str:
    """What the caller calls this request: `X-Correlation-Id`, else the trace id of `traceparent`, else nothing."""
    if given := request.headers.get("X-Correlation-Id", ""):
        return given
    trace = _TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    return trace[1] if trace else ""
