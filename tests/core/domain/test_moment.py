from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.moment import moment_of, moment_text
from core.errors import InvalidError


def test_times_are_utc_with_z_and_microseconds_only_where_there_are_some() -> None:
    berlin = timezone(timedelta(hours=1))

    assert moment_text(datetime(2026, 1, 10, 15, 30, tzinfo=berlin)) == "2026-01-10T14:30:00Z"
    assert moment_text(datetime(2026, 1, 10, 14, 30, 0, 50, tzinfo=UTC)) == "2026-01-10T14:30:00.000050Z"
    with pytest.raises(InvalidError, match="no time zone"):
        moment_text(datetime(2026, 1, 10))  # noqa: DTZ001


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_time_is_read_back(moment: datetime) -> None:
    assert moment_of(moment_text(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10T14:30:00+00:00",
        "2026-01-10T14:30:00.000000Z",
        "2026-01-10T14:30:00z",
        "2026-01-10 14:30:00Z",
        "2026-02-30T14:30:00Z",
        "2026-01-10T14:30:00.5Z",
        "٢٠٢٦-01-10T14:30:00Z",
        "",
    ],
)
def test_no_other_spelling_of_a_time_is_read(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a time"):
        moment_of(text)
