from __future__ import annotations

import io

from rich.console import Console

from bot.cli.lesson import lesson


def test_paragraphs_flow_and_examples_keep_their_lines() -> None:
    text = lesson("\nOne\nparagraph.\n\n  a:\n    - b\n", ("countersign x [y]", "does x"))
    first, kept, examples = text.split("\n\n")
    assert first == "One paragraph."
    assert kept == "\b\n  a:\n    - b"
    assert examples.startswith("\b\n[bold]Examples[/bold]\n")


def test_brackets_are_not_taken_for_markup() -> None:
    paper = io.StringIO()
    Console(file=paper, width=80).print(lesson("members: [bob@example.com]", ("list [--json]", "all")))
    assert "[bob@example.com]" in paper.getvalue()
    assert "[--json]" in paper.getvalue()
