"""Two readers: a person at a terminal gets colours and tables, a program gets JSON and exit codes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 120
"""Columns where nobody's terminal says otherwise; narrow enough for a log, wide enough for our tables."""


_SIGNS = {"ok": "✓", "failed": "✗", "warning": "!", "skipped": "–"}  # noqa: RUF001
_PLAIN_SIGNS = {"ok": "ok", "failed": "FAILED", "warning": "!", "skipped": "-"}


class Exit(IntEnum):
    """What a script can rely on."""

    FINE = 0
    REFUSED = 1
    """What was asked was done and the answer is no: a check failed, a rule refused it, something was unreachable."""
    USAGE = 2
    """The command or the settings are wrong: nothing was tried."""


def out() -> Console:
    """Where results go."""
    return _console(stderr=False)


def err() -> Console:
    """Where errors and progress go, so that a pipe gets results alone."""
    return _console(stderr=True)


def print_json(document: Any) -> None:
    """Write a result for programs: ASCII, so that no terminal's encoding can break it."""
    typer.echo(json.dumps(document, indent=2))


def table(*columns: str) -> Table:
    """An empty table for terminals and logs; its first column, which names the row, is kept whole."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column == columns[0])
    return made


def symbol(console: Console, name: str) -> str:
    """`ok`, `failed`, `warning`, `skipped` as a sign that the terminal's encoding has."""
    signs = _SIGNS if console.encoding.lower().startswith("utf") else _PLAIN_SIGNS
    return signs[name]


def moment(at: datetime | None, otherwise: str = "") -> str:
    """A time for people, to the minute, in UTC; `otherwise` where there is none."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else otherwise


def moment_json(at: datetime | None) -> str | None:
    """A time for programs."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def listed(words: Iterable[str], otherwise: str = "-") -> str:
    """Words in a row."""
    return ", ".join(words) or otherwise


def printable(text: str) -> str:
    """Text from outside without what could steer a terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console
