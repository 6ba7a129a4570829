"""Words inside Slack's rules."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views.text import (
    counted,
    cut,
    cut_mrkdwn,
    in_line,
    listed,
    moment,
    pieces,
    plain,
    quoted,
    rows_within,
    safe,
)
from tests.bot.slack.makers import ARABIC
from tests.support.clock import MORNING

WORDS = st.text(max_size=400)


@given(WORDS, st.integers(4, 120))
def test_escaped_text_has_no_control_characters_of_slacks_and_fits(text: str, limit: int) -> None:
    for made in (safe(text, limit), in_line(text, limit)):
        assert len(made) <= limit
        assert "<" not in made
        assert ">" not in made
        assert not re.search(r"&(?!(amp|lt|gt);)", made)
        assert made.count("\u2068") == made.count("\u2069")


@given(WORDS)
def test_no_line_of_a_quotation_can_pass_for_ours(text: str) -> None:
    assert all(row.startswith("> ") for row in quoted(text, 10_000).split("\n"))
    assert len(quoted(text, 60)) <= 60


@given(st.text(max_size=600), st.integers(60, 200))
def test_pieces_hold_the_whole_text_and_fit(text: str, size: int) -> None:
    made = list(pieces(text, size))
    assert all(len(piece) <= size for piece in made)
    assert all(not piece.endswith("…") or text.count("…") for piece in made)
    letters = "".join(re.findall(r"[a-z]", text))
    unescaped = "".join(made).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert "".join(re.findall(r"[a-z]", unescaped)) == letters


@given(st.lists(st.text("ab", max_size=30), max_size=30), st.integers(60, 300))
def test_rows_that_do_not_fit_are_counted(rows: list[str], limit: int) -> None:
    made = rows_within(rows, limit, "gates")
    assert len(made) <= limit
    left = re.search(r"… and (\d+) more gates\Z", made)
    assert (made.count("\n") + 1 - bool(left) + int(left[1]) if left else len(rows)) == len(rows)


def test_what_is_cut_has_a_mark() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"
    assert safe("a&b&c&d", 9) == "a&amp;b…"
    assert cut_mrkdwn("until <!date^1^{time}|noon> or later", 20) == "until…"


def test_our_own_words_are_not_turned_around() -> None:
    assert safe("abc\u202ecba") == "abccba"
    assert safe(f"{ARABIC}") == f"\u2068{ARABIC}\u2069"
    assert plain("two\nlines\u202e", 50) == "two lines"


def test_times_are_in_the_readers_zone_with_utc_as_a_fallback() -> None:
    assert moment(MORNING) == "<!date^1772442000^{date_short_pretty} at {time}|2026-03-02 09:00 UTC>"


def test_counting_and_listing() -> None:
    assert [counted(1, "approval"), counted(2, "approval"), counted(0, "policy", "policies")] == [
        "1 approval",
        "2 approvals",
        "0 policies",
    ]
    assert [listed("a", 3), listed("ab", 3), listed("abc", 3), listed("abcde", 3), listed("", 3)] == [
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 2 more",
        "",
    ]
