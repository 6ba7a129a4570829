from __future__ import annotations

import pytest

from core.errors import InvalidError
from core.gates.documents import moment_in


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-09T08:00:00Z", "2026-01-09T08:00:00+00:00"),
        ("2021-08-25T12:20:30.000000005Z", "2021-08-25T12:20:30+00:00"),
        ("2023-09-01T08:13:42.20194-04:00", "2023-09-01T12:13:42.201940+00:00"),
        ("2023-09-01 08:13:42+02:00", "2023-09-01T06:13:42+00:00"),
    ],
)
def test_times_are_read_as_go_and_others_write_them(text: str, moment: str) -> None:
    found = moment_in(text, "at")

    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-01-09", "2026-01-09T08:00:00", "2026-13-09T08:00:00Z", "\u0662026-01-09T08:00:00Z"]
)
def test_what_is_no_time_is_refused_by_the_name_of_its_field(text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        moment_in(text, "metadata.timestamp")

    assert caught.value.field == "metadata.timestamp"


def test_no_time_is_none() -> None:
    assert moment_in("", "at") is None
