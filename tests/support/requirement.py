"""What a machine may lack: tests are skipped there with a reason, but never silently where the machine must have it."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_YES = {"1", "true", "yes"}


def unavailable(what: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where `COUNTERSIGN_REQUIRE_<WHAT>` says that this machine must be able to run it."""
    switch = f"COUNTERSIGN_REQUIRE_{what.upper()}"
    if os.environ.get(switch, "").lower() in _YES:
        pytest.fail(f"{reason} ({switch} is set, so this test may not be skipped)", pytrace=False)
    pytest.skip(reason)
