"""Figures on the page are those of the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.cli.audit import sections
from core.evidence.audit.figures import Figures
from core.evidence.audit.period import Period
from core.evidence.audit.reviewed import review
from tests.bot.cli.audit.conftest import Export, Page
from tests.core.evidence.audit.cases import case, gate, moment, person, vote

PERIOD = Period.of("2026-03-02", "2026-03-02")


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def figures(*given: Mapping[str, Any]) -> Figures:
    made = Figures(PERIOD)
    for each in given:
        made.add(review(case(**each), {person(3)["id"]: moment(58)}))
    return made


SELF, GATES = {"votes": (vote(1),)}, {"decided": 1}
SEPARATE = {"votes": (vote(2), vote(3)), "gates": (gate("soak-gate", passed=False),)}


def test_the_page_counts_what_the_tables_hold(exported: Export, read: Page) -> None:
    rows = exported.rows("promotions")
    allowed = [row for row in rows if row["decision"] == "allow"]
    people = [row for row in allowed if row["separation"] != "no_person"]
    separate = [row for row in people if row["separation"] == "separate"]
    text = " ".join(read.text().split())
    assert f"{len(separate)} of {len(people)} that people approved" in text
    assert f"{len(allowed)} let through; 1 request not decided" in text
    quick = [row for row in exported.rows("decisions") if row["under_ten_seconds"] == "yes"]
    assert f"of {len(exported.rows('decisions'))} votes came so soon" in text
    assert f"{len(quick)} (" in text


def test_the_first_numbers() -> None:
    text = words(sections.facts(figures(SELF, GATES, SEPARATE)))
    assert "Separation of duties 50.0 % 1 of 2 that people approved" in text
    assert "By gates alone 1 of 3 let through" in text
    assert "With an exception 1 of 3 let through" in text
    assert "Votes in under 10 seconds 1 of 3 votes" in text


def test_those_without_separation_are_named() -> None:
    text = words(sections.separation(figures(SELF, GATES, SEPARATE)))
    assert "Where the requester approved too: 1 promotion" in text
    assert "Decided by gates alone: 1 promotion" in text
    assert "Others than the requester 1 33.3 %" in text


def test_nothing_is_said_to_be_nothing() -> None:
    none = figures()
    assert "No requester approved." in words(sections.separation(none))
    assert "No promotion was let through by an exception." in words(sections.exceptions(none))
    assert "No vote came in under 10 seconds." in words(sections.quick(none))
    assert "All environments 0 - - -" in words(sections.times(none))
    assert "<svg" not in sections.environments(none)


def test_a_quick_vote_says_since_when() -> None:
    text = words(sections.quick(figures(SEPARATE)))
    assert "Person 3 approved 2 s after the message, at 2026-03-02 09:01:00" in text
    assert "1 (50.0 %) of 2 votes came so soon." in text


def test_times_and_their_distribution() -> None:
    text = words(sections.times(figures(SELF, SEPARATE, {"votes": (vote(2),), "decided": 7200})))
    assert "All environments 3 1 min 2 h 2 h" in text
    assert "1 to 4 hours 1" in text


def test_exceptions_by_kind_and_by_name() -> None:
    text = words(sections.exceptions(figures(SELF, SEPARATE)))
    assert "Advisory gate failed 1 1" in text
    assert "Promotions with exceptions: 1 promotion" in text
    assert "Advisory gate failed : Fine" in text
