"""The sections of the page that hold figures: what was counted, a chart, and the cases that stand out by name."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.audit import charts, computed
from bot.cli.audit.markup import Html, Part, joined, tag
from bot.cli.audit.parts import beside, case_cells, how, listed, named, of, section, table, time
from bot.cli.audit.words import DEVIATIONS, OUTCOMES, SEPARATIONS, counted, duration, party, seconds, share
from core.evidence.audit.case import Separation
from core.evidence.audit.figures import OUTCOMES as KNOWN_OUTCOMES
from core.evidence.audit.figures import Figures, Place
from core.evidence.audit.reviewed import QUICK, Reviewed

_ALL_ROWS = "see the table of all promotions below"
_IN_FILE = "{} has all of them"


def facts(figures: Figures) -> Html:
    """The few numbers that are looked for first."""
    whole = figures.whole
    by_people = whole.allowed - whole.separation[Separation.NO_PERSON]
    separate = whole.separation[Separation.SEPARATE]
    (median,) = whole.spans.rank(50)
    rows = (
        (
            "Decided",
            str(whole.decided),
            f"{whole.allowed} let through; {counted(whole.undecided, 'request')} not decided",
        ),
        ("Separation of duties", share(separate, by_people), f"{separate} of {by_people} that people approved"),
        ("By gates alone", str(whole.separation[Separation.NO_PERSON]), f"of {whole.allowed} let through"),
        ("With an exception", str(whole.with_deviations), f"of {whole.allowed} let through"),
        ("Time to decision", duration(median), f"median of {len(whole.spans)} decided by votes"),
        ("Votes in under 10 seconds", str(figures.quick_votes), f"of {figures.votes} votes"),
    )
    boxes = (tag("div", tag("dt", name), tag("dd", number, tag("span", note))) for name, number, note in rows)
    return tag("dl", *boxes, class_="facts")


def environments(figures: Figures) -> Html:
    """What was asked for and decided, by environment."""
    columns = ("Environment", "Requested", "Decided", *(OUTCOMES[each].capitalize() for each in KNOWN_OUTCOMES))
    rows = table(
        "Promotions by target environment",
        (*columns, "Not decided"),
        map(_place_row, figures.places),
        total=_place_row(figures.whole),
        numbers=len(columns),
    )
    bars = [(place.name, place.decided, str(place.decided)) for place in figures.places]
    return section(
        "environments",
        "Promotions and decisions",
        how(computed.DECISIONS),
        beside(charts.bars("environments-chart", "Decisions by environment", bars), rows),
        short=True,
    )


def _place_row(place: Place) -> tuple[Part, ...]:
    outcomes = (place.outcomes[each] for each in KNOWN_OUTCOMES)
    return (place.name, place.requested, place.decided, *outcomes, place.undecided)


def separation(figures: Figures) -> Html:
    """Who let releases through: others than those who asked, or not."""
    whole = figures.whole
    sides = [(SEPARATIONS[kind], whole.separation[kind]) for kind in Separation]
    bars = [(name, number, of(number, whole.allowed)) for name, number in sides]
    rows = [(name, number, share(number, whole.allowed)) for name, number in sides]
    return section(
        "separation",
        "Separation of duties",
        how(computed.SEPARATION),
        tag("p", f"{counted(_by_programs(figures), 'request')} of the period came from programs."),
        beside(
            charts.bars("separation-chart", "How promotions were let through", bars),
            table(
                "Promotions let through",
                ("Approved by", "Promotions", "Share"),
                rows,
                total=("All", whole.allowed, share(whole.allowed, whole.allowed)),
                numbers=2,
            ),
        ),
        _without(figures, Separation.SELF_APPROVED, "Where the requester approved too", "No requester approved."),
        _without(figures, Separation.NO_PERSON, "Decided by gates alone", "Nothing was let through by gates alone."),
    )


def _by_programs(figures: Figures) -> int:
    return sum(voter.requested for voter in figures.voters if not voter.party.is_person)


def _without(figures: Figures, kind: Separation, heading: str, nothing: str) -> Html:
    cases = figures.by_separation.get(kind)
    if cases is None:
        return tag("p", nothing)
    rows = (case_cells(each, party(each.case.requested_by), _approvers(each) or "nobody") for each in cases)
    columns = ("Asked by", "Approved by")
    return named(heading, cases, columns, rows, _ALL_ROWS)


def _approvers(reviewed: Reviewed) -> str:
    return ", ".join(ballot.voter.name for ballot in reviewed.case.approvals)


def exceptions(figures: Figures) -> Html:
    """What held though a rule would have spoken against it."""
    kinds = [(DEVIATIONS[kind], figures.promotions_by_deviation[kind], figures.deviations[kind]) for kind in DEVIATIONS]
    bars = [(name, promotions, str(promotions)) for name, promotions, _ in kinds]
    rows = (case_cells(each, listed(_told(each))) for each in figures.deviating)
    if figures.deviating.total:
        cases = named(
            "Promotions with exceptions", figures.deviating, ("Exceptions",), rows, _IN_FILE.format("exceptions.csv")
        )
    else:
        cases = tag("p", "No promotion was let through by an exception.")
    whole = figures.whole
    return section(
        "exceptions",
        "Exceptions",
        how(computed.EXCEPTIONS),
        tag(
            "p",
            tag("b", of(whole.with_deviations, whole.allowed)),
            f" of {whole.allowed} let through had at least one.",
        ),
        beside(
            charts.bars("exceptions-chart", "Promotions with exceptions, by kind", bars),
            table("Exceptions by kind", ("Kind", "Promotions", "Exceptions"), kinds, numbers=2),
        ),
        cases,
    )


def _told(reviewed: Reviewed) -> Iterator[Html]:
    for deviation in reviewed.deviations:
        until = f"until {deviation.until}" if deviation.until else ""
        words = filter(None, (deviation.who, deviation.reason, deviation.detail, until))
        yield joined(tag("b", DEVIATIONS[deviation.kind]), ": ", "; ".join(words))


def times(figures: Figures) -> Html:
    """How long decisions took."""
    whole = figures.whole
    distribution = whole.spans.distribution()
    bars = [(name, number, of(number, len(whole.spans))) for name, number in distribution]
    columns = ("Environment", "Decisions", "Half within (p50)", "90 % within (p90)", "Longest")
    return section(
        "times",
        "Time to decision",
        how(computed.TIMES),
        table(
            "Time to decision by target environment",
            columns,
            map(_time_row, figures.places),
            total=_time_row(whole),
            numbers=4,
        ),
        beside(
            charts.bars("times-chart", "Decisions by the time that they took", bars),
            table("Decisions by the time that they took", ("Time", "Decisions"), distribution, numbers=1),
        ),
    )


def _time_row(place: Place) -> tuple[Part, ...]:
    ranks = place.spans.rank(50, 90, 100)
    return (place.name, len(place.spans), *map(duration, ranks))


def quick(figures: Figures) -> Html:
    """Votes that came sooner than anybody can look."""
    limit = seconds(QUICK)
    if figures.quick.total:
        rows = (case_cells(each, listed(_quick(each))) for each in figures.quick)
        cases = named("Votes in under ten seconds", figures.quick, ("Votes",), rows, _IN_FILE.format("decisions.csv"))
    else:
        cases = tag("p", f"No vote came in under {limit} seconds.")
    return section(
        "quick",
        "Votes in under ten seconds",
        how(computed.QUICK_VOTES),
        tag(
            "p", tag("b", of(figures.quick_votes, figures.votes)), f" of {counted(figures.votes, 'vote')} came so soon."
        ),
        cases,
        short=True,
    )


def _quick(reviewed: Reviewed) -> Iterator[Html]:
    for timed in reviewed.quick:
        waited, since = (
            (timed.after_request, "the request") if timed.after_told is None else (timed.after_told, "the message")
        )
        ballot = timed.ballot
        told = f"{ballot.voter.name} {ballot.choice} {seconds(waited)} s after {since}, at "
        yield joined(told, time(ballot.at))
