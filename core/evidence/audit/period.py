"""The period of an audit: from a moment on, until just before another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.domain.moment import moment_text
from core.errors import InvalidError

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HINT = "Write a date such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z."


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` (included) until `until` (not), both aware. Raises InvalidError where nothing lies between."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise InvalidError(
                f"The period ends ({moment_text(self.until)}) before it begins ({moment_text(self.since)})",
                field="to",
                hint="--from is the earlier one; a date in --to is the last day that counts.",
            )

    @classmethod
    def of(cls, first: str, last: str) -> Period:
        """Read what an auditor types: dates are days in UTC, and the last day is in. Raises InvalidError."""
        return cls(_moment(first, "from"), _moment(last, "to", whole_day=True))

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day, where the period is whole days in UTC."""
        edges = (self.since.astimezone(UTC), self.until.astimezone(UTC))
        if any(edge.time() != datetime.min.time() for edge in edges):
            return None
        return edges[0].date(), (edges[1] - timedelta(days=1)).date()

    @property
    def name(self) -> str:
        """The period in a few letters that a file may be named by."""
        if days := self.days:
            return f"{days[0]}-to-{days[1]}"
        return "-to-".join(edge.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ") for edge in (self.since, self.until))

    def __str__(self) -> str:
        if days := self.days:
            return f"{days[0]} to {days[1]} (UTC, both days included)"
        return f"from {moment_text(self.since)} until just before {moment_text(self.until)}"


def _moment(text: str, field: str, *, whole_day: bool = False) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if _DATE.fullmatch(text):
            moment = moment.replace(tzinfo=UTC) + timedelta(days=whole_day)
        return _in_utc(moment)
    except (ValueError, OverflowError) as error:
        raise InvalidError(f"{text[:40]!r} is not a date ({field})", field=field, hint=_HINT) from error


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment.astimezone(UTC)
