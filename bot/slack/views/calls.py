"""Messages that call somebody again or for several things at once: reminders, digests, mentions beside the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import Block

from bot.slack.views import parts
from bot.slack.views.card import details_button
from bot.slack.views.kit import built, context, section
from bot.slack.views.message import Message
from bot.slack.views.notice import is_theirs, notice
from bot.slack.views.text import counted, in_line, moment
from core.app.letters import Letter
from core.app.reading import PromotionView
from core.domain.people import Person


def reminder(view: PromotionView, person: Person) -> Message:
    """The same as the notice, with other words in front while it still waits for the person."""
    message = notice(view, person)
    if not is_theirs(view, person):
        return message
    text = f"Reminder: {in_line(view.promotion.release_name)} to {in_line(view.promotion.target.name)}"
    return Message(f"{text} still waits for your approval", [*built([section(_still(view))]), *message.blocks])


def _still(view: PromotionView) -> str:
    asked = moment(view.promotion.requested_at)
    return f":alarm_clock: *Reminder*: this has waited since {asked}. It is the only reminder."


def digest(letter: Letter, person: Person) -> Message:
    """Several promotions in one message: what waits for the person first, then how the others went on."""
    waiting = counted(letter.waiting, "promotion waits", "promotions wait")
    lead = f"{waiting} for your approval" if letter.waiting else "Nothing here waits for you any more"
    return Message(lead, built(_rows(letter, person, lead)))


def _rows(letter: Letter, person: Person, lead: str) -> Iterator[Block]:
    yield section(f":bell: *{lead}*" if letter.waiting else f"{lead}.")
    for view in letter.views:
        yield section(_row(view, person), details_button(view.promotion))
    if letter.unseen:
        yield context(f"… and {letter.unseen} more")
    if letter.waiting:
        yield context("`/approvals` shows them with buttons. `/approvals quiet 22:00-07:00` sets your quiet hours.")


def _row(view: PromotionView, person: Person) -> str:
    promotion = view.promotion
    if not is_theirs(view, person):
        return f"{parts.subject(promotion)}\n{parts.status_line(promotion)}"
    until = f", until {moment(promotion.expires_at)}" if promotion.expires_at else ""
    asked = f"Requested by {in_line(promotion.requested_by.name)}{until}"
    return f"{parts.subject(promotion)}\n{asked} · {view.quorum.approvals} of {view.quorum.required} approvals"


def mention(view: PromotionView, usergroups: Iterable[str]) -> Message:
    """The user groups that are asked, in the card's thread; afterwards, how it ended."""
    promotion = view.promotion
    what = f"{in_line(promotion.release_name)} to {in_line(promotion.target.name)}"
    if not promotion.is_open:
        return _paragraph(f"{what}: {parts.decided_words(promotion)}")
    named = " ".join(f"<!subteam^{group}>" for group in usergroups)
    return _paragraph(f"{named} your approval is asked for: {what}. The card above has the buttons.")


def channel_reminder(view: PromotionView) -> Message:
    """The one reminder in the card's thread, shown in the channel too; afterwards, how it ended."""
    promotion = view.promotion
    what = f"{in_line(promotion.release_name)} to {in_line(promotion.target.name)}"
    if not promotion.is_open:
        return _paragraph(f"{what}: {parts.decided_words(promotion)}")
    until = f" until {moment(promotion.expires_at)}" if promotion.expires_at else ""
    missing = view.quorum.required - view.quorum.approvals
    needed = counted(max(missing, 0), "approval is", "approvals are")
    return _paragraph(f":alarm_clock: Reminder: {what} is open{until}, and {needed} missing.")


def _paragraph(text: str) -> Message:
    return Message(text, built([section(text)]))
