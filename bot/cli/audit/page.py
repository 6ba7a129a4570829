"""The page of an export: one file that needs nothing else, for reading, searching and printing.

Its policy allows its own style sheet and its own script, by their digests, and nothing from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import BinaryIO

from bot.cli.audit import computed, readme, rows, sections
from bot.cli.audit.markup import Html, joined, raw, tag
from bot.cli.audit.parts import how, section, time
from bot.cli.audit.people import changes, people
from bot.cli.audit.words import OUTCOMES, counted, minute
from core.app.reviewing import LoggedChange
from core.domain.people import Person
from core.domain.policy import ApproverGroup
from core.evidence.audit.figures import Figures
from core.evidence.audit.period import Period
from core.evidence.log.checkpoints import Checkpoint

_STATIC = files("bot.cli.audit") / "static"
_PIECE = 1 << 20
_CONTENTS = {
    "environments": "Decisions",
    "separation": "Separation of duties",
    "exceptions": "Exceptions",
    "times": "Time to decision",
    "quick": "Under ten seconds",
    "people": "People",
    "changes": "Changes",
    "promotions": "All promotions",
    "check": "Check it",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken along, beside the rows and the figures. `environments` are names; none means all of them."""

    period: Period
    environments: tuple[str, ...]
    checkpoint: Checkpoint
    at: datetime
    groups: Sequence[tuple[ApproverGroup, tuple[Person, ...]]]
    changes: Sequence[LoggedChange]
    change_count: int
    revoked_keys: Sequence[tuple[str, int]]
    commands: Sequence[str]


def page(taken: Taken, figures: Figures, written: rows.Rows, fragment: BinaryIO) -> Iterator[bytes]:
    """The whole page in pieces; `fragment` holds the rows that were written."""
    style, script = _static("page.css"), _static("page.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"Audit of release promotions, {taken.period.name}"),
        tag("style", raw(style)),
    )
    skip = tag("a", "Skip to the table of all promotions", href="#promotions", class_="skip")
    yield f'<!doctype html>\n<html lang="en">{head}<body>{skip}{_header(taken, figures)}<main>'.encode()
    for part in _figures(taken, figures):
        yield part.encode()
    yield _opening(written).encode()
    fragment.seek(0)
    while piece := fragment.read(_PIECE):
        yield piece
    closing = "</tbody></table></div></section>" if written.count else "</section>"
    yield f"{closing}{_check(taken)}</main>{_footer()}<script>{script}</script></body></html>\n".encode()


def policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with this style sheet and this script."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


@cache
def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _header(taken: Taken, figures: Figures) -> Html:
    where = ", ".join(taken.environments) or "all environments"
    state = joined(
        "As of ",
        time(taken.at),
        f" UTC: {counted(taken.checkpoint.size, 'entry', 'entries')} of the log ",
        tag("code", taken.checkpoint.origin),
        ", root hash ",
        tag("code", taken.checkpoint.root_text),
    )
    empty = None
    if not figures.whole.decided and not figures.whole.undecided:
        empty = tag("p", "Nothing was requested or decided in this period.", class_="warn")
    links = (tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name in _CONTENTS.items())
    return tag(
        "header",
        tag("h1", "Audit of release promotions"),
        tag("p", f"{taken.period}; {where}.", class_="period"),
        tag("p", state, class_="period"),
        empty,
        *map(_revoked, taken.revoked_keys),
        sections.facts(figures),
        tag("nav", tag("ul", *links), aria_label="Contents"),
    )


def _revoked(key: tuple[str, int]) -> Html:
    key_ref, count = key
    said = (
        f"{counted(count, 'decision')} of the period were signed by the key {key_ref}, which has been revoked since: "
    )
    return tag("p", tag("b", "Do not rely on these. "), said, "no verifier accepts them.", class_="warn")


def _figures(taken: Taken, figures: Figures) -> Iterator[Html]:
    yield sections.environments(figures)
    yield sections.separation(figures)
    yield sections.exceptions(figures)
    yield sections.times(figures)
    yield sections.quick(figures)
    yield people(figures, taken.groups, f"{minute(taken.at)} UTC")
    yield changes(taken.changes, taken.change_count)


def _opening(written: rows.Rows) -> Html:
    """Everything of the long table up to its rows."""
    about = how(computed.PROMOTIONS)
    begun = section("promotions", "All promotions", about, "" if written.count else tag("p", "There are none."))
    opened = begun.removesuffix("</section>")
    if not written.count:
        return raw(opened)
    label = tag("caption", f"{counted(written.count, 'promotion')} of the period")
    return raw(
        f"{opened}{_find(written)}"
        '<div class="scroll" role="region" tabindex="0" aria-label="All promotions">'
        f'<table role="table">{label}{rows.head()}<tbody role="rowgroup">\n'
    )


def _find(written: rows.Rows) -> Html:
    outcomes = [*OUTCOMES.items(), (rows.UNDECIDED, "not decided")]
    words = "release, person, reason, gate, id"
    form = tag(
        "form",
        _field("Search", tag("input", type="search", id="find-search", name="search", placeholder=words), "search"),
        _choice("Environment", "environment", written.environments),
        _choice("Decision", "outcome", outcomes),
        _choice("Only those", "mark", rows.MARKS.items()),
        tag("button", "Show all", type="reset"),
        id="find",
        role="search",
        hidden=True,
    )
    return joined(form, tag("p", tag("output", id="shown", form="find")))  # on paper too: it says what is left out


def _choice(label: str, name: str, options: Iterable[tuple[str, str]]) -> Html:
    written = (tag("option", text, value=value) for value, text in options)
    control = tag("select", tag("option", "all", value=""), *written, id=f"find-{name}", name=name)
    return _field(label, control, name)


def _field(label: str, control: Html, name: str) -> Html:
    return tag("div", tag("label", label, for_=f"find-{name}"), control)


def _check(taken: Taken) -> Html:
    return section(
        "check",
        "Check it yourself",
        tag("p", "In a terminal in the folder of this page, with tools of your own where you trust nothing else:"),
        tag("pre", "\n".join(taken.commands)),
        tag("p", readme.KEYS),
    )


def _footer() -> Html:
    return tag("footer", tag("p", f"Written by Countersign {version('countersign-bot')}. This page loads nothing."))
