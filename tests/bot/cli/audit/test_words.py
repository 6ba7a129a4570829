from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.audit.words import DEVIATIONS, OUTCOMES, SEPARATIONS, counted, duration, party, share, visible
from core.evidence.audit.case import Party, Separation
from core.evidence.audit.deviations import DeviationKind
from core.evidence.audit.figures import OUTCOMES as KNOWN


def test_there_are_words_for_everything() -> None:
    assert set(DEVIATIONS) == set(DeviationKind)
    assert set(SEPARATIONS) == set(Separation)
    assert set(OUTCOMES) == set(KNOWN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("fixes \u202egnp.exe", "fixes [U+202E]gnp.exe"),
        ("zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("Zoë \U0001f680", "Zoë \U0001f680"),
        ("nul\0", "nul[U+0000]"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "-"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (306, "5 min 6 s"),
        (3600, "1 h"),
        (90_061, "1 d 1 h"),
        (-3, "-3 s"),
    ],
)
def test_spans_are_said_by_their_largest_units(seconds: int | None, said: str) -> None:
    assert duration(seconds) == said


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_all_is_100_percent_and_only_none_is_0(part: int, whole: int) -> None:
    part = min(part, whole)
    percent = float(share(part, whole).removesuffix(" %"))
    assert (percent == 100) is (part == whole)
    assert (percent == 0) is (part == 0)
    assert abs(percent - 100 * part / whole) <= 0.1


def test_no_share_of_nothing() -> None:
    assert share(0, 0) == "-"


def test_who_is_no_person_says_so() -> None:
    assert [party(Party(kind, "", "X")) for kind in ("person", "service", "system")] == [
        "X",
        "X (program)",
        "X (system)",
    ]
    assert party(None) == ""


def test_one_and_many() -> None:
    assert (counted(1, "entry", "entries"), counted(2, "entry", "entries"), counted(0, "vote")) == (
        "1 entry",
        "2 entries",
        "0 votes",
    )
