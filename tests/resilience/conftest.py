"""What the tests of survival share."""

from __future__ import annotations

import pytest


@pytest.fixture
def in_full(*, short: bool) -> None:
    """Leave a test to the full run, where the short one has a similar one."""
    if short:
        pytest.skip("in the full run alone")
