"""What a workflow's step asks the person whom it needs, and what it gives to the steps that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.slack.ids import ActionId, StepValue
from bot.slack.views import parts
from bot.slack.views.card import details_button
from bot.slack.views.kit import actions, built, button, context, section
from bot.slack.views.message import Message
from bot.slack.views.text import cut, in_line, pieces
from core.app.steps import WorkflowStep
from core.domain.decision import decision_of
from core.domain.promotion import Promotion

_PIECE = 2900
_REFUSAL = 1000
_OUTPUT = 3000
_CONTROL = re.compile(r"<(?=\S)")

Outputs = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class AskedStep:
    """A request step with the names of what it asks for (empty: removed meanwhile), and what came of it."""

    step: WorkflowStep
    release: str
    environment: str
    promotion: Promotion | None = None


def step_message(asked: AskedStep) -> Message:
    """What stands in the direct message of the person in whose name it would be requested."""
    text = f"{_lead(asked)}: {in_line(asked.release or 'a release')} to {in_line(asked.environment or 'somewhere')}"
    return Message(text, built(_blocks(asked)))


def _blocks(asked: AskedStep) -> Iterator[Block]:
    step = asked.step
    sign = "white_check_mark" if asked.promotion else "bell" if step.is_unanswered else "x"
    what = f"*{in_line(asked.release or 'a release')}* to *{in_line(asked.environment or 'somewhere')}*"
    yield section(f":{sign}: {_lead(asked)}\n{what}")
    # Whole, however long: nothing is asked for in anybody's name that they could not read.
    for piece in pieces(step.reason, _PIECE):
        yield section(piece)
    if asked.promotion:
        yield actions(details_button(asked.promotion))
    elif step.is_unanswered:
        spoken = f"{asked.release} to {asked.environment}"
        value = StepValue(step_id=step.id)
        yield actions(
            button("Request it", ActionId.CONFIRM_STEP, value, style="primary", spoken=f"Request it: {spoken}"),
            button("Don't request it", ActionId.DECLINE_STEP, value, spoken=f"Don't request it: {spoken}"),
        )
        yield context(
            "It is requested in your name only if you say so. Whoever built the workflow chose these words; "
            "if you did not expect them, do not request it."
        )
    else:
        yield section(in_line(step.refusal, _REFUSAL) or "It could not be requested.")


def _lead(asked: AskedStep) -> str:
    if asked.promotion:
        return "Requested in your name, by a workflow that you used"
    if asked.step.is_unanswered:
        return "A workflow that you used wants to request this in your name"
    return "Not requested"


def requested_outputs(promotion: Promotion, link: str, user: str) -> Outputs:
    """What "Request a promotion" gives: names as `manifest.yml` declares them."""
    outputs: Outputs = {
        "promotion_id": str(promotion.id),
        "status": parts.status_words(promotion),
        "release": harmless(promotion.release_name),
        "environment": harmless(promotion.target.name),
        "card_link": link,
    }
    return outputs | ({"requester": user} if user else {})


def decision_outputs(promotion: Promotion, evidence_hash: str) -> Outputs:
    """What "Wait for its decision" gives once it is decided: the same."""
    return {
        "decision": decision_of(promotion).value,
        "status": promotion.outcome,
        "decided_by": harmless(_decided_by(promotion)),
        "decided_at": int(promotion.decided_at.timestamp()) if promotion.decided_at else 0,
        "reason": harmless(promotion.close_comment or _comments(promotion)),
        "evidence_hash": evidence_hash,
        "release": harmless(promotion.release_name),
        "environment": harmless(promotion.target.name),
    }


def _decided_by(promotion: Promotion) -> str:
    """Everybody who approved, or who closed it; by plain names."""
    names = [vote.person_name for vote in promotion.votes if vote.person_id in promotion.approvers]
    closed = promotion.close_reason or decision_of(promotion).value == "deny"
    if names and not closed:
        return ", ".join(names)
    return promotion.decided_by.name if promotion.decided_by else "nobody"


def _comments(promotion: Promotion) -> str:
    return "; ".join(vote.comment for vote in promotion.votes if vote.comment)


def harmless(text: str) -> str:
    """Somebody's text for a variable of a workflow, where later steps put it into messages: nothing in it
    pings or leads anywhere."""
    return cut(_CONTROL.sub("\u2039", text), _OUTPUT)
