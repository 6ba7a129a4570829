"""The file that a SQLite database lives in."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import UnavailableError


def make_private_file(path: Path) -> None:
    """Create the file, for its owner's eyes only, and the folders above it, where they are missing.

    SQLite gives its `-wal` and `-shm` files the same mode. Raises UnavailableError where that is not possible.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise UnavailableError(
            f"The database file {path} cannot be made: {error.strerror}", hint="Check COUNTERSIGN_DATABASE_URL."
        ) from None
