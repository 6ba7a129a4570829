"""Real scanner output and public test vectors that stay outside of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.requirement import unavailable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with `scans/` and `vectors/`: `COUNTERSIGN_SHARED_DATA`, else beside the checkout."""
    folder = Path(os.environ.get("COUNTERSIGN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        unavailable("shared_data", "no shared test data: set COUNTERSIGN_SHARED_DATA to its folder")
    return folder
