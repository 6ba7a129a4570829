"""The App Home: what waits for me, what I asked for, what was decided, what is frozen, and a button to ask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.slack.ids import ActionId
from bot.slack.views.ahead import freeze_words
from bot.slack.views.kit import VIEW_BLOCKS, actions, built, button, context, divider, header, section
from bot.slack.views.lists import row, waiting_rows
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, listed, rows_within
from core.app.overview import FreezeAhead, Overview, Undelivered
from core.domain.promotion import Promotion

WAITING_SHOWN = 15
_FREEZES = 2000
_ENVIRONMENTS_SHOWN = 5


def home(shown: Overview) -> dict[str, Any]:
    """The App Home of one person."""
    return {"type": "home", "blocks": built(_blocks(shown), VIEW_BLOCKS)}


def home_refusal(message: Message) -> dict[str, Any]:
    """The App Home of somebody who cannot have one yet."""
    return {"type": "home", "blocks": message.blocks}


def home_digest(view: dict[str, Any]) -> str:
    """What an App Home shows, as a digest to compare by."""
    shown = json.dumps(view, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def _blocks(shown: Overview) -> Iterator[Block]:
    yield header("Release promotions")
    yield actions(button("Request a promotion", ActionId.REQUEST, style="primary"))
    if shown.undelivered and shown.undelivered.failing:
        yield from _undelivered(shown.undelivered)
    yield divider()
    yield from _waiting(shown.waiting)
    yield divider()
    yield from _mine(shown)
    if shown.decided:
        yield divider()
        yield section("*Decided lately in your environments*")
        for promotion in shown.decided:
            yield row(promotion, named=True)
    if shown.freezes:
        yield divider()
        rows = map(_freeze, shown.freezes)
        yield section("*Freeze windows ahead*\n" + rows_within(rows, _FREEZES, "freeze windows"))


def _waiting(waiting: tuple[Promotion, ...]) -> Iterator[Block]:
    yield section(f"*{counted(len(waiting), 'waits', 'wait')} for you*" if waiting else "*Nothing waits for you*")
    yield from waiting_rows(waiting[:WAITING_SHOWN])
    if len(waiting) > WAITING_SHOWN:
        yield context(f"… and {len(waiting) - WAITING_SHOWN} more: `/approvals`")


def _mine(shown: Overview) -> Iterator[Block]:
    mine = shown.mine
    yield section("*You asked for*" if mine.items else "*You have asked for nothing yet*")
    for promotion in mine.items:
        yield row(promotion, named=False)
    if mine.total > len(mine.items):
        more = "" if mine.exact else "more than "
        yield context(f"… and {more}{mine.total - len(mine.items)} older: `/promotions mine`")


def _freeze(ahead: FreezeAhead) -> str:
    names = listed((in_line(name) for name in ahead.environments), _ENVIRONMENTS_SHOWN)
    return freeze_words(ahead.window, names, ahead.occurrences)


def _undelivered(undelivered: Undelivered) -> Iterator[Block]:
    """For administrators: what does not get through, in the words that the doctor uses."""
    rows = (f"• {in_line(entry.errand)}: {in_line(error, 200)}" for entry, error in undelivered.last)
    verb = "delivery fails" if undelivered.failing == 1 else "deliveries fail"
    lead = f":warning: *{undelivered.failing} {verb}, and will be tried again*"
    yield section(f"{lead}\n{rows_within(rows, 2000, 'failures')}")
    yield context("Only administrators see this. `countersign doctor` says more.")
