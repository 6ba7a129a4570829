from __future__ import annotations

import pytest

from core.app.pages import MAX_PAGE, MAX_PAGE_SIZE, REACH, Mark, PageRequest, page_from
from core.errors import InvalidError


def test_the_first_page_is_what_is_wanted_where_nothing_is_said() -> None:
    assert (PageRequest().page, PageRequest().size, PageRequest().offset) == (1, 25, 0)


def test_pages_follow_each_other_without_gap() -> None:
    assert [PageRequest(page, 10).offset for page in (1, 2, 3)] == [0, 10, 20]


@pytest.mark.parametrize(("page", "size"), [(1, 1), (1, MAX_PAGE_SIZE), (MAX_PAGE, 1), (REACH // 100, 100)])
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
        (REACH // 100 + 1, 100, "page"),
    ],
)
def test_beyond_the_limits_the_field_is_named(page: int, size: int, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        PageRequest(page, size)

    assert caught.value.field == field


def mark(number: int) -> Mark:
    return Mark("numbers", number)


def test_a_page_leads_on_where_there_is_more() -> None:
    page = page_from([1, 2, 3], PageRequest(size=2), 7, mark)
    assert (page.items, page.total, page.exact, page.next) == ((1, 2), 7, True, mark(2))
    assert page.showing(str).items == ("1", "2")
    assert page.showing(str).next == mark(2)
    assert page_from([1, 2], PageRequest(size=2), 2, mark).next is None


def test_a_list_is_counted_as_far_as_pages_reach() -> None:
    assert page_from([1], PageRequest(), REACH, mark).exact
    longer = page_from([1], PageRequest(), REACH + 1, mark)
    assert (longer.total, longer.exact) == (REACH, False)
    assert not page_from([1], PageRequest(after=mark(0)), None, mark).exact
