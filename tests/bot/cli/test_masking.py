from __future__ import annotations

import pytest

from bot.cli.masking import MASK, without_password


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db/name",
        "postgresql://me:hunter2@db:5432/name?sslmode=require",
        "postgresql://me:hunter2/3@db/name",
        "postgresql://me:hun:ter2@db/name",
        "postgresql://me:hunter2@home@db/name",
        "postgresql://:hunter2@db/name",
        "postgresql://db/name?password=hunter2",
        "https://me:hunter2@example.com/hook",
    ],
)
def test_a_password_is_masked_however_it_is_written(url: str) -> None:
    shown = without_password(url)
    assert MASK in shown
    assert "hunter2" not in shown
    assert "ter2" not in shown
    assert "home" not in shown


@pytest.mark.parametrize(
    "url", ["sqlite:///countersign.db", "postgresql://me@db:5432/name", "https://slack.com/api/", "127.0.0.1:8080", ""]
)
def test_what_has_no_password_stays_as_it_is(url: str) -> None:
    assert without_password(url) == url
