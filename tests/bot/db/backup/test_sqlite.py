"""A SQLite file is copied while somebody writes to it, and back to where nothing is."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.backup import sqlite
from bot.db.backup.files import BackupError
from bot.db.database import open_database
from tests.bot.db.backup.conftest import LEAVES, names
from tests.bot.db.samples import BOB, PRODUCTION


@pytest.fixture
def store_url(sqlite_store_url: str) -> str:
    """Here only SQLite is of interest."""
    return sqlite_store_url


@pytest.fixture
def live(filled_url: str) -> Iterator[Path]:
    """The file of a database that a writer holds open, with a change that is in its `-wal` file alone."""
    file = Path(filled_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE people SET name = 'Robert' WHERE email = 'bob@example.com'")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM log_leaves")
        yield file
        writer.execute("ROLLBACK")


async def test_a_backup_has_what_is_committed_and_nothing_else(live: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    contents = sqlite.back_up(live, file)
    assert (contents.log.size, contents.promotions) == (LEAVES, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [name for name in names(tmp_path) if "a.backup" in name] == ["a.backup"], "one file, and no draft"
    elsewhere = tmp_path / "elsewhere.db"
    assert sqlite.restore(file, elsewhere) == contents
    restored = open_database(f"sqlite:///{elsewhere}")
    await restored.check()
    person = await restored.read(lambda store: store.people.get(BOB.id))
    assert (person.name if person else None) == "Robert"
    assert await restored.read(lambda store: store.environments.get(PRODUCTION.id)) == PRODUCTION
    await restored.close()


def test_nothing_is_overwritten(live: Path, tmp_path: Path) -> None:
    before = live.read_bytes()
    sqlite.back_up(live, tmp_path / "a.backup")
    for there in (tmp_path / "a.backup", live):
        with pytest.raises(BackupError, match="exists"):
            sqlite.back_up(live, there)
        with pytest.raises(BackupError, match=r"exists|is left of another database"):
            sqlite.restore(tmp_path / "a.backup", there)
    assert live.read_bytes() == before


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_is_left_of_another_database_is_not_mixed_in(live: Path, tmp_path: Path, ending: str) -> None:
    sqlite.back_up(live, tmp_path / "a.backup")
    (tmp_path / f"new.db{ending}").write_bytes(b"changes of another database")
    with pytest.raises(BackupError, match="left of another database") as refusal:
        sqlite.restore(tmp_path / "a.backup", tmp_path / "new.db")
    assert "Stop the server" in refusal.value.hint
    assert not (tmp_path / "new.db").exists()


def test_a_damaged_file_is_neither_backed_up_nor_restored(live: Path, tmp_path: Path) -> None:
    sqlite.back_up(live, tmp_path / "a.backup")
    whole = (tmp_path / "a.backup").read_bytes()
    for name, content in (("cut", whole[: len(whole) // 2]), ("torn", whole[:8192] + b"\xff" * 4096 + whole[12288:])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BackupError, match=r"damaged|copied|malformed|no tables"):
            sqlite.restore(tmp_path / name, tmp_path / "new.db")
        with pytest.raises(BackupError, match=r"damaged|copied|malformed|no tables"):
            sqlite.back_up(tmp_path / name, tmp_path / "b.backup")
        assert not list(tmp_path.glob("*new.db*")) + list(tmp_path.glob("*b.backup*"))


def test_rows_that_refer_to_nothing_are_seen(live: Path, tmp_path: Path) -> None:
    sqlite.back_up(live, tmp_path / "a.backup")
    with closing(sqlite3.connect(tmp_path / "a.backup")) as opened:
        opened.execute("DELETE FROM environments")
        opened.commit()
    with pytest.raises(BackupError, match="refer to what is not there"):
        sqlite.restore(tmp_path / "a.backup", tmp_path / "new.db")


def test_what_is_no_backup_is_said(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP...")
    with pytest.raises(BackupError, match="no backup of a SQLite database"):
        sqlite.restore(tmp_path / "dump", tmp_path / "new.db")
    with pytest.raises(BackupError, match="There is no database file"):
        sqlite.back_up(tmp_path / "none.db", tmp_path / "a.backup")


def test_the_files_of_a_killed_server_are_read_whole(live: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    for ending in ("", "-wal"):
        shutil.copyfile(f"{live}{ending}", killed / f"countersign.db{ending}")
    sqlite.back_up(killed / "countersign.db", tmp_path / "a.backup")
    with closing(sqlite3.connect(tmp_path / "a.backup")) as opened:
        assert opened.execute("SELECT name FROM people WHERE email = 'bob@example.com'").fetchone() == ("Robert",)
