"""How things are said in an export: kinds in words, times, spans, and text from outside made visible."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

from core.domain.promotion import CloseReason, Status
from core.evidence.audit.case import Party, Separation
from core.evidence.audit.deviations import DeviationKind

DEVIATIONS = {
    DeviationKind.FREEZE_LIFTED: "Freeze lifted in an emergency",
    DeviationKind.FINDING_WAIVED: "Finding of a scan waived",
    DeviationKind.FINDING_EXCLUDED_BY_VEX: "Finding of a scan excluded by VEX",
    DeviationKind.ADVISORY_GATE_FAILED: "Advisory gate failed",
    DeviationKind.STALE_CALENDAR_IGNORED: "Calendar of freezes not readable, counted as open",
    DeviationKind.NO_POLICY: "No approval policy: the built-in one held",
}
SEPARATIONS = {
    Separation.SEPARATE: "Others than the requester",
    Separation.SELF_APPROVED: "The requester too, or alone",
    Separation.NO_PERSON: "Gates alone, nobody",
}
OUTCOMES = {
    Status.APPROVED.value: "approved",
    Status.REJECTED.value: "rejected",
    Status.CANCELLED.value: "cancelled",
    CloseReason.EXPIRED.value: "expired",
    CloseReason.SUPERSEDED.value: "superseded",
}
_KINDS = {"service": " (program)", "system": " (system)"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LAYOUT = "\n\t"


def visible(text: str) -> str:
    """Text from outside, with every character that cannot be seen, or that turns the direction, named instead.

    The packet has the text as it was. Line breaks and tabs stay: they are seen.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"[U+{ord(each):04X}]" if each not in _LAYOUT and unicodedata.category(each) in _INVISIBLE else each
        for each in text
    )


def moment(at: datetime) -> str:
    """A moment in RFC 3339, in UTC, to the second where it has no fraction."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def minute(at: datetime) -> str:
    """A moment for reading: to the second, in UTC; the page says so."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def seconds(span: timedelta) -> int:
    """Whole seconds, rounded down."""
    return span // timedelta(seconds=1)


def duration(total: int | None) -> str:
    """Seconds for reading, by their two largest units."""
    if total is None:
        return "-"
    if total < 0:
        return f"{total} s"
    parts = ((total // 86_400, "d"), (total // 3600 % 24, "h"), (total // 60 % 60, "min"), (total % 60, "s"))
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count or first == 3)


def party(who: Party | None) -> str:
    """Who, and that it is no person where it is none."""
    return who.name + _KINDS.get(who.kind, "") if who else ""


def share(part: int, whole: int) -> str:
    """A share in percent with one decimal; 100 % means all of them, and 0 % none."""
    if not whole:
        return "-"
    tenths = (part * 2000 + whole) // (2 * whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10}.{tenths % 10} %"


def counted(number: int, one: str, many: str = "") -> str:
    """A number and its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
