"""The diff that `apply` shows: `+` created, `~` changed with old -> new, `=` unchanged, `-` removed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.configuration.changes import Change, FieldChange, Verb, counted
from bot.cli.console import printable

_SIGNS = {
    Verb.CREATE: ("+", "green"),
    Verb.CHANGE: ("~", "yellow"),
    Verb.UNCHANGED: ("=", "dim"),
    Verb.DELETE: ("-", "red"),
    Verb.DEACTIVATE: ("-", "red"),
}
_DONE = {
    Verb.CREATE: "created",
    Verb.CHANGE: "changed",
    Verb.UNCHANGED: "unchanged",
    Verb.DELETE: "deleted",
    Verb.DEACTIVATE: "deactivated",
}
_TO_DO = {
    Verb.CREATE: "to create",
    Verb.CHANGE: "to change",
    Verb.UNCHANGED: "unchanged",
    Verb.DELETE: "to delete",
    Verb.DEACTIVATE: "to deactivate",
}


def print_diff(console: Console, changes: Sequence[Change], *, dry_run: bool) -> None:
    """Show changes by section, and count them."""
    for section, members in groupby(changes, key=lambda change: change.section):
        console.print(Text(section, style="bold"))
        for change in members:
            console.print(_headline(change), soft_wrap=True)
            width = max((len(field.name) for field in change.fields), default=0)
            for field in change.fields:
                console.print(_line(field, change.verb, width), soft_wrap=True)
    console.print(_summary(changes, dry_run=dry_run), soft_wrap=True)


def _headline(change: Change) -> Text:
    sign, style = _SIGNS[change.verb]
    note = "  (deactivated)" if change.verb is Verb.DEACTIVATE else ""
    return Text(f"  {sign} {printable(change.name)}{note}", style=style)


def _line(field: FieldChange, verb: Verb, width: int) -> Text:
    name = f"      {field.name.ljust(width)}  "
    if verb is Verb.CREATE:
        return Text.assemble((name, "dim"), _value(field.new))
    return Text.assemble((name, "dim"), (_value(field.old), "red"), " -> ", (_value(field.new), "green"))


def _value(value: Any) -> str:
    if value in (None, "", []):
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return printable(", ".join(map(str, value)))
    if isinstance(value, dict):
        return printable(", ".join(f"{name}: {json.dumps(each, ensure_ascii=False)}" for name, each in value.items()))
    return printable(str(value))


def _summary(changes: Sequence[Change], *, dry_run: bool) -> Text:
    words = _TO_DO if dry_run else _DONE
    counts = counted(changes)
    parts = [f"{counts[verb]} {words[verb]}" for verb in Verb if counts[verb]]
    text = Text(", ".join(parts) or "The file names nothing", style="bold")
    return text + Text(". Dry run: nothing was changed." if dry_run else ".")
