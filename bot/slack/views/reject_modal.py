"""The modals that ask for words before a vote or a cancellation."""

from __future__ import annotations

from typing import Any

from bot.slack.ids import ActionId, DialogId, PromotionValue
from bot.slack.views import parts
from bot.slack.views.kit import modal, section, text_input
from core.domain.promotion import Promotion


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


def approve_modal(promotion: Promotion) -> dict[str, Any]:
    """Approving with a comment."""
    return modal(
        "Approve a promotion",
        [
            section(f"{parts.subject(promotion)}\nYour name will stand in the signed record."),
            text_input(
                ActionId.APPROVE_COMMENT,
                "Comment",
                optional=True,
                hint="It stands in the thread and in the signed record.",
            ),
        ],
        dialog=DialogId.APPROVE,
        submit="Approve",
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
