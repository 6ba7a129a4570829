"""What all requests and answers share: lowerCamelCase, and the small types that fields are made of.

Requests are strict: no unknown field, no number for a text, no date without a zone. Whatever a type here refuses is
said with the path of the field. Core checks the same again, for all doors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from bot.api.cursors import cursor_of
from core.app.pages import REACH, Page
from core.domain.people import ActorKind, ActorRef
from core.domain.text import NAME_MAX, TEXT_MAX, checked_name, checked_text
from core.errors import InvalidError

T = TypeVar("T")

UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_UUID = re.compile(UUID_PATTERN)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

# What JSON Schema can say of core.domain.text; the invisible characters of Unicode are too many to list.
_NAME_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
_LINE = r"(\r\n|[^\x00-\x08\x0b-\x1f\x7f-\x9f])*"
_TEXT_PATTERN = f"^{_LINE}$"
_REQUIRED_TEXT_PATTERN = rf"^{_LINE}[^\s\x00-\x1f\x7f-\x9f]{_LINE}$"
_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_IN_TEXTS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Shown(BaseModel):
    """What a caller is shown."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True)


class Meta(Shown):
    """Where in the whole list a page stands. Behind a cursor the list is neither counted nor numbered."""

    page: int | None
    page_size: int
    total_count: int | None = Field(description=f"How long the whole list is, counted up to {REACH}.")
    total_count_exact: bool | None = Field(description="False where the list is longer than was counted.")
    next_cursor: str | None = Field(description="`cursor` for the page after this one; null at the end of the list.")


class Listing(Shown, Generic[T]):
    """One page of a list."""

    data: list[T]
    meta: Meta


def meta_of(page: Page[Any]) -> Meta:
    is_numbered = page.request.after is None
    return Meta(
        page=page.request.page if is_numbered else None,
        page_size=page.request.size,
        total_count=page.total if is_numbered else None,
        total_count_exact=page.exact if is_numbered else None,
        next_cursor=cursor_of(page.next) if page.next else None,
    )


ONE_PAGE = {"page": 1, "pageSize": 25, "totalCount": 1, "totalCountExact": True, "nextCursor": None}
"""The `meta` of examples."""


class ShownActor(Shown):
    """Who did something; the system itself has no id."""

    model_config = ConfigDict(title="Actor")

    kind: ActorKind
    id: UUID | None
    name: str


def shown_actor(actor: ActorRef) -> ShownActor:
    return ShownActor(kind=actor.kind, id=actor.id, name=actor.name)


def uuid_of(value: object) -> UUID:
    """Read a UUID in its one usual form; raises PydanticCustomError for braces, URNs and the like."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise PydanticCustomError("uuid", "must be a UUID, like 3f0c2c5e-8d0e-4b53-9d9e-5f1f6c2a7b10")
    return UUID(value)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        message = "must be a time of RFC 3339 with its zone, like 2026-12-20T00:00:00Z"
        raise PydanticCustomError("moment", message) from None


def _checked(check: Callable[[str], str], hidden: re.Pattern[str]) -> AfterValidator:
    """Check as core does. `hidden` finds what core would strip unseen, because Python takes it for white space."""

    def checked(value: str) -> str:
        try:
            kept = check(value)
        except InvalidError as error:
            raise PydanticCustomError("text", "{problem}", {"problem": error.message.strip()}) from None
        if hidden.search(value):
            raise PydanticCustomError("text", "begins or ends with a control character")
        return kept

    return AfterValidator(checked)


def name_field(limit: int) -> Any:
    return Field(min_length=1, max_length=limit, json_schema_extra={"pattern": _NAME_PATTERN})


Id = Annotated[UUID, PlainValidator(uuid_of), WithJsonSchema({"type": "string", "format": "uuid"})]
Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Name = Annotated[str, name_field(NAME_MAX), _checked(lambda text: checked_name(text, ""), _IN_NAMES)]
LongName = Annotated[str, name_field(500), _checked(lambda text: checked_name(text, "", 500), _IN_NAMES)]
Address = Annotated[str, name_field(254), _checked(lambda text: checked_name(text, "", 254), _IN_NAMES)]
Text = Annotated[
    str,
    Field(max_length=TEXT_MAX, json_schema_extra={"pattern": _TEXT_PATTERN}),
    _checked(lambda text: checked_text(text, ""), _IN_TEXTS),
]
EMAIL_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f]+@[^\s\x00-\x1f\x7f-\x9f]+$"
Email = Annotated[
    str,
    Field(min_length=3, max_length=254, pattern=EMAIL_PATTERN),
    _checked(lambda text: checked_name(text, "", 254), _IN_NAMES),
]
RequiredText = Annotated[
    str,
    Field(min_length=1, max_length=TEXT_MAX, json_schema_extra={"pattern": _REQUIRED_TEXT_PATTERN}),
    _checked(lambda text: checked_text(text, "", required=True), _IN_TEXTS),
]
ShortText = Annotated[
    str,
    Field(max_length=500, json_schema_extra={"pattern": _TEXT_PATTERN}),
    _checked(lambda text: checked_text(text, "", limit=500), _IN_TEXTS),
]


def example(title: str = "", /, **fields: Any) -> ConfigDict:
    """Give a model its example, held against the model by a test, and its name in the OpenAPI document."""
    config = ConfigDict(json_schema_extra={"examples": [fields]})
    return config | ConfigDict(title=title) if title else config
