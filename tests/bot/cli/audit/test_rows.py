"""Rows of the long table: what stands out is marked, in words and for the filter."""

from __future__ import annotations

import io
import re
from typing import Any, cast

from bot.cli.audit.folder import Growing
from bot.cli.audit.rows import COLUMNS, Rows, head
from core.evidence.audit.case import Party
from core.evidence.audit.reviewed import review
from tests.core.domain.samples import a_promotion
from tests.core.evidence.audit.cases import case, gate, vote


class Memory(io.BytesIO):
    name = "rows"


def row(**given: Any) -> tuple[str, str]:
    """The markup of one case, and what can be read of it."""
    file = Memory()
    Rows(Growing(cast(Any, file))).add(review(case(**given), {}))
    written = file.getvalue().decode()
    return written, " ".join(re.sub(r"<[^>]*>", " ", written).split())


def marks(written: str) -> set[str]:
    found = re.search(r'data-mark="([^"]*)"', written)
    assert found
    return set(found[1].split())


def test_what_is_as_it_should_be_has_no_mark() -> None:
    written, text = row(votes=(vote(2), vote(3)), gates=(gate(),))
    assert marks(written) == set()
    assert "Person 2 approved 2026-03-02 09:01:00 : ok" in text
    assert "passed: security-gate" in text and "within" not in text


def test_what_stands_out_is_marked() -> None:
    written, text = row(votes=(vote(1, 4),), gates=(gate(passed=False),))
    assert marks(written) == {"deviation", "self_approved", "quick"}
    assert "Person 1 (requester) approved 2026-03-02 09:00:04 within 4 s : ok" in text
    assert "security-gate failed, advisory : Fine" in text and "The requester approved too" in text
    assert marks(row()[0]) == {"no_person"}


def test_a_reason_that_is_the_last_vote_s_is_said_once() -> None:
    _, text = row(status="rejected", votes=(vote(2, choice="rejected", comment="No"),), closeComment="No")
    assert text.count("No") == 1
    assert "Too late" in row(status="cancelled", closeComment="Too late")[1]


def test_environments_are_numbered_and_requests_without_a_decision_say_so() -> None:
    file = Memory()
    rows = Rows(Growing(cast(Any, file)))
    for target in (3, 2, 3):
        rows.add(review(case(target=target), {}))
    rows.add_undecided(a_promotion(), Party("person", "x", "Alice"))
    assert rows.environments == (("e1", "Environment 2"), ("e0", "Environment 3"), ("e2", "Production"))
    assert re.findall(r'data-environment="(\w+)"', file.getvalue().decode()) == ["e0", "e1", "e0", "e2"]
    assert "not decided in the period" in file.getvalue().decode()
    assert rows.count == 4


def test_columns_are_named_on_every_cell_for_the_telephone() -> None:
    assert re.findall(r'data-name="([^"]*)"', row()[0]) == list(COLUMNS)
    assert head().count('scope="col"') == len(COLUMNS)
