from __future__ import annotations

import pytest

from core.app.steps import in_words
from core.errors import DomainError, ForbiddenError, NotFoundError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFoundError("There is no release shop-9"), "There is no release shop-9."),
        (ForbiddenError("You may not", hint="Ask somebody else."), "You may not. Ask somebody else."),
        (
            NotFoundError("No such thing.", hint="Look?", suggestions=["a", "b", "c", "d"]),
            "No such thing. Did you mean a or b or c?",
        ),
        (DomainError("Cut off…"), "Cut off…"),
    ],
)
def test_a_refusal_in_plain_words(error: DomainError, words: str) -> None:
    assert in_words(error) == words
