"""What one can type."""

from __future__ import annotations

from bot.slack.views.kit import built, context, header, section
from bot.slack.views.message import Message

_SECTIONS = (
    (
        "Ask for a promotion",
        (
            ("/promote", "opens a form; so do the shortcuts, the App Home and *Promote to …* below an announcement"),
            ("/promote shop-1.4.2 to production a fix for the checkout", "asks at once"),
            ("/promotions preview shop-1.4.2 to production", "says what the gates would say, and stores nothing"),
        ),
    ),
    (
        "Decide",
        (
            ("/approvals", "what waits for you"),
            ("/approvals quiet 22:00-07:00", "no messages at night by your clock; also snooze 2h, and off"),
            ("/promotions approve shop-1.4.2 to production looks good", "with a comment, or without"),
            ("/promotions reject shop-1.4.2 to production not on a Friday", "a reason is needed"),
            ("/promotions ask shop-1.4.2 to production is the database ready?", "asks the requester, in the thread"),
            ("/promotions remind shop-1.4.2 to production", "tells those who have not voted again, once an hour"),
            ("/promotions cancel shop-1.4.2 to production", "the requester or an administrator"),
            ("/promotions defer shop-1.4.2 to production", "approvers are asked when a freeze or the like ends"),
            ("/promotions lift-freeze shop-1.4.2 to production 4h the shop is down", "role emergency, reason needed"),
        ),
    ),
    (
        "Look things up",
        (
            ("/promotions", "what is open; also mine, all, or a status such as approved or rejected"),
            ("/promotions show shop-1.4.2 to production", "everything about it"),
            ("/promotions evidence shop-1.4.2 to production", "the signed decision and how to verify it"),
        ),
    ),
)


def help_message() -> Message:
    """Every command with an example."""
    blocks = [header("Countersign: what you can type")]
    for title, rows in _SECTIONS:
        blocks.append(section("\n".join([f"*{title}*", *(f"`{typed}`\n{what}" for typed, what in rows)])))
    blocks.append(context('A name with blanks goes into "quotes". An id of a promotion works in place of its names.'))
    return Message("What you can type: /promote, /approvals, /promotions", built(blocks))
