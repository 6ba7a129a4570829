"""One line of the route table, and what its handler says of itself.

A handler's signature is the contract: `id` is the path's UUID, `rest` all that is left of a path, `body` and `query`
are pydantic models that the request is read into, `document` is a body as bytes that a use case reads itself, and the
return type is what is answered. Who takes a `Call` gets an actor, so needs a token; only handlers that take an
`OpenCall` are open to everybody. The docstring is the documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from bot.api.schemas.base import Body
from bot.api.schemas.queries import Query
from core.app.countersign import Countersign
from core.domain.people import Actor

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Documents:
    """The API's description of itself, made once at the start."""

    openapi: bytes
    page: bytes
    page_policy: str
    """The page's Content-Security-Policy."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A request that needs no token. `headers` go into the answer."""

    countersign: Countersign
    documents: Documents
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Call(OpenCall):
    """A request by somebody. `wait` is the number of seconds of `Prefer: wait`, None without it."""

    actor: Actor
    wait: int | None


@dataclass(frozen=True, slots=True)
class Raw:
    """A body that is sent as it is."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Contract:
    """What a handler's signature says. `answer` is None for an empty answer and for `Raw` ones."""

    is_open: bool
    takes_id: bool
    takes_document: bool
    takes_rest: bool
    body: type[Body] | None
    query: type[Query] | None
    answer: TypeAdapter[Any] | None

    @property
    def body_required(self) -> bool:
        """Whether there must be a body: a document, or one with a field that cannot be left out."""
        if self.takes_document:
            return True
        return self.body is not None and any(each.is_required() for each in self.body.model_fields.values())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    `errors` are the codes that are its own, beside those that its contract brings along. `needs` says in words who may
    call it. `shows` is the model of a `Raw` answer; `also_shows` are those of its other content types. `document`
    describes a document, that may come as any of `accepts`.
    """

    method: str
    path: str
    handler: Handler
    tag: str
    status: int = 200
    needs: str = ""
    errors: tuple[str, ...] = ()
    shows: type[BaseModel] | None = None
    also_shows: Mapping[str, type[BaseModel | bytes]] = field(default_factory=dict)
    content_type: str = "application/json"
    document: Any = None
    accepts: tuple[str, ...] = ("application/json",)
    takes_wait: bool = False
    contract: Contract = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "contract", contract_of(self.handler))

    @property
    def name(self) -> str:
        """The operation's id: the handler's name in lowerCamelCase."""
        first, *rest = self.handler.__name__.split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """The rest of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[2].strip()


def contract_of(handler: Handler) -> Contract:
    """Read a handler's signature. Raises TypeError for one that the dispatcher could not call."""
    hints = get_type_hints(handler)
    answer = hints.pop("return", None)
    if hints.pop("call", None) not in {Call, OpenCall}:
        raise TypeError(f"{handler.__name__} takes no call")
    handed_out = {"id": UUID, "rest": str, "document": bytes}
    misread = [name for name, kind in handed_out.items() if hints.pop(name, kind) is not kind]
    if misread or set(hints) - {"body", "query"}:
        raise TypeError(f"{handler.__name__} takes what the dispatcher does not hand out")
    parameters = get_type_hints(handler)
    return Contract(
        is_open=parameters["call"] is OpenCall,
        takes_id="id" in parameters,
        takes_document="document" in parameters,
        takes_rest="rest" in parameters,
        body=hints.get("body"),
        query=hints.get("query"),
        answer=None if answer in {type(None), None, Raw} else TypeAdapter(answer),
    )
