"""Help that teaches: what a command is for, then lines to copy."""

from __future__ import annotations

from rich.markup import escape

Example = tuple[str, str]
"""A command line, and what it does."""


def lesson(text: str, *examples: Example) -> str:
    """Help in rich markup: paragraphs of `text` (an indented one keeps its lines), and examples below."""
    paragraphs = [_paragraph(each) for each in text.strip("\n").split("\n\n")]
    if examples:
        lines = [f"  [green]{escape(line)}[/green]\n    [dim]{escape(meaning)}[/dim]" for line, meaning in examples]
        paragraphs.append("\b\n[bold]Examples[/bold]\n" + "\n".join(lines))
    return "\n\n".join(paragraphs)


def _paragraph(text: str) -> str:
    return f"\b\n{escape(text)}" if text.startswith(" ") else escape(" ".join(text.split()))
