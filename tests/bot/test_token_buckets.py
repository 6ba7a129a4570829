"""So many a second for each caller, and no more callers than fit."""

from __future__ import annotations

from bot.token_buckets import TokenBuckets
from tests.support.clock import Seconds


def test_a_burst_is_twice_the_rate_and_fills_again() -> None:
    clock = Seconds()
    buckets = TokenBuckets(5, clock)
    assert [buckets.take("a") for _ in range(11)] == [0] * 10 + [1]
    assert buckets.take("b") == 0, "others are not touched"
    clock.now += 0.2
    assert [buckets.take("a"), buckets.take("a")] == [0, 1]
    clock.now += 3600
    assert [buckets.take("a") for _ in range(11)] == [0] * 10 + [1]


def test_a_rate_below_one_lets_one_through_and_says_how_long_to_wait() -> None:
    clock = Seconds()
    buckets = TokenBuckets(0.1, clock)
    assert [buckets.take("a"), buckets.take("a")] == [0, 10]
    clock.now += 10
    assert buckets.take("a") == 0


def test_what_is_refused_costs_nothing() -> None:
    clock = Seconds()
    buckets = TokenBuckets(1, clock)
    assert [buckets.take("a") for _ in range(100)].count(0) == 2
    clock.now += 1
    assert buckets.take("a") == 0


def test_zero_means_no_limit_and_keeps_nothing() -> None:
    buckets = TokenBuckets(0, Seconds())
    assert {buckets.take("a") for _ in range(1000)} == {0}
    assert len(buckets) == 0


def test_made_up_callers_fill_no_memory_and_refuse_nobody() -> None:
    buckets = TokenBuckets(1, Seconds(), most=100)
    assert {buckets.take(f"caller-{number}") for number in range(10_000)} == {0}
    assert len(buckets) == 100
    assert buckets.take("an honest one") == 0
