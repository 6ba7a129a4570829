"""Answers out of the store that are asked for once, however many gates and moments of a forecast they are for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Remembering(Protocol):
    """What keeps the answers it has had, for as long as one transaction lasts."""

    @property
    def answers(self) -> dict[tuple[str, ...], Any]:
        """Answers by what was asked, and about what."""
        ...


def once(ask: Callable[..., T]) -> Callable[..., T]:
    """Have a method ask the store once for each of the names that it is called with."""

    @wraps(ask)
    def remembered(known: Remembering, *about: str) -> T:
        question = (ask.__name__, *about)
        if question not in known.answers:
            known.answers[question] = ask(known, *about)
        answer: T = known.answers[question]
        return answer

    return remembered
