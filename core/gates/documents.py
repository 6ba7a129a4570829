"""Documents that scanners and VEX authors write, read strictly: what their readers share.

A format is described by pydantic models of no more than what is looked at; whatever else a document holds is passed
over. The JSON itself is read by `core.strict_json`, so one document has one meaning. Texts with control characters or
characters that show nothing, and texts too long to be what they say they are, are refused with their path.

Memory: a document of N bytes, read, takes a small multiple of N; BRACKETS_LIMIT sees to it for documents that are made
of nothing but empty lists.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from core.errors import InvalidError
from core.strict_json import child_path, strict_json

BRACKETS_LIMIT = 2_000_000
"""Opening brackets in a document, those in texts included: several times what the largest report has."""

_SHOWS = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$"
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "string_pattern_mismatch": "holds a control character or one that shows nothing",
    "string_too_short": "must not be empty",
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

PartT = TypeVar("PartT", bound="Part")


class Part(BaseModel):
    """An object in a document, as far as it is looked at."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class CamelPart(Part):
    """An object whose members are named in lowerCamelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


def _or(empty: Any) -> BeforeValidator:
    """Go writes `null` for what is empty."""
    return BeforeValidator(lambda value: empty if value is None else value)


T = TypeVar("T")
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_SHOWS)]
Named = Annotated[Word, StringConstraints(min_length=1)]
Maybe = Annotated[Word, _or("")]
LongMaybe = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=_SHOWS), _or("")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True), _or("")]
"""Words that are searched and never kept whole."""
Many = Annotated[list[T], _or([]), Field(default=[])]


def json_object(source: bytes) -> dict[str, Any]:
    """Return the one object that a document is. Raises InvalidError that says what is wrong and where."""
    if not source.strip():
        raise InvalidError("The document is empty", hint="Send the file as the scanner wrote it.")
    if source.count(b"{") + source.count(b"[") > BRACKETS_LIMIT:
        raise InvalidError("The document has more parts than any report has")
    tree = strict_json(source)
    if not isinstance(tree, dict):
        raise InvalidError("The document must be a JSON object")
    return tree


def part_of(model: type[PartT], tree: object, path: str = "") -> PartT:
    """Return a document, or a part of one at `path`, as its model. Raises InvalidError that names the first fault."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        first = found[0]
        place = path
        for key in first["loc"]:
            place = child_path(place, key)
        more = f" ({len(found) - 1} more places are wrong)" if len(found) > 1 else ""
        words = _WORDS.get(first["type"], str(first["msg"]).replace("Input should be", "must be"))
        raise InvalidError(f"{place[:300]} {words}{more}", field=place[:300]) from None


def digest_of(source: bytes) -> str:
    """`sha256:` over a document as it came."""
    return f"sha256:{hashlib.sha256(source).hexdigest()}"


def moment_in(text: str, field: str) -> datetime | None:
    """The time that a document gives, None where it is empty. Raises InvalidError for what is no RFC 3339 time.

    Digits beyond microseconds are cut.
    """
    if not text:
        return None
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        day, clock, fraction, zone = found.groups()
        return datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{zone.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError(f"{field} is no time of RFC 3339: {text[:40]!r}", field=field) from None
