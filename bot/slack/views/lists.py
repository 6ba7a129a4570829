"""Lists of promotions, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import Block, ButtonElement

from bot.slack.ids import ActionId, ListValue, PageValue
from bot.slack.views import parts
from bot.slack.views.card import approve_button, details_button, may_be_approved, reject_button
from bot.slack.views.glance import risk
from bot.slack.views.kit import actions, built, button, context, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, listed, moment, quoted
from core.app.pages import Page
from core.domain.promotion import Promotion

LIST_SIZE = 8
WAITING_SIZE = 5
_REASON = 300


def promotions_list(page: Page[Promotion], shown: ListValue) -> Message:
    """One page of promotions, newest first."""
    lead = _lead(page, shown)
    return Message(lead, built(_page(page, shown, lead)))


def _page(page: Page[Promotion], shown: ListValue, lead: str) -> Iterator[Block]:
    yield section(f"*{lead}*")
    for promotion in page.items:
        yield row(promotion, named=not shown.mine)
    if pager := _pager(page, shown):
        yield actions(*pager)
    if not page.total:
        yield context("Ask for one with `/promote`.")


def row(promotion: Promotion, *, named: bool) -> Block:
    """One promotion in a list, with who asked for it where they are not all of one person."""
    asker = f" · asked by {in_line(promotion.requested_by.name)}" if named else ""
    text = f"{parts.subject(promotion)}{asker}\n{parts.status_line(promotion)}"
    return section(text, details_button(promotion))


def _lead(page: Page[Promotion], shown: ListValue) -> str:
    total = page.total
    whose = " of yours" if shown.mine else ""
    words = listed((status.value.replace("_", " ") for status in shown.statuses), 10, "or")
    which = f" ({words})" if words else ""
    first = (shown.page - 1) * LIST_SIZE + 1
    place = f", {first} to {min(first + LIST_SIZE - 1, total)}" if total > LIST_SIZE else ""
    more = "" if page.exact else "More than "
    return f"{more}{counted(total, 'promotion') if total else 'No promotions'}{whose}{which}{place}"


def _pager(page: Page[Promotion], shown: ListValue) -> list[ButtonElement]:
    buttons = []
    if shown.page > 1:
        buttons.append(button("Newer", ActionId.NEWER, shown.model_copy(update={"page": shown.page - 1})))
    if shown.page * LIST_SIZE < page.total:
        buttons.append(button("Older", ActionId.OLDER, shown.model_copy(update={"page": shown.page + 1})))
    return buttons


def approvals_list(waiting: tuple[Promotion, ...], page: int = 1) -> Message:
    """What waits for somebody, oldest first, with the buttons to decide."""
    first = max(0, page - 1) * WAITING_SIZE
    lead = f"{counted(len(waiting), 'promotion waits', 'promotions wait')} for you"
    if not waiting:
        lead = "Nothing waits for you"
    blocks = [section(f"*{lead}*"), *waiting_rows(waiting[first : first + WAITING_SIZE])]
    left = len(waiting) - first - WAITING_SIZE
    if left > 0:
        blocks.append(actions(button(f"Show {left} more", ActionId.WAITING_PAGE, PageValue(page=page + 1))))
    return Message(lead, built(blocks))


def waiting_rows(promotions: Iterable[Promotion]) -> Iterator[Block]:
    """Promotions with the buttons to decide each."""
    for promotion in promotions:
        until = f"Open until {moment(promotion.expires_at)}" if promotion.expires_at else ""
        reason = quoted(promotion.reason, _REASON) if promotion.reason else ""
        told = (parts.subject(promotion), parts.asked_by(promotion), until, risk(promotion.gates), reason)
        yield section("\n".join(filter(None, told)))
        deciding = [approve_button(promotion)] if may_be_approved(promotion) else []
        yield actions(*deciding, reject_button(promotion), details_button(promotion))
