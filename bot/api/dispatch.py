"""From an HTTP request to a handler of the route table, and back.

    1. token -> actor, and not too often
    2. body, as bytes: not too large, and JSON by its own word
    3. the same request again? -> the answer that was given
    4. path, query and body -> values; handler; value -> answer

What goes wrong in 4 is an answer as well, so that it can be given again; what goes wrong before is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.api.answers import Answer, RefusedError, json_answer, problem_of
from bot.api.authentication import actor_of, token_of
from bot.api.endpoint import Call, Documents, Endpoint, OpenCall, Raw
from bot.api.idempotency import fingerprint_of, once
from bot.api.rate_limit import RateLimit
from bot.api.reading_bodies import OPEN_BODY_LIMIT, body_of, read_body
from bot.api.reading_requests import idempotency_key_of, query_of, require_no_query, wait_of
from core.app.countersign import Countersign
from core.app.tokens import token_digest
from core.domain.people import Actor
from core.errors import DomainError, UnauthenticatedError

_NOT_KNOWN = frozenset({401, 403, 404})
CORRELATION: web.RequestKey[str] = web.RequestKey("correlation_id", str)


@dataclass(frozen=True, slots=True)
class Door:
    """What every request is served with."""

    countersign: Countersign
    documents: Documents
    rate_limit: RateLimit
    document_limit: int


class Dispatcher:
    """Serves one endpoint."""

    def __init__(self, endpoint: Endpoint, door: Door) -> None:
        self._endpoint = endpoint
        self._contract = endpoint.contract
        self._door = door

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request. Raises DomainError and RefusedError for what is not kept."""
        if self._contract.is_open:
            return (await self._opened(request)).response()
        identified = await self._call(request)
        body = await self._body(request)
        key = idempotency_key_of(request) if self._endpoint.method == "POST" else None
        if key is None:
            return (await self._answered(request, identified, body)).response()
        owner = f"{identified.actor.ref.kind}:{identified.actor.ref.id}"
        fingerprint = fingerprint_of(request.method, request.path_qs, body)
        ports = self._door.countersign.ports
        answer = await once(ports, owner, key, fingerprint, lambda: self._answered(request, identified, body))
        return answer.response()

    async def _opened(self, request: web.Request) -> Answer:
        """What is open to everybody. Who sends what we asked for is no stranger; who guesses is counted as one."""
        call = OpenCall(self._door.countersign, self._door.documents, {})
        sent = await read_body(request, OPEN_BODY_LIMIT) if self._contract.body else b""
        answer = await self._answered(request, call, sent)
        if self._contract.body and answer.status in _NOT_KNOWN:
            self._door.rate_limit.take_stranger(request.remote)
        return answer

    async def _body(self, request: web.Request) -> bytes:
        if self._contract.takes_document:
            return await read_body(request, self._door.document_limit, self._endpoint.accepts)
        return await read_body(request) if self._contract.body else b""

    async def _call(self, request: web.Request) -> Call:
        actor = await self._actor(request)
        wait = wait_of(request) if self._endpoint.takes_wait else None
        return Call(self._door.countersign, self._door.documents, {}, actor, wait)

    async def _actor(self, request: web.Request) -> Actor:
        try:
            token = token_of(request)
            actor = await actor_of(token, self._door.countersign, request[CORRELATION])
        except UnauthenticatedError:
            self._door.rate_limit.take_stranger(request.remote)
            raise
        self._door.rate_limit.take(token_digest(token), f"{actor.ref.kind}:{actor.ref.id}")
        return actor

    async def _answered(self, request: web.Request, call: OpenCall, body: bytes) -> Answer:
        try:
            value = await self._endpoint.handler(call, **self._arguments(request, body))
        except (DomainError, RefusedError) as error:
            return problem_of(error, request.path)
        return self._rendered(value, call)

    def _arguments(self, request: web.Request, body: bytes) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if self._contract.takes_id:
            arguments["id"] = UUID(request.match_info["id"])
        if self._contract.takes_rest:
            arguments["rest"] = request.match_info["rest"]
        if self._contract.query:
            arguments["query"] = query_of(self._contract.query, request)
        else:
            require_no_query(request)
        if self._contract.body:
            arguments["body"] = body_of(self._contract.body, body, required=self._contract.body_required)
        if self._contract.takes_document:
            arguments["document"] = body
        return arguments

    def _rendered(self, value: Any, call: OpenCall) -> Answer:
        if isinstance(value, Raw):
            return Answer(
                self._endpoint.status, value.body, (("Content-Type", value.content_type), *call.headers.items())
            )
        if self._contract.answer is None:
            return Answer(self._endpoint.status, headers=tuple(call.headers.items()))
        body = self._contract.answer.dump_json(value, by_alias=True)
        return json_answer(self._endpoint.status, body, call.headers)
