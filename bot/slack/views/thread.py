"""The thread below a card: one line of history for each thing that happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.slack.views.kit import built, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, moment, quoted, rows_within, safe
from core.domain.events import Action, Event

_QUOTE = 2000
_DOORS = {"rest": "through the API", "cli": "on the command line"}


def history_entry(event: Event, requester: str = "") -> Message | None:
    """The line for an event; None for what a thread does not tell.

    `requester` is the Slack user id of whoever asked for the promotion: a question mentions that person, and so does
    the moment for which somebody put the promotion off.
    """
    teller = _TELLERS.get(event.action)
    if teller is None:
        return None
    line, quote = teller(event)
    if requester and mentions_requester(event):
        line = f"<@{safe(requester)}> {line}"
    door = f" ({_DOORS[event.door]})" if event.door in _DOORS else ""
    lead = f"{line}{door}"
    return Message(lead, built([section(f"{lead}\n{quote}" if quote else lead)]))


def mentions_requester(event: Event) -> bool:
    """Whether the line is for whoever asked: a question, or that the time has come that it was put off to."""
    return event.action is Action.QUESTION_ASKED or event.details.get("deferred") is True


Told = tuple[str, str]
"""A line, and a quotation below it (may be empty)."""


def _who(event: Event) -> str:
    return f"*{in_line(event.actor.name)}*"


def _quote(details: Mapping[str, Any], name: str) -> str:
    text = str(details.get(name) or "")
    return quoted(text, _QUOTE) if text else ""


def _requested(event: Event) -> Told:
    release, target = (in_line(str(event.details.get(k, ""))) for k in ("releaseName", "targetEnvironmentName"))
    return f"{_who(event)} requested {release} for {target}", _quote(event.details, "reason")


def _blocked(event: Event) -> Told:
    gates = [gate for gate in event.details.get("gates") or [] if isinstance(gate, Mapping)]
    rows = (f"> *{in_line(str(g.get('gateName', '')), 120)}*: {in_line(str(g.get('message', '')))}" for g in gates)
    return f":no_entry: {counted(len(gates), 'gate')} blocked it", rows_within(rows, _QUOTE, "gates")


def _passed(_: Event) -> Told:
    return ":white_check_mark: The gates passed", ""


def _lifted(event: Event) -> Told:
    until = _moment(event.details.get("until"))
    return f":rotating_light: {_who(event)} *lifted the freeze* until {until}", _quote(event.details, "reason")


def _deferred(event: Event) -> Told:
    until = _moment(event.details.get("until"))
    return f":calendar: {_who(event)} wants approvers asked when the gates pass, {until}", ""


def _moment(text: object) -> str:
    """A time that was written down, in the reader's zone."""
    try:
        return moment(datetime.fromisoformat(str(text)))
    except ValueError:
        return safe(str(text), 60)


def _approved_by(event: Event) -> Told:
    given, required = event.details.get("approvalCount"), event.details.get("requiredApprovals")
    count = f", {given} of {required}" if required else ""
    return f":white_check_mark: {_who(event)} approved{count}", _quote(event.details, "comment")


def _approved(_: Event) -> Told:
    return ":white_check_mark: *Approved*: the release may go, and the record is signed", ""


def _answered(event: Event) -> Told:
    sign, word = (":white_check_mark:", "agrees") if event.details.get("passed") else (":no_entry:", "refuses")
    service = in_line(str(event.details.get("service", "")))
    return f"{sign} *{service}* {word}", _quote(event.details, "message")


def _ticked(event: Event) -> Told:
    return f":white_check_mark: {_who(event)} ticked {in_line(str(event.details.get('item', '')))}", ""


def _unticked(event: Event) -> Told:
    return f":white_circle: {_who(event)} took back {in_line(str(event.details.get('item', '')))}", ""


def _asked(event: Event) -> Told:
    return f":speech_balloon: {_who(event)} asks", _quote(event.details, "question")


def _reminded(event: Event) -> Told:
    count = len(event.details.get("to") or ())
    return f":bell: {_who(event)} had {counted(count, 'approver')} reminded", ""


def _rejected(event: Event) -> Told:
    return f":x: {_who(event)} *rejected* it", _quote(event.details, "reason")


def _cancelled(event: Event) -> Told:
    return f":white_circle: {_who(event)} *cancelled* it", _quote(event.details, "reason")


def _expired(_: Event) -> Told:
    return ":alarm_clock: *Expired*: nobody decided in time", ""


def _superseded(_: Event) -> Told:
    return ":fast_forward: *Superseded*: a newer release of the same component was approved", ""


def _deployed(event: Event) -> Told:
    words = {
        "deploying": ":rocket: Deployment has begun",
        "deployed": ":white_check_mark: *Deployed*",
        "failed": ":warning: *The deployment failed*",
        "rolled_back": ":leftwards_arrow_with_hook: *Rolled back*",
    }
    status = str(event.details.get("status", ""))
    url = str(event.details.get("externalUrl") or "")
    link = f" · <{safe(url)}|Open the deployment>" if url.startswith(("http://", "https://")) else ""
    return f"{words.get(status, safe(status))}, says {in_line(event.actor.name)}{link}", _quote(
        event.details, "message"
    )


_TELLERS: Mapping[Action, Callable[[Event], Told]] = {
    Action.PROMOTION_REQUESTED: _requested,
    Action.GATES_BLOCKED: _blocked,
    Action.GATES_PASSED: _passed,
    Action.GATE_ANSWERED: _answered,
    Action.ITEM_TICKED: _ticked,
    Action.ITEM_UNTICKED: _unticked,
    Action.VOTE_APPROVED: _approved_by,
    Action.QUESTION_ASKED: _asked,
    Action.APPROVERS_REMINDED: _reminded,
    Action.FREEZE_LIFTED: _lifted,
    Action.PROMOTION_DEFERRED: _deferred,
    Action.PROMOTION_APPROVED: _approved,
    Action.PROMOTION_REJECTED: _rejected,
    Action.PROMOTION_CANCELLED: _cancelled,
    Action.PROMOTION_EXPIRED: _expired,
    Action.PROMOTION_SUPERSEDED: _superseded,
    Action.DEPLOYMENT_REPORTED: _deployed,
}
