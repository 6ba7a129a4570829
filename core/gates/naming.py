"""Names of the parts of a gate's settings: services, checklist items, rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from core.domain.text import checked_name, name_key
from core.errors import InvalidError

PARTS_MAX = 20
"""Services, items or rules of one gate."""


def _named(text: str) -> str:
    try:
        return checked_name(text, "the name")
    except InvalidError as error:
        raise ValueError(error.message) from error


PartName = Annotated[str, AfterValidator(_named)]


def require_distinct(names: Iterable[str]) -> None:
    """Raise ValueError where two names are the same but for letter case and blanks."""
    seen: set[str] = set()
    for name in names:
        if name_key(name) in seen:
            raise ValueError(f"two are called {name}")
        seen.add(name_key(name))
