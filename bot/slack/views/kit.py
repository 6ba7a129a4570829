"""The few building blocks that all our messages and modals are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    ExternalDataSelectElement,
    HeaderBlock,
    InputBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.ids import ActionId, Carried, DialogId
from bot.slack.views.text import CONFIRM, CONTEXT, HEADER, LABEL, MARK, SECTION, TITLE, cut, cut_mrkdwn

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
INPUT_MAX = 3000


def words(text: str) -> PlainTextObject:
    """Plain text as it stands."""
    return PlainTextObject(text=text, emoji=False)


def mrkdwn(text: str) -> MarkdownTextObject:
    """Formatted text; `verbatim`, so that nothing in it becomes a link or a mention by itself."""
    return MarkdownTextObject(text=text, verbatim=True)


def header(text: str) -> Block:
    """A heading."""
    return HeaderBlock(text=words(cut(text, HEADER)))


def section(text: str, accessory: InteractiveElement | None = None) -> Block:
    """A paragraph, with a button beside it if need be."""
    return SectionBlock(text=mrkdwn(cut_mrkdwn(text, SECTION)), accessory=accessory)


def context(text: str) -> Block:
    """Small print."""
    return ContextBlock(elements=[mrkdwn(cut_mrkdwn(text, CONTEXT))])


def divider() -> Block:
    """A line."""
    return DividerBlock()


def actions(*elements: InteractiveElement) -> Block:
    """A row of buttons."""
    return ActionsBlock(elements=list(elements))


def button(
    label: str,
    action: ActionId,
    value: Carried | None = None,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
    spoken: str = "",
) -> ButtonElement:
    """A button. `spoken` tells screen readers what it is about where several look alike."""
    return ButtonElement(
        text=words(label),
        action_id=action.value,
        value=value.dumps() if value else None,
        style=style,
        confirm=confirm,
        accessibility_label=cut(spoken, LABEL) if spoken else None,
    )


def confirmation(title: str, text: str, yes: str, no: str = "Go back") -> ConfirmObject:
    """The question before a button works."""
    return ConfirmObject(title=words(title), text=words(cut(text, CONFIRM)), confirm=words(yes), deny=words(no))


def menu(action: ActionId, entries: Iterable[tuple[str, Carried]]) -> OverflowMenuElement:
    """A menu of further deeds."""
    options = [Option(text=words(label), value=value.dumps()) for label, value in entries]
    return OverflowMenuElement(action_id=action.value, options=options)


def choice(label: str, value: str) -> Option:
    """An entry of a select menu."""
    return Option(text=words(cut(label, LABEL)), value=value)


def type_ahead(action: ActionId, label: str, placeholder: str, chosen: Option | None, hint: str = "") -> Block:
    """A field that offers what fits while one types, and tells us at once what was chosen."""
    select = ExternalDataSelectElement(
        action_id=action.value, placeholder=words(placeholder), initial_option=chosen, min_query_length=0
    )
    return InputBlock(
        block_id=action.field,
        label=words(label),
        element=select,
        dispatch_action=True,
        hint=words(hint) if hint else None,
    )


def text_input(
    action: ActionId, label: str, *, optional: bool, hint: str = "", placeholder: str = "", initial: str = ""
) -> Block:
    """A field for several lines."""
    field = PlainTextInputElement(
        action_id=action.value,
        multiline=True,
        max_length=INPUT_MAX,
        placeholder=words(placeholder) if placeholder else None,
        initial_value=initial[:INPUT_MAX] or None,
    )
    return InputBlock(
        block_id=action.field,
        label=words(label),
        element=field,
        optional=optional,
        hint=words(hint) if hint else None,
    )


def built(blocks: Iterable[Block], most: int = MESSAGE_BLOCKS) -> list[dict[str, Any]]:
    """The blocks as Slack takes them; where there are too many the last one says so."""
    made = [block.to_dict() for block in blocks]
    if len(made) <= most:
        return made
    return [*made[: most - 1], context(f"{MARK} and more than fits here").to_dict()]


def modal(
    title: str,
    blocks: Iterable[Block],
    *,
    dialog: DialogId | None = None,
    submit: str = "",
    close: str = "Close",
    carried: Carried | None = None,
) -> dict[str, Any]:
    """A modal as `views.open` takes it."""
    view: dict[str, Any] = {
        "type": "modal",
        "title": words(cut(title, TITLE)).to_dict(),
        "close": words(close).to_dict(),
        "blocks": built(blocks, VIEW_BLOCKS),
    }
    if dialog:
        view["callback_id"] = dialog.value
    if submit:
        view["submit"] = words(submit).to_dict()
    if carried:
        view["private_metadata"] = carried.dumps()
    return view
