"""What has changed since somebody looked, and the buttons to decide on it as it is now."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.slack.views import parts
from bot.slack.views.card import approve_button, details_button, may_be_approved, reject_button
from bot.slack.views.kit import actions, built, context, section
from bot.slack.views.message import Message
from bot.slack.views.text import FALLBACK, cut_mrkdwn, in_line, rows_within, safe
from core.app.reading import PromotionView
from core.errors import CardDriftedError

_CHANGES = 2000
_SIDE = 400
_TOLD_OTHERWISE = "It is not what you looked at any more."


def drifted(view: PromotionView, changed: str) -> Message:
    """To somebody whose approval was not stored: the fresh state, with buttons that are bound to it."""
    text = f"Not approved yet: {in_line(view.promotion.release_name)} has changed since you looked"
    return Message(cut_mrkdwn(text, FALLBACK), built(_blocks(view, changed)))


def changes_words(error: CardDriftedError) -> str:
    """What was so and what is so now, a row each."""
    changes = [each for each in error.params.get("changes", ()) if isinstance(each, dict)]
    rows = [_row({str(name): str(value) for name, value in each.items()}) for each in changes]
    told = rows_within(rows, _CHANGES, "changes") or _TOLD_OTHERWISE
    return f":warning: *This has changed since you looked.* {safe(error.hint)}\n{told}"


def newly_drawn() -> str:
    """Where the menu was from an older state, and what it showed is not asked for."""
    return ":warning: *This has changed since you looked.* Nothing was stored. Look at it as it is now, and vote."


def _row(change: dict[str, str]) -> str:
    now = in_line(change.get("to", ""), _SIDE)
    if change.get("what") != "gate":
        return f"• {now}"
    before = in_line(change.get("from", ""), _SIDE)
    return f"• *{in_line(change.get('gateName', ''), 120)}*\n    was: {before}\n    is: *{now}*"


def _blocks(view: PromotionView, changed: str) -> Iterator[Block]:
    promotion = view.promotion
    yield section(changed)
    yield section(f"{parts.subject(promotion)}\n{parts.status_line(promotion)}")
    if promotion.gates:
        yield section(parts.gate_rows(promotion.gates))
    if promotion.is_open:
        deciding = [approve_button(promotion)] if may_be_approved(promotion) else []
        yield actions(*deciding, reject_button(promotion), details_button(promotion))
    else:
        yield context(parts.decided_words(promotion))
