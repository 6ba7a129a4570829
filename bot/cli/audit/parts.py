"""Pieces that sections of the page are made of: tables, sections, times, links to evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.cli.audit.markup import Html, Part, joined, tag
from bot.cli.audit.words import counted, minute, moment, share
from core.evidence.audit.case import Case
from core.evidence.audit.figures import Named
from core.evidence.audit.reviewed import Reviewed

NUMBER = "num"


def section(anchor: str, heading: str, *parts: Part, short: bool = False) -> Html:
    """A section under its heading; a short one does not begin a new sheet of paper."""
    title = tag("h2", heading, id=f"{anchor}-heading")
    kind = "short" if short else None
    return tag("section", title, *parts, id=anchor, class_=kind, aria_labelledby=f"{anchor}-heading")


def how(text: str) -> Html:
    """How the figures of a section are computed."""
    return tag("p", tag("b", "How this is computed. "), " ".join(text.split()), class_="how")


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Part]],
    *,
    total: Sequence[Part] = (),
    numbers: int = 0,
) -> Html:
    """A table whose first column names the row; the last `numbers` columns are numbers."""
    kinds = [NUMBER if place >= len(columns) - numbers else None for place in range(len(columns))]
    head = (tag("th", name, scope="col", class_=kind) for name, kind in zip(columns, kinds, strict=True))
    foot = tag("tfoot", _row(total, kinds)) if total else None
    body = tag("tbody", *(_row(row, kinds) for row in rows))
    whole = tag("table", tag("caption", caption), tag("thead", tag("tr", *head)), body, foot)
    return tag("div", whole, class_="scroll", role="region", tabindex=0, aria_label=caption)


def beside(chart: Html | None, rows: Html) -> Html:
    """A chart with the table of the same numbers beside it."""
    return tag("div", chart, rows, class_="beside")


def time(at: datetime) -> Html:
    """A time for people and for programs."""
    return tag("time", minute(at), datetime=moment(at))


def of(part: int, whole: int) -> str:
    """A number with its share of another."""
    return f"{part} ({share(part, whole)})"


def evidence_name(packet_id: str) -> str:
    """How the files of a decision are named, without what they end in."""
    return f"evidence-{packet_id}"


def packet_link(case: Case, text: str = "packet") -> Html:
    """The way to the evidence of a case."""
    return tag("a", text, href=f"packets/{evidence_name(case.packet_id)}.json")


def named(caption: str, cases: Named, columns: Sequence[str], cells: Iterable[Sequence[Part]], where: str) -> Html:
    """Cases by name, and where the others are, if these are not all."""
    more = tag("p", f"And {cases.more} more: {where}.") if cases.more else None
    counting = f"{caption}: {counted(cases.total, 'promotion')}"
    return joined(table(counting, ("Promotion", "Decided (UTC)", *columns, "Evidence"), cells), more)


def case_cells(reviewed: Reviewed, *cells: Part) -> tuple[Part, ...]:
    """The row of one case in `named`."""
    case = reviewed.case
    return (f"{case.release} to {case.target}", time(case.decided_at), *cells, packet_link(case))


def listed(items: Iterable[Part]) -> Html | None:
    """Some things, one below the other; a single one needs no list."""
    some = list(items)
    if len(some) < 2:
        return joined(*some) if some else None
    return tag("ul", *(tag("li", item) for item in some), class_="plain")


def _row(cells: Sequence[Part], kinds: Sequence[str | None]) -> Html:
    first, *others = cells
    rest = (tag("td", cell, class_=kind) for cell, kind in zip(others, kinds[1:], strict=True))
    return tag("tr", tag("th", first, scope="row"), *rest)
