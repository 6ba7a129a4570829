"""The direct message to somebody who may approve: with buttons as long as it is theirs to do, then how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.slack.views import parts
from bot.slack.views.card import buttons, details_button, may_be_approved, more
from bot.slack.views.kit import actions, built, context, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, moment, quoted
from core.app.reading import PromotionView
from core.domain.gate_result import blocking
from core.domain.people import Person
from core.domain.promotion import Status

_REASON = 500


def notice(view: PromotionView, person: Person, *, again: bool = False) -> Message:
    """What stands in the person's direct message now; `again` in a reminder that somebody asked for."""
    promotion = view.promotion
    theirs = is_theirs(view, person)
    asked = "A reminder: your approval is still asked for" if again else "Your approval is asked for"
    lead = asked if theirs else _no_longer(view, person)
    text = f"{lead}: {in_line(promotion.release_name)} to {in_line(promotion.target.name)}"
    return Message(text, built(_open(view, asked) if theirs else _over(view, lead)))


def is_theirs(view: PromotionView, person: Person) -> bool:
    """Whether the person can do something about it now."""
    asked = any(each.id == person.id for each in view.may_still_approve)
    return asked and view.promotion.status is Status.AWAITING_APPROVAL


def _open(view: PromotionView, asked: str) -> Iterator[Block]:
    promotion = view.promotion
    until = f" until {moment(promotion.expires_at)}" if promotion.expires_at else ""
    yield section(f":bell: {asked}{until}\n{parts.subject(promotion)}", more(promotion))
    yield section(parts.asked_by(promotion))
    if promotion.reason:
        yield section(quoted(promotion.reason, _REASON))
    if blocked := blocking(promotion.gates):
        yield section(parts.gate_rows(blocked, 1500))
    yield section(_count(view))
    yield actions(*buttons(promotion))
    if not may_be_approved(promotion):
        yield context("You can approve as soon as the gates pass again.")


def _count(view: PromotionView) -> str:
    gates = view.promotion.gates
    passed = sum(gate.passed for gate in gates)
    checks = f" · {passed} of {counted(len(gates), 'gate')} passed" if gates else ""
    return f"*Approvals: {view.quorum.approvals} of {view.quorum.required}*{checks}"


def _over(view: PromotionView, lead: str) -> Iterator[Block]:
    promotion = view.promotion
    yield section(f"{lead}\n{parts.subject(promotion)}")
    if promotion.close_comment:
        yield section(quoted(promotion.close_comment, _REASON))
    yield actions(details_button(promotion))


def _no_longer(view: PromotionView, person: Person) -> str:
    """Why there is nothing to do any more."""
    promotion = view.promotion
    vote = promotion.vote_of(person.id)
    mine = f"You {vote.choice.value} this. " if vote else ""
    if not promotion.is_open:
        return f"{mine}{parts.decided_words(promotion)}"
    if vote:
        missing = view.quorum.required - view.quorum.approvals
        return f"{mine}{counted(missing, 'more approval is', 'more approvals are')} needed."
    return "This no longer needs you"
