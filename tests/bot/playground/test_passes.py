from __future__ import annotations

import pytest

from bot.playground.errors import SlackError
from bot.playground.passes import ResponseUrls, Triggers
from tests.bot.playground.conftest import HandClock


def refusal(call: object) -> str:
    with pytest.raises(SlackError) as refused:
        call()  # type: ignore[operator]
    return refused.value.code


def test_a_trigger_opens_once_within_three_seconds() -> None:
    clock = HandClock()
    triggers = Triggers(clock)
    in_time, late = triggers.issue("U01"), triggers.issue("U02")
    clock.forward(3.0)
    assert triggers.exchange(in_time) == "U01"
    assert refusal(lambda: triggers.exchange(in_time)) == "exchanged_trigger_id"
    clock.forward(0.1)
    assert refusal(lambda: triggers.exchange(late)) == "expired_trigger_id"
    assert refusal(lambda: triggers.exchange("1.2.3")) == "invalid_trigger_id"


def test_a_response_url_takes_five_answers() -> None:
    urls = ResponseUrls(HandClock())
    secret = urls.issue("U01", "C01", "1.2").removeprefix("/response/")
    assert [urls.use(secret).channel for _ in range(5)] == ["C01"] * 5
    assert refusal(lambda: urls.use(secret)) == "used_url"
    assert refusal(lambda: urls.use("guess")) == "no_such_url"


def test_a_response_url_works_for_thirty_minutes() -> None:
    clock = HandClock()
    urls = ResponseUrls(clock)
    secret = urls.issue("U01", "C01").removeprefix("/response/")
    clock.forward(30 * 60)
    urls.use(secret)
    clock.forward(1)
    assert refusal(lambda: urls.use(secret)) == "expired_url"
