"""PostgreSQL is dumped and restored by its own programs, at the moment that was examined."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.db.backup import postgres
from bot.db.backup.files import BackupError
from bot.db.database import open_database
from bot.db.urls import parse_url
from tests.bot.db.backup.conftest import LEAVES, names
from tests.bot.db.samples import PRODUCTION
from tests.support.postgres import PostgresCluster

pytestmark = pytest.mark.usefixtures("postgres_programs")


@pytest.fixture
def store_url(postgres_store_url: str) -> str:
    """Here only PostgreSQL is of interest."""
    return postgres_store_url


async def test_a_backup_is_restored_into_another_database(
    filled_url: str, postgres_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    contents = await postgres.back_up(parse_url(filled_url), file)
    assert (contents.log.size, contents.promotions) == (LEAVES, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert names(tmp_path) == ["a.backup"]
    assert await postgres.restore(file, parse_url(postgres_database)) == contents
    restored = open_database(postgres_database)
    await restored.check()
    assert await restored.read(lambda store: store.environments.get(PRODUCTION.id)) == PRODUCTION
    await restored.close()


async def test_nothing_is_overwritten(filled_url: str, tmp_path: Path) -> None:
    url, file = parse_url(filled_url), tmp_path / "a.backup"
    contents = await postgres.back_up(url, file)
    with pytest.raises(BackupError, match="exists"):
        await postgres.back_up(url, file)
    with pytest.raises(BackupError, match="not empty"):
        await postgres.restore(file, url)
    assert await postgres.back_up(url, tmp_path / "b.backup") == contents


async def test_a_dump_that_is_cut_short_restores_nothing(
    filled_url: str, postgres_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    contents = await postgres.back_up(parse_url(filled_url), file)
    whole = file.read_bytes()
    for size in (len(whole) // 2, len(whole) - 40):
        file.write_bytes(whole[:size])
        with pytest.raises(BackupError, match="pg_restore failed"):
            await postgres.restore(file, parse_url(postgres_database))
    file.write_bytes(whole)
    assert await postgres.restore(file, parse_url(postgres_database)) == contents, "it was left empty"


async def test_a_dump_made_by_hand_is_examined_too(
    filled_url: str, postgres_database: str, postgres_cluster: PostgresCluster, tmp_path: Path
) -> None:
    url, file = parse_url(filled_url), tmp_path / "by-hand.dump"
    program = str(postgres_cluster.programs / "pg_dump")
    postgres_cluster.run_sql("DELETE FROM log_leaves WHERE position = 1", postgres_cluster.name_of(filled_url))
    with pytest.raises(BackupError, match="does not have the leaves"):
        await postgres.back_up(url, file)
    assert names(tmp_path) == []
    await postgres._run(url, program, "--format=custom", f"--file={file}")
    with pytest.raises(BackupError, match="does not have the leaves") as refusal:
        await postgres.restore(file, parse_url(postgres_database))
    assert "drop it" in refusal.value.hint


async def test_what_pg_dump_says_is_said(filled_url: str, postgres_cluster: PostgresCluster, tmp_path: Path) -> None:
    name = postgres_cluster.name_of(filled_url)
    postgres_cluster.run_sql("CREATE ROLE stranger LOGIN; GRANT SELECT ON alembic_version TO stranger", name)
    try:
        with pytest.raises(Exception, match="does not let this user") as refusal:
            await postgres.back_up(parse_url(filled_url).set(username="stranger"), tmp_path / "a.backup")
        assert "stranger" not in str(refusal.value)
        assert names(tmp_path) == []
    finally:
        postgres_cluster.run_sql("REVOKE ALL ON alembic_version FROM stranger; DROP ROLE stranger", name)


async def test_what_is_missing_is_said(filled_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "db").write_bytes(b"SQLite format 3\0")
    with pytest.raises(BackupError, match="no backup of a PostgreSQL database"):
        await postgres.restore(tmp_path / "db", parse_url(filled_url))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="no pg_dump here") as refusal:
        await postgres.back_up(parse_url(filled_url), tmp_path / "a.backup")
    assert "pg_dump --format=custom" in refusal.value.hint


def test_the_password_is_on_no_command_line() -> None:
    url = parse_url("postgresql://me:hunter2@db.example.com:5433/cs?sslmode=require")
    assert postgres._environment(url) == {
        "PGHOST": "db.example.com",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "hunter2",
        "PGDATABASE": "cs",
        "PGSSLMODE": "require",
    }
    assert postgres._environment(make_url("postgresql+asyncpg:///cs?host=/run/pg")) == {
        "PGHOST": "/run/pg",
        "PGDATABASE": "cs",
    }


def test_a_name_is_a_name_and_no_option() -> None:
    assert postgres._quoted("a'b\\c host=evil") == r"dbname='a\'b\\c host=evil'"
