"""The file of a SQLite database."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.db.files import make_private_file
from core.errors import UnavailableError


def test_the_file_and_its_folders_are_made_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "c.db"
    make_private_file(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    path.write_bytes(b"content")
    path.chmod(0o640)
    make_private_file(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"content", 0o640)


def test_where_it_cannot_be_made_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="cannot be made"):
        make_private_file(tmp_path / "file" / "c.db")
