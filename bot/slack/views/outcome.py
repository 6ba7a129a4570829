"""The direct message to the requester: how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.slack.views import parts
from bot.slack.views.card import details_button
from bot.slack.views.kit import actions, built, section
from bot.slack.views.message import Message
from bot.slack.views.text import in_line, quoted
from core.app.reading import PromotionView
from core.domain.promotion import CloseReason, Promotion, Status

_QUOTE = 1500


def outcome(view: PromotionView) -> Message:
    """How the requester's promotion ended, and what can be done next."""
    promotion = view.promotion
    text = f"Your request, {in_line(promotion.release_name)} to {in_line(promotion.target.name)}: {_lead(promotion)}"
    return Message(text, built(_blocks(promotion)))


def _blocks(promotion: Promotion) -> Iterator[Block]:
    yield section(f"{parts.status_line(promotion)}\nYour request: {parts.subject(promotion)}")
    if promotion.close_comment:
        yield section(quoted(promotion.close_comment, _QUOTE))
    if promotion.votes and promotion.status is not Status.REJECTED:
        yield section(parts.vote_rows(promotion.votes, dated=False))
    yield section(_next(promotion))
    yield actions(details_button(promotion))


def _lead(promotion: Promotion) -> str:
    return in_line(parts.status_words(promotion)).lower()


def _next(promotion: Promotion) -> str:
    """What can be done now."""
    if promotion.close_reason is CloseReason.EXPIRED:
        return "Nobody decided in time. You can request it again with `/promote`."
    if promotion.close_reason is CloseReason.SUPERSEDED:
        return "A newer release of the same component may go instead."
    if promotion.status is Status.REJECTED:
        return "Talk to whoever rejected it; when the reason is gone, request it again with `/promote`."
    if promotion.status is Status.CANCELLED:
        return "You can request it again with `/promote`."
    return "The release may go. The signed decision is in the environment's channel."
