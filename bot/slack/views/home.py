"""The App Home: what waits for me, what I asked for, and a button to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.slack.ids import ActionId
from bot.slack.views.kit import VIEW_BLOCKS, actions, built, button, context, divider, header, section
from bot.slack.views.lists import row, waiting_rows
from bot.slack.views.message import Message
from bot.slack.views.text import counted
from core.app.pages import Page
from core.domain.promotion import Promotion

WAITING_SHOWN = 15
MINE_SHOWN = 10


def home(waiting: tuple[Promotion, ...], mine: Page[Promotion]) -> dict[str, Any]:
    """The App Home of one person."""
    return {"type": "home", "blocks": built(_blocks(waiting, mine), VIEW_BLOCKS)}


def home_refusal(message: Message) -> dict[str, Any]:
    """The App Home of somebody who cannot have one yet."""
    return {"type": "home", "blocks": message.blocks}


def _blocks(waiting: tuple[Promotion, ...], mine: Page[Promotion]) -> Iterator[Block]:
    yield header("Release promotions")
    yield actions(button("Request a promotion", ActionId.REQUEST, style="primary"))
    yield divider()
    yield section(f"*{counted(len(waiting), 'waits', 'wait')} for you*" if waiting else "*Nothing waits for you*")
    yield from waiting_rows(waiting[:WAITING_SHOWN])
    if len(waiting) > WAITING_SHOWN:
        yield context(f"… and {len(waiting) - WAITING_SHOWN} more: `/approvals`")
    yield divider()
    yield section("*You asked for*" if mine.items else "*You have asked for nothing yet*")
    for promotion in mine.items:
        yield row(promotion, named=False)
    if mine.total > len(mine.items):
        yield context(f"… and {mine.total - len(mine.items)} older: `/promotions mine`")
