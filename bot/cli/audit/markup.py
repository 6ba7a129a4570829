"""HTML that is escaped by the way it is built: text becomes markup only in here."""

from __future__ import annotations

from html import escape

from bot.cli.audit.words import visible

_EMPTY = frozenset({"meta", "input", "br", "rect"})


class Html(str):
    """Markup. Every other text is text, and is escaped when it becomes part of some."""

    __slots__ = ()


Part = str | int | None
"""What an element may hold: markup, text, a number, or nothing."""


def tag(name: str, /, *parts: Part, **attributes: Part | bool) -> Html:
    """An element; `_` in an attribute's name stands for `-`, and one behind it for a word of Python's own.

    Attributes that are None or False are left out, True has no value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{name}{written}/>")  # the slash closes what is of SVG, and means nothing to HTML
    return Html(f"<{name}{written}>{joined(*parts)}</{name}>")


def joined(*parts: Part) -> Html:
    """Parts in a row."""
    return Html("".join(map(_written, parts)))


def raw(source: str) -> Html:
    """What is markup already: of our own files, never of anything that somebody typed."""
    return Html(source)


def _written(part: Part) -> str:
    if isinstance(part, Html):
        return part
    return "" if part is None else escape(visible(str(part)))


def _attribute(key: str, value: Part | bool) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(visible(str(value)))}"'
