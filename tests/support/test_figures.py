"""The table of figures: verdicts by the goal, failures beyond what a test allows, and its place in README.md."""

from __future__ import annotations

import pytest

from tests.support.figures import Figures, is_missed_ratio, recorded, table


def test_a_figure_is_met_near_or_missed() -> None:
    figures = Figures()
    figures.at_most("start", 1.0, 1.5, "s")
    figures.at_least("approvals", 0.5, 0.6, about="500 /s against 1,000 /s")
    figures.at_least("promotions", 0.2, 0.6, noise=4)
    with pytest.raises(AssertionError, match="wanted at most 2 x"):
        figures.at_most("p99", 2.6, 2.0)
    with pytest.raises(AssertionError, match="lost: 1, wanted 0"):
        figures.exactly("lost", 1, 0)
    assert [row.verdict for row in figures.rows] == ["met", "within noise", "missed", "missed", "missed"]
    assert [row.name for row in figures.rows if is_missed_ratio(row)] == ["promotions", "p99"]
    assert table(figures.rows).splitlines()[3].split("|")[1:4] == [" approvals  ", " 0.5 x    ", " at least 0.6 x "]


def test_a_table_replaces_the_one_before_it() -> None:
    readme = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n"
    assert recorded(readme, "x", "new") == "a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n"
    with pytest.raises(ValueError, match="no <!-- y: begin -->"):
        recorded(readme, "y", "new")
