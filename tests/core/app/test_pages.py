from __future__ import annotations

import pytest

from core.app.pages import MAX_PAGE, MAX_PAGE_SIZE, PageRequest
from core.errors import InvalidError


def test_the_first_page_is_what_is_wanted_where_nothing_is_said() -> None:
    assert (PageRequest().page, PageRequest().size, PageRequest().offset) == (1, 25, 0)


def test_pages_follow_each_other_without_gap() -> None:
    assert [PageRequest(page, 10).offset for page in (1, 2, 3)] == [0, 10, 20]


@pytest.mark.parametrize("page", [1, MAX_PAGE])
@pytest.mark.parametrize("size", [1, MAX_PAGE_SIZE])
def test_the_limits_themselves_are_allowed(page: int, size: int) -> None:
    assert PageRequest(page, size).offset == (page - 1) * size


@pytest.mark.parametrize(
    ("page", "size", "field"),
    [
        (0, 25, "page"),
        (-1, 25, "page"),
        (MAX_PAGE + 1, 25, "page"),
        (1, 0, "pageSize"),
        (1, MAX_PAGE_SIZE + 1, "pageSize"),
    ],
)
def test_beyond_the_limits_the_field_is_named(page: int, size: int, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        PageRequest(page, size)

    assert caught.value.field == field
