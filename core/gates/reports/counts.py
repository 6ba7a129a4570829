"""Plain counts, for scanners whose files are not read here: `{"scanner": "x", "criticalCount": 0, "highCount": 3}`.

Critical and high must be said, because a report that says nothing must not pass for a clean one.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from core.domain.findings import SEVERITIES
from core.domain.release import COUNTS_ONLY, MAX_COUNT
from core.domain.text import checked_name
from core.errors import InvalidError
from core.gates.reports.report import ReadReport

Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
_WORDS = {"missing": "is missing", "extra_forbidden": "is not a known field here", "int_type": "must be a whole number"}


class _Counts(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)

    scanner: str
    critical_count: Count
    high_count: Count
    medium_count: Count = 0
    low_count: Count = 0
    unknown_count: Count = 0


def looks_like_it(tree: dict[str, Any]) -> bool:
    """Whether a document says that it is of this format."""
    return "scanner" in tree or any(f"{severity}Count" in tree for severity in SEVERITIES)


def read(tree: dict[str, Any]) -> ReadReport:
    """Read a report. Raises InvalidError that names every wrong field."""
    try:
        body = _Counts.model_validate(tree)
    except ValidationError as error:
        raise _invalid(error) from None
    counts = {severity: getattr(body, f"{severity}_count") for severity in SEVERITIES}
    return ReadReport(COUNTS_ONLY, checked_name(body.scanner, "scanner"), counts=counts)


def _invalid(error: ValidationError) -> InvalidError:
    found = [
        {"field": ".".join(map(str, each["loc"]))[:200], "message": _WORDS.get(each["type"], each["msg"])}
        for each in error.errors(include_url=False, include_input=False)[:20]
    ]
    first = found[0]
    if len(found) == 1:
        message = f"{first['field']} {first['message']}"
    else:
        message = f"{len(found)} fields are wrong: {', '.join(each['field'] for each in found)}"
    known = ", ".join(each.alias or name for name, each in _Counts.model_fields.items())
    return InvalidError(message, field=first["field"], hint=f"Known fields: {known}.", errors=found)
