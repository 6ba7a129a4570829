"""What can be typed behind `/approvals`."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.grammar import Help, UsageError
from bot.slack.quiet_words import Quiet, ShowQuiet, Snooze, read_approvals
from core.domain.quiet import QuietHours


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("  ", None),
        ("help", Help()),
        ("snooze 2h", Snooze(timedelta(hours=2))),
        ("Snooze 90 minutes", Snooze(timedelta(minutes=90))),
        ("snooze 1 day", Snooze(timedelta(days=1))),
        ("snooze off", Snooze(None)),
        ("quiet", ShowQuiet()),
        ("quiet off", Quiet(None)),
        ("quiet 22:00-07:00", Quiet(QuietHours(time(22), time(7)))),
        ("quiet 22 to 7", Quiet(QuietHours(time(22), time(7)))),
        ("QUIET 9:30 \u2013 17:05", Quiet(QuietHours(time(9, 30), time(17, 5)))),
    ],
)
def test_it_is_understood(typed: str, meant: object) -> None:
    assert read_approvals(typed) == meant


@pytest.mark.parametrize("typed", ["later", "snooze", "snooze soon", "quiet 25:00-07:00", "quiet 7-7", "quiet 7:60-8"])
def test_what_is_not_understood_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_approvals(typed)
    assert any(example.startswith("/approvals") for example in refused.value.examples)


@given(st.sampled_from(["", "quiet ", "snooze "]), st.text(max_size=30))
def test_nothing_typed_is_more_than_misunderstood(word: str, rest: str) -> None:
    try:
        read_approvals(word + rest)
    except UsageError as refused:
        assert refused.examples
