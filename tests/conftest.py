"""What every test can ask for; each part is explained in its own module below `tests/support`."""

from __future__ import annotations

import pytest

from tests.support.clock import FakeClock, SequentialIds

pytest_plugins = [
    "tests.support.bench",
    "tests.support.browser",
    "tests.support.databases",
    "tests.support.leaks",
    "tests.support.loopback",
    "tests.support.ports",
    "tests.support.postgres",
    "tests.support.shared_data",
    "tests.support.figures",
    "tests.support.slack_emulator",
    "tests.support.softhsm",
    "tests.support.stores",
    "tests.support.timestamping",
]


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at `MORNING`."""
    return FakeClock()


@pytest.fixture
def new_id() -> SequentialIds:
    """Ids `nth_id(1)`, `nth_id(2)`, ..."""
    return SequentialIds()
