"""The long table of the page: one row for each promotion, written while it is read."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.audit.folder import Growing
from bot.cli.audit.markup import Html, Part, joined, raw, tag
from bot.cli.audit.parts import evidence_name, listed, packet_link, time
from bot.cli.audit.words import DEVIATIONS, OUTCOMES, duration, party, seconds
from core.domain.promotion import Promotion
from core.evidence.audit.case import Case, Content, Party, Separation
from core.evidence.audit.reviewed import Reviewed, TimedBallot

COLUMNS = ("Decided (UTC)", "Release", "Asked by", "Decision", "Votes", "Gates", "Exceptions", "Evidence")
UNDECIDED = "undecided"
MARKS = {
    "deviation": "with an exception",
    Separation.SELF_APPROVED.value: "requester approved too",
    Separation.NO_PERSON.value: "decided by gates alone",
    "quick": "a vote in under ten seconds",
}


class Rows:
    """Writes rows to a file, and remembers the environments that it has met."""

    def __init__(self, file: Growing) -> None:
        self._file = file
        self._environments: dict[str, str] = {}
        self.count = 0

    @property
    def environments(self) -> tuple[tuple[str, str], ...]:
        """Each environment's short name in the rows, with its own name, by that."""
        numbered = enumerate(self._environments.values())
        return tuple(sorted(((f"e{number}", name) for number, name in numbered), key=lambda each: each[1]))

    def add(self, reviewed: Reviewed) -> None:
        """Write a decided promotion."""
        case = reviewed.case
        cells = (
            time(case.decided_at),
            _release(case.release, case.target),
            _asked(case.requested_by, time(case.requested_at), case.reason),
            _decision(case),
            listed(_vote(timed, case) for timed in reviewed.ballots),
            _gates(case),
            listed(_deviations(reviewed)),
            _evidence(case),
        )
        self._write(case.promotion_id, (case.target_id, case.target), case.outcome, _marks(reviewed), cells)

    def add_undecided(self, promotion: Promotion, by: Party) -> None:
        """Write a request that was not decided in the period."""
        target = promotion.target
        asked = _asked(by, time(promotion.requested_at), promotion.reason)
        cells = ("-", _release(promotion.release_name, target.name), asked, "not decided in the period")
        self._write(
            str(promotion.id), (str(target.id), target.name), UNDECIDED, (), (*cells, None, None, None, "none yet")
        )

    def _write(
        self, id: str, target: tuple[str, str], outcome: str, marks: tuple[str, ...], cells: tuple[Part, ...]
    ) -> None:
        target_id, name = target
        self._environments[target_id] = name
        environment = f"e{list(self._environments).index(target_id)}"
        row = tag(
            "tr",
            *(_cell(name, cell) for name, cell in zip(COLUMNS, cells, strict=True)),
            role="row",
            data_promotion=id,
            data_environment=environment,
            data_outcome=outcome,
            data_mark=" ".join(marks),
        )
        self._file.write(row.encode() + b"\n")
        self.count += 1


def head() -> Html:
    """The row of the columns' names. Roles are said, because on a telephone the table is drawn as cards."""
    cells = (tag("th", name, scope="col", role="columnheader") for name in COLUMNS)
    return tag("thead", tag("tr", *cells, role="row"), role="rowgroup")


def _cell(name: str, cell: Part) -> Html:
    content = "-" if cell is None or cell == "" else cell
    inner = tag("div", content)
    if name == "Release":
        return tag("th", inner, scope="row", role="rowheader", data_name=name)
    return tag("td", inner, role="cell", data_name=name)


def _release(release: str, target: str) -> Html:
    return joined(release, tag("br"), tag("span", f"to {target}", class_="quiet"))


def _asked(by: Party, at: Html, reason: str) -> Html:
    said = joined(tag("br"), tag("span", reason, class_="said")) if reason else None
    return joined(party(by), tag("br"), tag("span", at, class_="quiet"), said)


def _decision(case: Case) -> Html:
    outcome = OUTCOMES.get(case.outcome, case.outcome)
    by = f"by {party(case.decided_by)}" if case.decided_by else None
    after = f"after {duration(seconds(case.time_to_decision))}"
    said = joined(tag("br"), tag("span", case.close_comment, class_="said")) if case.close_comment else None
    repeated = case.ballots and case.close_comment == case.ballots[-1].comment
    return joined(
        tag("b", outcome), tag("br"), by, tag("br"), tag("span", after, class_="quiet"), None if repeated else said
    )


def _vote(timed: TimedBallot, case: Case) -> Html:
    ballot = timed.ballot
    quick = tag("span", f" within {_waited(timed)} s", class_="mark") if timed.quick else None
    own = tag("span", " (requester)", class_="mark") if ballot.voter.id == case.requested_by.id else None
    said = joined(": ", tag("span", ballot.comment, class_="said")) if ballot.comment else None
    return joined(ballot.voter.name, own, f" {ballot.choice} ", time(ballot.at), quick, said)


def _waited(timed: TimedBallot) -> int:
    return seconds(timed.after_request if timed.after_told is None else timed.after_told)


def _gates(case: Case) -> Html | None:
    passed = ", ".join(gate["gateName"] for gate in case.gates if gate["passed"])
    others = [_failed(gate) for gate in case.gates if not gate["passed"]]
    return listed([*others, *([joined("passed: ", passed)] if passed else [])])


def _failed(gate: Content) -> Html:
    word = "blocked" if gate["blocking"] else "failed, advisory"
    return joined(tag("span", f"{gate['gateName']} {word}", class_="mark"), f": {gate['message']}")


def _deviations(reviewed: Reviewed) -> Iterator[Html]:
    if reviewed.separation is Separation.SELF_APPROVED:
        yield tag("span", "The requester approved too", class_="mark")
    for deviation in reviewed.deviations:
        who = f" by {deviation.who}" if deviation.who else ""
        told = f"{who}: {deviation.reason or deviation.detail}" if deviation.reason or deviation.detail else who
        yield joined(tag("span", DEVIATIONS[deviation.kind], class_="mark"), told)


def _evidence(case: Case) -> Html:
    proof = tag("a", "proof", href=f"proofs/{evidence_name(case.packet_id)}.tlog-proof")
    return joined(packet_link(case), raw("<br>"), proof)


def _marks(reviewed: Reviewed) -> tuple[str, ...]:
    separation = reviewed.separation
    found = {
        "deviation": bool(reviewed.deviations),
        "quick": bool(reviewed.quick),
        separation.value if separation else "": separation is not None,
    }
    return tuple(mark for mark, holds in found.items() if holds and mark in MARKS)
