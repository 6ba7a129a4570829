"""The modals that ask for words: before a vote or a cancellation, or for the requester."""

from __future__ import annotations

from typing import Any

from bot.slack.ids import ActionId, DialogId, PromotionValue
from bot.slack.views import parts
from bot.slack.views.kit import modal, section, text_input
from core.domain.promotion import Promotion
from core.domain.seen import seen_digest


def reject_modal(promotion: Promotion) -> dict[str, Any]:
    """Rejecting needs a reason."""
    return modal(
        "Reject a promotion",
        [
            section(f"{parts.subject(promotion)}\nOne rejection ends it."),
            text_input(
                ActionId.REJECT_REASON,
                "Reason",
                optional=False,
                placeholder="What is wrong, and what would have to change?",
                hint="The requester reads it, and it stands in the signed record.",
            ),
        ],
        dialog=DialogId.REJECT,
        submit="Reject",
        close="Go back",
        carried=PromotionValue(promotion_id=promotion.id),
    )


def approve_modal(promotion: Promotion, changed: str = "", comment: str = "") -> dict[str, Any]:
    """Approving with a comment; `changed` says what is not as it was when the person looked first."""
    blocks = [section(f"{parts.subject(promotion)}\nYour name will stand in the signed record.")]
    if changed:
        blocks.insert(0, section(changed))
    if promotion.gates:
        blocks.append(section(parts.gate_rows(promotion.gates)))
    blocks.append(
        text_input(
            ActionId.APPROVE_COMMENT,
            "Comment",
            optional=True,
            hint="It stands in the thread and in the signed record.",
            initial=comment,
        )
    )
    return modal(
        "Approve a promotion",
        blocks,
        dialog=DialogId.APPROVE,
        submit="Approve",
        close="Go back",
        carried=PromotionValue(promotion_id=promotion.id, seen=seen_digest(promotion)),
    )


def ask_modal(promotion: Promotion) -> dict[str, Any]:
    """A question to the requester."""
    return modal(
        "Ask a question",
        [
            section(f"{parts.subject(promotion)}\n{parts.asked_by(promotion)}"),
            text_input(
                ActionId.QUESTION,
                "Question",
                optional=False,
                hint="It goes into the card's thread, mentions the requester, and stands in the audit log.",
            ),
        ],
        dialog=DialogId.ASK,
        submit="Ask",
        close="Go back",
        carried=PromotionValue(promotion_id=promotion.id),
    )


def cancel_modal(promotion: Promotion) -> dict[str, Any]:
    """Cancelling, with a reason for those who looked at it."""
    return modal(
        "Cancel a request",
        [
            section(f"{parts.subject(promotion)}\nIt can be requested again later."),
            text_input(ActionId.CANCEL_REASON, "Reason", optional=True),
        ],
        dialog=DialogId.CANCEL,
        submit="Cancel the request",
        close="Go back",
        carried=PromotionValue(promotion_id=promotion.id),
    )
