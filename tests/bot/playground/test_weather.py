from __future__ import annotations

from bot.playground.hub import Hub
from bot.playground.weather import Weather


def test_a_rate_limit_ends_after_so_many_calls() -> None:
    weather = Weather(Hub())
    weather.rate_limit("chat.postMessage", seconds=7, times=2)
    assert weather.wait_for("chat.update") is None
    assert [weather.wait_for("chat.postMessage") for _ in range(3)] == [7, 7, None]


def test_one_limit_may_stand_for_all_methods_and_be_lifted() -> None:
    weather = Weather(Hub())
    weather.rate_limit(seconds=1, times=5)
    assert weather.wait_for("users.info") == 1
    assert weather.left() == {"*": 4}
    weather.rate_limit(times=0)
    assert weather.wait_for("users.info") is None
