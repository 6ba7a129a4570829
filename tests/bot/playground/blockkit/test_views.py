from __future__ import annotations

from typing import Any

import pytest

from bot.playground.blockkit import view_problems
from tests.bot.playground.kettle import form, mrkdwn, plain

WORDS = {"type": "section", "text": mrkdwn("x")}


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "blocks": [WORDS], **more}


def text_input(**more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "a", **more}
    return {"type": "input", "label": plain("L"), "element": element}


def test_a_real_form_is_accepted() -> None:
    assert view_problems(form("C01"), "modal") == []


@pytest.mark.parametrize(
    ("make", "edge"),
    [
        (lambda n: modal(title=plain("x" * n)), 24),
        (lambda n: modal(submit=plain("x" * n)), 24),
        (lambda n: modal(close=plain("x" * n)), 24),
        (lambda n: modal(private_metadata="x" * n), 3000),
        (lambda n: modal(callback_id="x" * n), 255),
        (lambda n: modal(external_id="x" * n), 255),
        (lambda n: modal(blocks=[WORDS] * n), 100),
        (lambda n: modal(submit=plain("S"), blocks=[text_input(max_length=n)]), 3000),
        (lambda n: modal(submit=plain("S"), blocks=[text_input(initial_value="x" * n, max_length=10)]), 10),
        (lambda n: modal(submit=plain("S"), blocks=[text_input() | {"label": plain("x" * n)}]), 2000),
        (lambda n: modal(submit=plain("S"), blocks=[text_input() | {"hint": plain("x" * n)}]), 2000),
    ],
)
def test_the_limit_is_accepted_and_one_more_is_not(make: Any, edge: int) -> None:
    assert view_problems(make(edge), "modal") == []
    assert view_problems(make(edge + 1), "modal") != []


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ([], "/view]"),
        ({"type": "modal"}, "/view]"),
        (modal(type="home"), "/view/type]"),
        ({"type": "modal", "blocks": [WORDS]}, "/view]"),
        (modal(title=mrkdwn("no")), "/view/title/type]"),
        (modal(blocks=[text_input()]), "/view]"),
        (modal(notify_on_close="yes"), "/view/notify_on_close]"),
    ],
)
def test_a_problem_names_its_place(view: Any, pointer: str) -> None:
    assert any(problem.endswith(pointer) for problem in view_problems(view, "modal"))


def test_a_home_needs_no_title_and_no_submit() -> None:
    assert view_problems({"type": "home", "blocks": [text_input()]}, "home") == []
