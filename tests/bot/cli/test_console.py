from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.console import Console

from bot.cli.console import PIPED_WIDTH, listed, moment, moment_json, out, print_json, printable, symbol, table


def test_a_pipe_gets_no_colours_and_room_for_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    out().print("x", style="bold red")
    assert capsys.readouterr().out == "x\n"
    assert out().width == PIPED_WIDTH


def test_a_terminal_gets_colours_unless_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert out().color_system
    monkeypatch.setenv("NO_COLOR", "1")
    assert out().no_color


def test_markup_in_what_people_wrote_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    out().print("[bold]x[/bold] :smile:")
    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Zoë"})
    assert capsys.readouterr().out.isascii()


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    plain = Console(file=io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert all(symbol(plain, name).isascii() for name in ("ok", "failed", "warning", "skipped"))


def test_times_are_shown_in_utc() -> None:
    at = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at) == "2025-12-31 23:30 UTC"
    assert moment_json(at) == "2025-12-31T23:30:00Z"
    assert (moment(None, "never"), moment_json(None)) == ("never", None)
    assert moment_json(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


def test_nothing_invisible_is_printed() -> None:
    assert printable("a\x1b[31mb\u202ec\nd\x00") == "a\ufffd[31mb\ufffdc\nd\ufffd"


def test_an_empty_row_of_words_says_so() -> None:
    assert (listed([]), listed(["a", "b"]), listed([], "none")) == ("-", "a, b", "none")


def test_what_a_row_is_known_by_is_not_broken() -> None:
    rows = table("Id", "Words")
    rows.add_row("x" * 36, "word " * 20)
    paper = io.StringIO()
    Console(file=paper, width=60).print(rows)
    assert "x" * 36 in paper.getvalue()
