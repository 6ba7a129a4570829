"""Checks of Block Kit's composition objects: texts, options and confirmation dialogs."""

from __future__ import annotations

from bot.playground.blockkit.spot import Spot

OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100


def text(spot: Spot, limit: int, *, plain: bool = False) -> None:
    """A text object of at most `limit` characters; `plain` forbids mrkdwn."""
    if not spot.is_object() or not spot.required("type", "text"):
        return
    kind = spot.value["type"]
    if kind not in ("plain_text",) if plain else kind not in ("plain_text", "mrkdwn"):
        spot.key("type").wrong("must be plain_text" if plain else "must be one of: plain_text, mrkdwn")
    spot.key("text").string(limit, low=1)
    if kind == "mrkdwn" and spot.has("emoji"):
        spot.key("emoji").wrong("emoji is only usable with plain_text")


def optional_text(spot: Spot, name: str, limit: int, *, plain: bool = True) -> None:
    """A text object that may be missing."""
    if spot.has(name):
        text(spot.key(name), limit, plain=plain)


def confirm(spot: Spot) -> None:
    """A confirmation dialog."""
    if not spot.is_object() or not spot.required("title", "text"):
        return
    text(spot.key("title"), 100, plain=True)
    text(spot.key("text"), 300)
    optional_text(spot, "confirm", 30)
    optional_text(spot, "deny", 30)
    style(spot)


def style(spot: Spot) -> None:
    """The colour of a button: absent, primary or danger."""
    if spot.has("style") and spot.value["style"] not in ("primary", "danger"):
        spot.key("style").wrong("must be one of: primary, danger")


def option(spot: Spot, *, plain: bool = True) -> None:
    """One option of a select, overflow, radio or checkbox element."""
    if not spot.is_object() or not spot.required("text", "value"):
        return
    text(spot.key("text"), OPTION_TEXT, plain=plain)
    spot.key("value").string(OPTION_VALUE, low=1)
    optional_text(spot, "description", OPTION_TEXT, plain=plain)
    spot.optional_string("url", 3000)


def options(spot: Spot, low: int, high: int, *, plain: bool = True) -> None:
    """A list of options."""
    if spot.is_list(low, high):
        for one in spot.items():
            option(one, plain=plain)


def option_groups(spot: Spot) -> None:
    """A list of labelled groups of options."""
    if not spot.is_list(1, OPTIONS):
        return
    for group in spot.items():
        if group.is_object() and group.required("label", "options"):
            text(group.key("label"), OPTION_TEXT, plain=True)
            options(group.key("options"), 1, OPTIONS)
