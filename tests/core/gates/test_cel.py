from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.gates.cel import EXPRESSION_MAX, ExpressionFailedError, check, cost, holds

NAMES = {"scan.criticalCount": "number", "release.name": "text", "release.authors": "texts", "history": "records"}
VALUES: dict[str, Any] = {
    "scan.criticalCount": 0,
    "release.name": "shop-1.4.0",
    "release.authors": ["Ines"],
    "history": [{"status": "deployed"}],
}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("scan.criticalCount == 0", True),
        ("scan.criticalCount > 0 || release.name.startsWith('shop')", True),
        ("history.exists(each, each.status == 'failed')", False),
        ("release.authors.all(author, author != 'Mallory')", True),
        ("release.name.matches('^shop-1\\\\.')", True),
    ],
)
def test_an_expression_says_yes_or_no(expression: str, answer: bool) -> None:
    check(expression, NAMES)
    assert holds(expression, NAMES, VALUES) is answer


@pytest.mark.parametrize(
    ("expression", "words", "column"),
    [
        ("scan.criticalCont == 0", "undeclared reference to 'scan.criticalCont', at line 1, column 5", 5),
        ("scan.criticalCount = 0", "token recognition error", 20),
        ("release.name > 3", "found no matching overload for '_>_' applied to '(string, int)'", 14),
        ("release.name +", "mismatched input", 15),
        ("true ||\n  nonsense", "at line 2", 3),
        ("", "mismatched input", 1),
    ],
)
def test_a_mistake_is_refused_with_its_place(expression: str, words: str, column: int) -> None:
    with pytest.raises(InvalidError) as caught:
        check(expression, NAMES)
    assert words in caught.value.message
    assert caught.value.params["column"] == column


def test_a_name_that_is_not_known_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidError) as caught:
        check("release.nam == 'x'", NAMES)
    assert caught.value.hint == f"Known are {', '.join(NAMES)}."


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("release.name", "gives string, and must say true or false"),
        ("history.all(a, history.all(b, history.all(c, true)))", "could take"),
        ("(" * 60 + "true" + ")" * 60, "recursion limit"),
        ("true" + " && true" * EXPRESSION_MAX, "characters long"),
        ("release.name == 'a\0b'", "control character"),
        ("release.name == '\ud800'", "control character"),
    ],
)
def test_what_is_no_question_or_too_dear_is_refused(expression: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        check(expression, NAMES)


@pytest.mark.parametrize(
    "expression", ["history[7].status == 'x'", "history[0].nothing == 'x'", "1 / scan.criticalCount == 1"]
)
def test_an_expression_without_an_answer_fails_and_is_neither_yes_nor_no(expression: str) -> None:
    check(expression, NAMES)
    with pytest.raises(ExpressionFailedError):
        holds(expression, NAMES, VALUES)


def test_a_value_that_is_missing_or_of_another_type_fails() -> None:
    with pytest.raises(ExpressionFailedError, match=r"release\.name"):
        holds("release.name == 'x'", NAMES, {"release.name": 3})
    with pytest.raises(ExpressionFailedError, match="No value"):
        holds("release.name == 'x'", NAMES, {})


def test_the_evaluation_has_a_budget_of_its_own() -> None:
    deep = "history.all(a, history.all(b, history.all(c, history.all(d, true))))"
    with pytest.raises(ExpressionFailedError, match="budget"):
        holds(deep, NAMES, {**VALUES, "history": [{}] * 50})


def test_what_is_nested_costs_more_than_what_follows_and_texts_cost_nothing() -> None:
    assert cost("history.all(a, true) && history.all(b, true)") == 100
    assert cost("history.all(a, history.all(b, true))") == 50 + 2500
    assert cost("release.name == '.all(x, .all('") == 0


@given(st.text(max_size=60))
def test_whatever_is_written_is_checked_or_refused_and_nothing_else(expression: str) -> None:
    try:
        check(expression, NAMES)
    except InvalidError:
        return
    try:
        assert holds(expression, NAMES, VALUES) in {True, False}
    except ExpressionFailedError as error:
        assert str(error)
