"""The checklist of a promotion: what is ticked by whom, with a button beside each item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.slack.ids import ActionId, TickValue
from bot.slack.views import parts
from bot.slack.views.kit import button, context, divider, modal, section
from bot.slack.views.text import in_line, moment
from core.app.checking import Checklist, ItemView


def checklist_modal(checklist: Checklist, problem: str = "") -> dict[str, Any]:
    """The checklist as it stands; `problem` says why the last click changed nothing."""
    return modal("Checklist", _blocks(checklist, problem))


def _blocks(checklist: Checklist, problem: str) -> Iterator[Block]:
    promotion = checklist.promotion
    done = sum(item.tick is not None for item in checklist.items)
    yield section(f"{parts.subject(promotion)}\n*{done} of {len(checklist.items)} ticked*")
    if problem:
        yield section(f":no_entry: {problem}")
    yield divider()
    for item in checklist.items:
        yield section(_words(item), _button(checklist, item) if promotion.is_open else None)
    if not checklist.items:
        yield section("This environment has no checklist.")
    if promotion.is_open and promotion.separation_of_duties:
        yield context(f"Separation of duties: {in_line(promotion.requested_by.name)} may not tick")


def _words(item: ItemView) -> str:
    if item.tick is None:
        return f":white_circle: *{in_line(item.name)}*\nNot ticked yet, to be done by {in_line(item.group)}"
    who, when = in_line(item.tick.person_name), moment(item.tick.at)
    return f":white_check_mark: *{in_line(item.name)}*\nTicked by {who}, {when}"


def _button(checklist: Checklist, item: ItemView) -> Any:
    ticked = item.tick is not None
    value = TickValue(promotion_id=checklist.promotion.id, item=item.name, ticked=not ticked)
    label = "Take back" if ticked else "Tick"
    return button(label, ActionId.TICK, value, style=None if ticked else "primary", spoken=f"{label}: {item.name}")
