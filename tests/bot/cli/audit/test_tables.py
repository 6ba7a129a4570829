from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.audit.tables import COLUMNS, Row, approver_entries, csv_header, csv_lines, harmless
from bot.cli.audit.words import visible
from core.domain.policy import ApproverGroup
from tests.support.clock import nth_id

SIGNS = "=+-@\t\r\n"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\n=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "  =1",
        "\u00a0=1",
        "\u3000\uff1d1",
    ],
)
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "plain", "a=b", "3 high", "[x]", "é"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_sign_behind_something_invisible_stands_behind_its_name() -> None:
    assert harmless("\u200b=1") == "[U+200B]=1"


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    first = unicodedata.normalize("NFKC", harmless(text).lstrip())[:1]
    assert not first or first not in SIGNS


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3), max_size=5))
def test_rows_come_back_whole_whatever_is_in_them(cells: list[list[str]]) -> None:
    columns = COLUMNS["gates"][:3]
    written = csv_header("gates") + csv_lines("gates", [dict(zip(columns, row, strict=True)) for row in cells])
    head, *rows = csv.reader(io.StringIO(written.decode(), newline=""), strict=True)
    assert tuple(head) == COLUMNS["gates"]
    assert [row[:3] for row in rows] == [[harmless(cell) for cell in row] for row in cells]
    assert [
        [cell.removeprefix("'") for cell in row[:3]] == [visible(cell).removeprefix("'") for cell in made]
        for row, made in zip(rows, cells, strict=True)
    ] == [True] * len(cells)


def test_lines_end_as_the_standard_has_it_and_truth_is_a_word() -> None:
    row: Row = {"gate": 'a "b"', "passed": True, "blocking": False, "message": "x\ny", "inputs_digest": None}
    assert csv_lines("gates", [row]) == b',,,"a ""b""",yes,no,"x\ny",,\r\n'


def test_a_group_without_members_says_so() -> None:
    (entry,) = approver_entries(ApproverGroup(nth_id(1), "nobodies"), (), "2026-03-02T09:00:00Z")
    assert (entry.table, entry.row["person"]) == ("approvers", "(nobody)")
