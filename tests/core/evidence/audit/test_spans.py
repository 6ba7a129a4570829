from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.evidence.audit.spans import BEYOND, Spans, together


def spans(*seconds: float) -> Spans:
    made = Spans()
    for each in seconds:
        made.add(timedelta(seconds=each))
    return made


def test_the_nearest_ranks() -> None:
    assert spans(*range(1, 101)).rank(50, 90, 100) == (50, 90, 100)
    assert spans(5, 1, 3).rank(50, 90, 100) == (3, 5, 5)
    assert spans(7.9).rank(50, 100) == (7, 7)
    assert spans().rank(50, 90) == (None, None)


def test_the_distribution_has_every_bucket_and_knows_its_edges() -> None:
    found = dict(spans(9.99, 10, 59, 60, 86_400, 7 * 86_400, 10**8).distribution())
    assert found["under 10 seconds"] == 1
    assert found["10 seconds to 1 minute"] == 2
    assert found["1 to 10 minutes"] == 1
    assert found["1 to 7 days"] == 1
    assert found[BEYOND] == 2
    assert found["1 to 4 hours"] == 0


@given(st.lists(st.integers(0, 10**7), min_size=1), st.integers(1, 100))
def test_a_rank_is_one_of_the_spans_and_so_many_do_not_exceed_it(seconds: list[int], percent: int) -> None:
    (rank,) = spans(*seconds).rank(percent)
    assert rank in seconds
    assert sum(each <= rank for each in seconds) * 100 >= percent * len(seconds)
    assert sum(each < rank for each in seconds) * 100 < percent * len(seconds)


@given(st.lists(st.lists(st.integers(0, 10**7))))
def test_nothing_is_lost_in_buckets_and_together(parts: list[list[int]]) -> None:
    whole = together(spans(*part) for part in parts)
    assert sum(count for _, count in whole.distribution()) == len(whole) == sum(map(len, parts))
