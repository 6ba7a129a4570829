"""Lists come in pages, by number or by where the page before ended.

A number costs what comes before the page, so it reaches the first `REACH` entries only; a mark costs the same wherever
it stands, and is not moved by what is added meanwhile. A list is counted as far as numbers reach: nobody turns that
many pages, and a count of everything would cost more than all else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from core.errors import InvalidError

T = TypeVar("T")
S = TypeVar("S")

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
MAX_PAGE = 10_000
REACH = 10_000
"""How many entries page numbers reach, and how far a list is counted."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an entry stands in the list `of` that name: what it is sorted by, and by what among equals."""

    of: str
    by: datetime | str | int
    then: UUID | int | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: `page` counts from 1; with `after`, what follows that mark.

    Raises InvalidError outside the limits.
    """

    page: int = 1
    size: int = DEFAULT_PAGE_SIZE
    after: Mark | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.page <= MAX_PAGE:
            raise InvalidError(f"page must be between 1 and {MAX_PAGE}", field="page")
        if not 1 <= self.size <= MAX_PAGE_SIZE:
            raise InvalidError(f"pageSize must be between 1 and {MAX_PAGE_SIZE}", field="pageSize")
        if self.offset >= REACH:
            raise InvalidError(
                f"page {self.page} of {self.size} lies beyond the first {REACH:,} entries, which page numbers reach",
                hint="Go on by cursor: the nextCursor of a page leads to the next one, at any depth.",
                field="page",
            )

    @property
    def offset(self) -> int:
        """How many entries come before the page."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One part of a list. `total` is how long the whole list is, counted up to `REACH`; `exact` says if that is all.

    Behind a mark nothing is counted: `total` is 0 and not `exact`. `next` is where the page after this one begins,
    None at the end of the list.
    """

    items: tuple[T, ...]
    request: PageRequest
    total: int
    exact: bool = True
    next: Mark | None = None

    def showing(self, show: Callable[[T], S]) -> Page[S]:
        """The same page of something else, one for each entry."""
        return Page(tuple(map(show, self.items)), self.request, self.total, self.exact, self.next)


def page_from(found: Iterable[T], request: PageRequest, counted: int | None, mark: Callable[[T], Mark]) -> Page[T]:
    """A page out of its entries and, where there is one, the first of the next page.

    `counted` is the length of the list up to one more than `REACH`, None behind a mark.
    """
    items = tuple(found)
    goes_on = len(items) > request.size
    total = min(counted or 0, REACH)
    exact = counted is not None and counted <= REACH
    return Page(items[: request.size], request, total, exact, mark(items[request.size - 1]) if goes_on else None)
