"""An answer before it becomes HTTP, and problems (RFC 9457) as answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from bot.api.catalogue import CODES, ErrorKind, kind_of
from bot.api.paths import DOCS
from core.errors import DomainError, InvalidError, UnavailableError

JSON = "application/json"
PROBLEM = "application/problem+json"
RETRY_SECONDS = 5
_RENAMED = {"status": "currentStatus"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body, ready to be sent or to be stored for a request that comes again."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=())

    def with_header(self, name: str, value: str) -> Answer:
        return replace(self, headers=(*self.headers, (name, value)))

    def response(self) -> web.Response:
        return web.Response(status=self.status, body=self.body, headers=dict(self.headers))


class RefusedError(Exception):
    """A request that is refused at the door, with the code of the catalogue."""

    def __init__(
        self, code: str, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.headers = dict(headers or {})
        self.members = members


def json_answer(status: int, body: bytes, headers: Mapping[str, str]) -> Answer:
    return Answer(status, body, (("Content-Type", JSON), *headers.items()))


def problem_of(error: DomainError | RefusedError, instance: str) -> Answer:
    """The answer to a refusal; `instance` is the path that was asked."""
    if isinstance(error, RefusedError):
        return _problem(CODES[error.code], error.code, instance, error.detail, error.hint, error.members, error.headers)
    members = {_RENAMED.get(name, name): value for name, value in error.params.items()}
    if isinstance(error, InvalidError) and error.field:
        members = {"field": error.field, "errors": [{"field": error.field, "message": error.message}]} | members
    headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, UnavailableError) else {}
    return _problem(kind_of(error), error.code, instance, error.message, error.hint, members, headers)


def _problem(  # noqa: PLR0917 - the members of RFC 9457, each once
    kind: ErrorKind,
    code: str,
    instance: str,
    detail: str,
    hint: str,
    members: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Answer:
    own = {
        "type": f"{DOCS}#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
        "instance": instance,
    }
    shown = {**own, **({"hint": hint} if hint else {}), **{name: members[name] for name in members if name not in own}}
    body = json.dumps(shown, default=str).encode()
    return Answer(kind.status, body, (("Content-Type", PROBLEM), *headers.items()))
