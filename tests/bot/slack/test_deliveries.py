"""A deed is done once however often it is delivered."""

from __future__ import annotations

from bot.slack.deliveries import Deliveries


def test_a_repeat_is_no_first() -> None:
    seen = Deliveries()
    assert [seen.is_first(each) for each in ("a", "b", "a", "a")] == [True, True, False, False]


def test_what_has_no_id_always_counts() -> None:
    seen = Deliveries()
    assert seen.is_first("")
    assert seen.is_first("")


def test_what_failed_may_come_again() -> None:
    seen = Deliveries()
    seen.is_first("a")
    seen.forget("a")
    seen.forget("never seen")
    assert seen.is_first("a")


def test_the_memory_has_an_end() -> None:
    seen = Deliveries(most=2)
    for each in "abc":
        seen.is_first(each)
    assert [seen.is_first("c"), seen.is_first("a")] == [False, True]
