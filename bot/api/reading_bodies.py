"""From the bytes of a request to a validated model, or to a refusal that names the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.api.answers import JSON, RefusedError
from bot.api.schemas.base import Body
from bot.incoming import SlowBodyError, body_within
from core.errors import InvalidError
from core.strict_json import child_path, strict_json

BodyT = TypeVar("BodyT", bound=Body)

BODY_LIMIT = 1024 * 1024
OPEN_BODY_LIMIT = 16 * 1024
"""What is read of a request by somebody who shows no token."""
DOCUMENT_LIMIT = 32 * 1024 * 1024
"""Bytes of a document, such as a scan report, unless a setting says otherwise."""
MARKS_LIMIT = 20_000
"""Commas and opening brackets in a body, those in texts included: several times what the largest sensible one has."""
_SHOWN_ERRORS = 20
_SHOWN_PATH = 200
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field here",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


_SUBJECT = re.compile(r"^(Input|String|List|Dictionary|Value) should")


async def read_body(request: web.Request, limit: int = BODY_LIMIT, accepts: tuple[str, ...] = (JSON,)) -> bytes:
    """Return the body of a JSON request, empty where there is none. Raises RefusedError."""
    try:
        received = await body_within(request, limit)
    except SlowBodyError:
        raise RefusedError("request_timeout", "The body did not come in time", hint="Send it again.") from None
    if received is None:
        raise _too_large(limit)
    if received and request.content_type not in accepts:
        hint = f"Send the header Content-Type: {accepts[0]}."
        told = " or ".join(accepts)
        headers = {"Accept": ", ".join(accepts)}
        raise RefusedError("unsupported_media_type", f"The body must be {told}", hint=hint, headers=headers)
    return received


def body_of(model: type[BodyT], source: bytes, *, required: bool) -> BodyT:
    """Read a body. Raises InvalidError that names every wrong field."""
    if not source.strip():
        if required:
            raise InvalidError("The request needs a JSON object as its body", errors=[])
        source = b"{}"
    # Reading is work for the one event loop: a mebibyte of tiny members would hold everybody up for seconds.
    if sum(map(source.count, (b",", b"[", b"{"))) > MARKS_LIMIT:
        raise InvalidError("The body has more members than any request here takes", errors=[])
    strict_json(source)
    try:
        return model.model_validate_json(source)
    except ValidationError as error:
        raise invalid(error, "the body", model) from None


def invalid(error: ValidationError, whole: str, model: type[BaseModel], *, depth: int | None = None) -> InvalidError:
    """What pydantic found, in words for people; `whole` names what was read, paths end at `depth`."""
    errors = error.errors(include_url=False, include_input=False)
    found = [_found(each, depth) for each in errors]
    first = found[0]
    if len(found) == 1:
        message = f"{first['field'] or whole} {first['message']}"
    else:
        message = f"{len(found)} fields are wrong: {', '.join(_names(found))}"
    unknown = any(each["type"] == "extra_forbidden" for each in errors)
    known = ", ".join(each.alias or name for name, each in model.model_fields.items())
    hint = f"Known fields: {known}." if unknown else ""
    return InvalidError(message, field=first["field"], hint=hint, errors=found[:_SHOWN_ERRORS])


def _names(found: Iterable[Mapping[str, str]]) -> list[str]:
    names = list(dict.fromkeys(each["field"] for each in found))
    return names if len(names) <= _SHOWN_ERRORS else [*names[:_SHOWN_ERRORS], "..."]


def _found(error: Mapping[str, Any], depth: int | None) -> dict[str, str]:
    path = ""
    for key in error["loc"][:depth]:
        path = child_path(path, key)
    return {"field": path[:_SHOWN_PATH], "message": _message(error)}


def _message(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _WORDS:
        return _WORDS[kind]
    if kind in {"enum", "literal_error"}:
        return f"must be one of {context['expected'].replace(chr(39), '')}".replace(" or ", ", ")
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    return _SUBJECT.sub("must", str(error["msg"]))


def _too_large(limit: int) -> RefusedError:
    return RefusedError("body_too_large", f"The body may have at most {limit} bytes", limit=limit)
