"""The tables of an export: what each has for columns, and the rows that one decision gives it.

RFC 4180 in UTF-8, with a header row, times in RFC 3339. A cell of text that a spreadsheet would take for a formula gets
an apostrophe in front, characters that cannot be seen are named.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.cli.audit.words import moment, seconds, visible
from core.app.reviewing import LoggedChange, LoggedDecision
from core.domain.people import Person
from core.domain.policy import ApproverGroup
from core.domain.promotion import Promotion
from core.evidence.audit.case import Case
from core.evidence.audit.reviewed import Reviewed, TimedBallot
from core.evidence.canonical import canonical

Cell = str | int | bool | None
Row = dict[str, Cell]
_FORMULA = "=+-@\t\r\n"
_BLANKS = " \u00a0\u3000"

_CASE = ("promotion_id", "release", "target_environment")
COLUMNS: dict[str, tuple[str, ...]] = {
    "promotions": (
        *_CASE,
        *("component", "version", "source_environment", "requested_at", "requested_by", "requested_by_kind"),
        *("decided_in_period", "status", "decision", "decided_at", "decided_by", "decided_by_kind", "comment"),
        *("seconds_to_decision", "approvals", "required_approvals", "separation_required", "separation"),
        *("exceptions", "quick_votes", "packet_id", "content_hash", "signer_key_ref", "log_index"),
    ),
    "who-asked": (
        *("requested_at", "requested_by", "requested_by_id", "requested_by_kind"),
        *(*_CASE, "reason", "packet_id"),
    ),
    "decisions": (
        *(*_CASE, "voter", "voter_id", "vote", "voted_at", "comment", "door", "is_requester"),
        *("seconds_after_request", "told_at", "seconds_after_told", "under_ten_seconds", "seen_digest", "packet_id"),
    ),
    "gates": (*_CASE, "gate", "passed", "blocking", "message", "inputs_digest", "packet_id"),
    "exceptions": (*_CASE, "kind", "gate", "who", "reason", "until", "detail", "packet_id"),
    "changes": ("log_index", "at", "action", "actor", "actor_id", "actor_kind", "door", "subject_id", "details"),
    "approvers": ("as_of", "group", "person", "person_id", "active", "may_vote"),
}
"""The columns of each table, by the name of its file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of one table."""

    table: str
    row: Row


def csv_lines(table: str, rows: Iterable[Row]) -> bytes:
    """Rows as they stand in the table's file."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([_cell(row.get(column)) for column in COLUMNS[table]] for row in rows)
    return written.getvalue().encode()


def csv_header(table: str) -> bytes:
    """The first line of the table's file."""
    return csv_lines(table, [{column: column for column in COLUMNS[table]}])


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, however wide its signs are and whatever stands before them."""
    shown = visible(text)
    beginnings = (shown[:1], unicodedata.normalize("NFKC", shown.lstrip(_BLANKS))[:1])
    return f"'{shown}" if any(sign and sign in _FORMULA for sign in beginnings) else shown


def decision_entries(decision: LoggedDecision, reviewed: Reviewed) -> Iterator[Entry]:
    """Everything that a decision gives the tables."""
    case = decision.case
    common: Row = {
        "promotion_id": case.promotion_id,
        "release": case.release,
        "target_environment": case.target,
        "packet_id": case.packet_id,
    }
    yield Entry("promotions", common | _promotion(decision, reviewed))
    yield Entry("who-asked", common | _request(case))
    for timed in reviewed.ballots:
        yield Entry("decisions", common | _ballot(case, timed))
    for gate in case.gates:
        told = {"gate": gate["gateName"], "inputs_digest": gate.get("inputsDigest")}
        yield Entry("gates", common | told | {name: gate[name] for name in ("passed", "blocking", "message")})
    for deviation in reviewed.deviations:
        fields = ("gate", "who", "reason", "until", "detail")
        facts: Row = {name: getattr(deviation, name) for name in fields}
        yield Entry("exceptions", common | {"kind": deviation.kind.value} | facts)


def undecided_entries(promotion: Promotion) -> Iterator[Entry]:
    """What a request without a decision in the period gives the tables, as the database has it."""
    by = promotion.requested_by
    common: Row = {
        "promotion_id": str(promotion.id),
        "release": promotion.release_name,
        "target_environment": promotion.target.name,
        "requested_at": moment(promotion.requested_at),
        "requested_by": by.name,
        "requested_by_kind": by.kind.value,
    }
    standing: Row = {
        "component": promotion.component,
        "source_environment": promotion.source.name if promotion.source else "",
        "decided_in_period": False,
        "required_approvals": sum(policy.required_approvals for policy in promotion.policies),
        "separation_required": promotion.separation_of_duties,
    }
    yield Entry("promotions", common | standing)
    yield Entry("who-asked", common | {"requested_by_id": str(by.id) if by.id else "", "reason": promotion.reason})


def change_entry(change: LoggedChange) -> Entry:
    """What a logged audit entry gives the tables."""
    content: dict[str, Any] = dict(change.leaf.content)
    actor = content["actor"]
    row: Row = {
        "log_index": change.leaf.index,
        "actor": actor["name"],
        "actor_id": actor["id"],
        "actor_kind": actor["kind"],
        "subject_id": content["subjectId"],
        "details": canonical(content["details"]).decode(),
    }
    return Entry("changes", row | {name: content[name] for name in ("at", "action", "door")})


def approver_entries(group: ApproverGroup, members: Iterable[Person], as_of: str) -> Iterator[Entry]:
    """What an approver group gives the tables; one without members gives one row that says so."""
    common: Row = {"as_of": as_of, "group": group.name}
    rows = [
        common | {"person": each.name, "person_id": str(each.id), "active": each.active, "may_vote": each.may_vote}
        for each in members
    ]
    for row in rows or [common | {"person": "(nobody)"}]:
        yield Entry("approvers", row)


def _promotion(decision: LoggedDecision, reviewed: Reviewed) -> Row:
    case = decision.case
    return {
        "component": case.component,
        "version": case.version,
        "source_environment": case.source,
        "requested_at": moment(case.requested_at),
        "requested_by": case.requested_by.name,
        "requested_by_kind": case.requested_by.kind,
        "decided_in_period": True,
        "status": case.outcome,
        "decision": "allow" if case.allowed else "deny",
        "decided_at": moment(case.decided_at),
        "decided_by": case.decided_by.name if case.decided_by else "",
        "decided_by_kind": case.decided_by.kind if case.decided_by else "",
        "comment": case.close_comment,
        "seconds_to_decision": seconds(case.time_to_decision),
        "approvals": len(case.approvals),
        "required_approvals": case.required_approvals,
        "separation_required": case.separation_required,
        "separation": case.separation.value if case.separation else "",
        "exceptions": len(reviewed.deviations),
        "quick_votes": len(reviewed.quick),
        "content_hash": decision.content_hash,
        "signer_key_ref": case.signer_key_ref,
        "log_index": decision.leaf.index,
    }


def _request(case: Case) -> Row:
    by = case.requested_by
    asked: Row = {"requested_at": moment(case.requested_at), "reason": case.reason}
    return asked | {"requested_by": by.name, "requested_by_id": by.id, "requested_by_kind": by.kind}


def _ballot(case: Case, timed: TimedBallot) -> Row:
    ballot = timed.ballot
    return {
        "voter": ballot.voter.name,
        "voter_id": ballot.voter.id,
        "vote": ballot.choice,
        "voted_at": moment(ballot.at),
        "comment": ballot.comment,
        "door": ballot.door,
        "is_requester": ballot.voter.id == case.requested_by.id,
        "seconds_after_request": seconds(timed.after_request),
        "told_at": moment(timed.told_at) if timed.told_at else "",
        "seconds_after_told": None if timed.after_told is None else seconds(timed.after_told),
        "under_ten_seconds": timed.quick,
        "seen_digest": ballot.seen,
    }


def _cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, int) else harmless(cell)
