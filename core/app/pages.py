"""Lists come in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import InvalidError

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
MAX_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: `page` counts from 1. Raises InvalidError outside the limits."""

    page: int = 1
    size: int = DEFAULT_PAGE_SIZE

    def __post_init__(self) -> None:
        if not 1 <= self.page <= MAX_PAGE:
            raise InvalidError(f"page must be between 1 and {MAX_PAGE}", field="page")
        if not 1 <= self.size <= MAX_PAGE_SIZE:
            raise InvalidError(f"pageSize must be between 1 and {MAX_PAGE_SIZE}", field="pageSize")

    @property
    def offset(self) -> int:
        """How many entries come before the page."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One part of a list, and how long the whole list is."""

    items: tuple[T, ...]
    request: PageRequest
    total: int
