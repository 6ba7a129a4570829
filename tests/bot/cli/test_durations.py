from __future__ import annotations

from datetime import timedelta

import pytest
import typer

from bot.cli.durations import duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("90d", timedelta(days=90)),
        (" 4w ", timedelta(weeks=4)),
    ],
)
def test_spans_as_people_type_them(text: str, span: timedelta) -> None:
    assert duration(text) == span


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1y", "1.5h", "0d", "999999w", "٣d"])
def test_everything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        duration(text)
