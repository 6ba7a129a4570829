"""What time will bring: when a blocked promotion passes, freezes ahead, and freezes that were lifted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import DateTimePickerElement, InputBlock

from bot.slack.ids import ActionId, DialogId, PromotionValue
from bot.slack.views import parts
from bot.slack.views.kit import modal, section, text_input, words
from bot.slack.views.text import in_line, listed, moment
from core.calendars.occurrences import Occurrence
from core.domain.environment import FreezeWindow
from core.domain.gate_result import GateResult, blocking
from core.domain.promotion import Promotion, Status

_LIFTING = "Freezes are lifted for this promotion alone, and no other gate. You cannot approve it afterwards."
FREEZE_GATE = "freeze-window-gate"


def outlook_words(promotion: Promotion) -> str:
    """When the gates will pass, and what happens then; how freezes were lifted. Empty where there is nothing to say."""
    if not promotion.is_open:
        return ""
    return "\n".join(filter(None, [_passes(promotion), _lifted(promotion)]))


def _passes(promotion: Promotion) -> str:
    at = promotion.outlook.passes_at
    if at is None:
        return ""
    if promotion.status is not Status.PENDING:
        return f":calendar: *Passes from {weekday(at)}*"
    lead = f":calendar: *Passes from {weekday(at)}*, and goes on by itself then"
    if promotion.deferred_until is not None:
        return f"{lead}. Approvers are asked then, and have their full time."
    if promotion.expires_at is not None and promotion.expires_at <= at:
        return f"{lead}.\n:warning: The request expires before that; *Ask approvers then* keeps it open."
    return lead


def _lifted(promotion: Promotion) -> str:
    exemption = promotion.exemption
    if exemption is None:
        return ""
    by, why = in_line(exemption.by.name), in_line(exemption.reason, 500)
    return f":rotating_light: *Freeze lifted* by {by} until {moment(exemption.until)}: {why}"


def weekday(at: datetime) -> str:
    """A time ahead with its weekday, in the reader's zone."""
    shown = at.strftime("%A %Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_long_pretty}} at {{time}}|{shown}>"


def may_be_deferred(promotion: Promotion) -> bool:
    """Whether asking approvers later makes a difference: it waits for a known time, and nobody has said so yet."""
    waits = promotion.status is Status.PENDING and promotion.outlook.passes_at is not None
    return waits and promotion.deferred_until != promotion.outlook.passes_at


def is_frozen(promotion: Promotion) -> bool:
    """Whether a freeze holds the promotion back."""
    return promotion.is_open and any(gate.gate_name == FREEZE_GATE for gate in blocking(promotion.gates))


def forecast_words(gates: tuple[GateResult, ...], passes_at: datetime | None) -> str:
    """When gates that block would pass; empty where they pass, or time alone does not do it."""
    return f"\n:calendar: *Passes from {weekday(passes_at)}*" if passes_at and blocking(gates) else ""


def deferred_words(promotion: Promotion) -> str:
    """What was agreed."""
    at = promotion.deferred_until
    when = f" from {weekday(at)} on" if at else ""
    asked = f"Approvers of {parts.subject(promotion)} are asked as soon as the gates pass{when}"
    return f"{asked}. The requester is told in the card's thread."


def freeze_words(window: FreezeWindow, environments: str, occurrences: tuple[Occurrence, ...]) -> str:
    """A window with its next occurrences."""
    scope = f" for {listed((in_line(each) for each in window.components), 5)}" if window.components else ""
    source = f" (calendar {in_line(window.source)})" if window.source else ""
    reason = f": {in_line(window.reason, 200)}" if window.reason else ""
    lead = f":snowflake: *{in_line(window.name)}*{source} holds {environments}{scope}"
    times = [f"from {moment(each.starts_at)} until {moment(each.ends_at)}" for each in occurrences]
    if window.recurrence is None:
        return f"{lead} {times[0]}{reason}"
    return "\n".join([f"{lead}{reason}. Next:", *(f"      • {each}" for each in times)])


def lift_modal(promotion: Promotion, now: datetime) -> dict[str, Any]:
    """Lifting freezes needs a reason and an end."""
    frozen = [gate for gate in promotion.gates if gate.gate_name == FREEZE_GATE]
    until = DateTimePickerElement(
        action_id=ActionId.LIFT_UNTIL.value, initial_date_time=int((now + timedelta(hours=4)).timestamp())
    )
    return modal(
        "Lift the freeze",
        [
            section(f"{parts.subject(promotion)}\n{parts.gate_rows(tuple(frozen), 1500)}\n{_LIFTING}"),
            text_input(
                ActionId.LIFT_REASON,
                "Emergency",
                optional=False,
                placeholder="What happens if this waits until the freeze ends?",
                hint="It stands on the card and in the signed record, with your name.",
            ),
            InputBlock(
                block_id=ActionId.LIFT_UNTIL.field,
                label=words("Until"),
                element=until,
                hint=words("Freezes hold again from then on; within a week."),
            ),
        ],
        dialog=DialogId.LIFT_FREEZE,
        submit="Lift the freeze",
        close="Go back",
        carried=PromotionValue(promotion_id=promotion.id),
    )
