"""The card: one message in the environment's channel that says at a glance how a promotion stands.

It is a function of the state, so posting and updating are the same, and buttons are there only while they work.
"""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement

from bot.slack.ids import ActionId, MenuValue, PromotionValue, brief
from bot.slack.views import parts
from bot.slack.views.ahead import is_frozen, may_be_deferred, outlook_words
from bot.slack.views.findings import exceeding, waived
from bot.slack.views.glance import risk, what_changes
from bot.slack.views.kit import actions, built, button, confirmation, context, header, menu, section
from bot.slack.views.message import Message
from bot.slack.views.text import SECTION, in_line, moment, plain, quoted
from core.app.changing import Changed
from core.app.reading import PromotionView
from core.domain.gate_result import blocking
from core.domain.policy import Quorum
from core.domain.promotion import Promotion, Status
from core.domain.seen import seen_digest

_REASON = 800
_BAR = 10
_CHANGES = 4
_CHECKLIST_GATE = "manual-gate"


def card(view: PromotionView, changed: Changed | None = None) -> Message:
    """The card of a promotion in any status; `changed` is what its gates said last that they had not said before."""
    return Message(parts.sentence(view.promotion), built(_blocks(view, changed)))


def _blocks(view: PromotionView, changed: Changed | None) -> Iterator[Block]:
    promotion = view.promotion
    yield header(parts.heading(promotion))
    yield section(parts.status_line(promotion), more(promotion))
    if told := parts.deployment(promotion):
        yield section(told)
    if promotion.close_comment:
        yield section(quoted(promotion.close_comment, _REASON))
    yield section(parts.asked_by(promotion))
    if promotion.reason:
        yield section(quoted(promotion.reason, _REASON))
    yield section(_glance(view))
    if promotion.gates:
        yield section(parts.gate_rows(promotion.gates))
    if changed and promotion.is_open:
        yield context(_changed(changed))
    if told := outlook_words(promotion):
        yield section(told)
    yield section(approvals(view))
    yield actions(*buttons(promotion))
    yield context(_small_print(view))


def _glance(view: PromotionView) -> str:
    """Risk first: where an address is too long for Slack, that is what may go."""
    gates = view.promotion.gates
    return "\n".join(filter(None, [risk(gates), exceeding(gates), waived(gates), what_changes(view)]))


def _changed(changed: Changed) -> str:
    """What is not as it was, so that nobody has to compare."""
    rows = [f"*{in_line(each.gate_name)}* {in_line(each.after, 300)}" for each in changed.changes[:_CHANGES]]
    if len(changed.changes) > _CHANGES:
        rows.append(f"and {len(changed.changes) - _CHANGES} more")
    return f"Changed {moment(changed.at)}: {'; '.join(rows)}"


def approvals(view: PromotionView, *, dated: bool = False) -> str:
    """Approvals given and missing, and who may still give one."""
    promotion = view.promotion
    rows = [f"{_bar(view.quorum)}{parts.progress(view)}"]
    if promotion.votes:
        rows.append(parts.vote_rows(promotion.votes, dated=dated))
    if promotion.is_open and not view.quorum.met:
        rows.append(parts.who_may(view))
    text = "\n".join(rows)
    return text if len(text) <= SECTION else "\n".join(rows[:2])


def _bar(quorum: Quorum) -> str:
    """Votes filled and missing, to be seen from afar; the words beside say the same."""
    if quorum.required > _BAR:
        return ""
    return "●" * quorum.approvals + "○" * (quorum.required - quorum.approvals) + " "


def buttons(promotion: Promotion) -> list[InteractiveElement]:
    """The buttons that work now: deciding while it is open, approving while no gate blocks, details always."""
    row: list[InteractiveElement] = []
    if may_be_approved(promotion):
        row.append(approve_button(promotion))
    if promotion.is_open:
        row.append(reject_button(promotion))
        if any(gate.gate_name == _CHECKLIST_GATE for gate in promotion.gates):
            row.append(checklist_button(promotion))
    if may_be_deferred(promotion):
        row.append(defer_button(promotion))
    row.append(details_button(promotion))
    return row


def more(promotion: Promotion) -> InteractiveElement:
    """The menu of what is done less often; of what can still be done."""
    wanted: list[tuple[str, ActionId]] = []
    if may_be_approved(promotion):
        wanted.append(("Approve with a comment…", ActionId.APPROVE_WITH_COMMENT))
    if promotion.is_open:
        wanted.append(("Ask a question…", ActionId.ASK))
    if is_frozen(promotion):
        wanted.append(("Lift the freeze in an emergency…", ActionId.LIFT_FREEZE))
    if promotion.status is Status.AWAITING_APPROVAL:
        wanted.append(("Remind the approvers", ActionId.REMIND))
    wanted.append(("Cancel the request…", ActionId.CANCEL) if promotion.is_open else ("Evidence", ActionId.EVIDENCE))
    return menu(ActionId.MORE, [(label, _entry(promotion, action)) for label, action in wanted])


def _entry(promotion: Promotion, action: ActionId) -> MenuValue:
    seen = brief(seen_digest(promotion)) if action is ActionId.APPROVE_WITH_COMMENT else ""
    return MenuValue(promotion_id=promotion.id, action=action, seen=seen)


def may_be_approved(promotion: Promotion) -> bool:
    """Whether an approval given now can count."""
    return promotion.status is Status.AWAITING_APPROVAL and not blocking(promotion.gates)


def approve_button(promotion: Promotion) -> ButtonElement:
    """Approve, after a question that names what and where."""
    asks = (
        f"{plain(promotion.release_name, 100)} may go to {plain(promotion.target.name, 100)}. "
        "Your name will stand in the signed record."
    )
    return button(
        "Approve",
        ActionId.APPROVE,
        PromotionValue(promotion_id=promotion.id, seen=seen_digest(promotion)),
        style="primary",
        confirm=confirmation("Approve this promotion?", asks, "Approve"),
        spoken=f"Approve {_named(promotion)}",
    )


def reject_button(promotion: Promotion) -> ButtonElement:
    """Reject, which asks for the reason."""
    value = PromotionValue(promotion_id=promotion.id)
    return button("Reject…", ActionId.REJECT, value, style="danger", spoken=f"Reject {_named(promotion)}")


def checklist_button(promotion: Promotion) -> ButtonElement:
    """The checklist, to look at and to tick."""
    value = PromotionValue(promotion_id=promotion.id)
    return button("Checklist…", ActionId.CHECKLIST, value, spoken=f"Checklist of {_named(promotion)}")


def defer_button(promotion: Promotion) -> ButtonElement:
    """Have the approvers asked when the gates pass, with their full time from then on."""
    value = PromotionValue(promotion_id=promotion.id)
    return button("Ask approvers then", ActionId.DEFER, value, spoken=f"Ask approvers then: {_named(promotion)}")


def details_button(promotion: Promotion) -> ButtonElement:
    """Everything about it in a modal."""
    value = PromotionValue(promotion_id=promotion.id)
    return button("Details", ActionId.DETAILS, value, spoken=f"Details of {_named(promotion)}")


def _named(promotion: Promotion) -> str:
    return plain(f"{promotion.release_name} for {promotion.target.name}", 200)


def _small_print(view: PromotionView) -> str:
    promotion = view.promotion
    version = f"{in_line(view.release.component)} {in_line(view.release.version)}"
    rule = f"Separation of duties: {in_line(promotion.requested_by.name)} may not approve"
    separation = f" · {rule}" if promotion.is_open and promotion.separation_of_duties else ""
    later = " · Goes on by itself as soon as the gates pass" if promotion.status is Status.PENDING else ""
    return f"{version}{later}{separation} · Promotion {str(promotion.id)[:8]}"
