"""The database is full, may only be read, is locked, is cut off during a COMMIT or is started again.

Whatever it is, people are told 503 with when to try again, in Slack in plain words, and nothing is there by halves.
When it is over the same server goes on, without anybody's hand. Each test ends with all rows read
(`tests/support/agreement.py`).
"""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import asyncpg  # type: ignore[import-untyped]
import pytest

from bot.db import engines
from tests.resilience.votes import awaiting, in_slack, require_approved, vote
from tests.support.agreement import disagreements, looked_at, require_agreement
from tests.support.crowd import NOT_NOW, Crowd, made_ready
from tests.support.figures import Figures
from tests.support.lives import living
from tests.support.ports import unused_port
from tests.support.postgres import PostgresCluster
from tests.support.signed import SignedHand
from tests.support.world import (
    CHANNEL_ID,
    SIGNING_SECRET,
    TEAM,
    Answer,
    World,
    program_environment,
    world,
)

SEED = int(os.environ.get("COUNTERSIGN_TEST_SEED", "20261125"))


def require_refusal(answer: Answer, words: str) -> None:
    """A problem that says what is wrong and when to try again."""
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json"), answer.body
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.body["code"] == "unavailable"
    assert words in answer.body["detail"]


async def refused_then_decided(w: World, url: str, promotion_id: str, words: str, mend: Callable[[], object]) -> None:
    """Bob is refused by REST and in Slack while it lasts; afterwards he and Sam decide, by the same server."""
    try:
        require_refusal(await vote(w, "bob", promotion_id), words)
        await in_slack(w, "bob", promotion_id, NOT_NOW)
        found = await w.rest("bob", "GET", f"/promotions/{promotion_id}")
        assert (found.status, found.body["approvals"]) == (200, []), "reading goes on, and nothing is there by halves"
    finally:
        mend()
    assert (await vote(w, "bob", promotion_id)).status == 200
    await in_slack(w, "sam", promotion_id, "You approved")
    await require_approved(w, promotion_id)
    await require_agreement(url)


def mounted(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own, where this user may make one."""
    folder.mkdir()
    if not mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(file: Path) -> None:
    """Take the last byte of a disk."""
    with file.open("wb", buffering=0) as opened:
        for size in (65536, 1):
            try:
                while True:
                    opened.write(bytes(size))
            except OSError:
                continue


async def test_a_full_disk_is_said_and_outlived(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        url = f"sqlite+aiosqlite:///{disk / 'countersign.db'}"
        async with world(url, tmp_path) as w:
            promotion_id = await awaiting(w)
            fill(disk / "others")
            await refused_then_decided(
                w, url, promotion_id, "The disk with the database is full", (disk / "others").unlink
            )


@pytest.mark.usefixtures("in_full")
async def test_a_file_that_may_not_grow_is_said_and_outlived(tmp_path: Path) -> None:
    url, port = f"sqlite+aiosqlite:///{tmp_path / 'countersign.db'}", unused_port()
    async with world(url, tmp_path) as w:
        promotion_id = await awaiting(w)
        w.url = f"http://127.0.0.1:{port}"
        slack = f"{w.slack.ground.api_url}"
        hand = SignedHand(w.session, f"{w.url}/slack/events", SIGNING_SECRET, TEAM, f"{slack}nowhere")
        settings = program_environment(url, tmp_path, slack, port)
        async with living(settings, w.url, tmp_path) as life:
            assert await life.until_ready(w.session)
            resource.prlimit(life.running.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            require_refusal(await vote(w, "bob", promotion_id), "The disk with the database")
            _, words = await hand.command("U02", CHANNEL_ID, "/promotions", f"approve {promotion_id}")
            assert NOT_NOW in words
            resource.prlimit(life.running.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            assert (await vote(w, "bob", promotion_id)).status == 200
            _, words = await hand.command("U04", CHANNEL_ID, "/promotions", f"approve {promotion_id}")
            assert "You approved" in words
        await require_agreement(url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a lock as long as in earnest."""
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 200)
    monkeypatch.setattr(engines, "COMMAND_TIMEOUT_S", 0.5)


@pytest.mark.usefixtures("impatient")
async def test_a_lock_of_another_program_is_said_and_outlived(sqlite_url: str, tmp_path: Path) -> None:
    async with world(sqlite_url, tmp_path) as w:
        promotion_id = await awaiting(w)
        with closing(sqlite3.connect(tmp_path / "countersign.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await refused_then_decided(
                w, sqlite_url, promotion_id, "locked by another program", lambda: other.execute("ROLLBACK")
            )


@pytest.mark.usefixtures("impatient")
async def test_locked_tables_of_postgresql_are_said_and_outlived(
    postgres_database: str, postgres_cluster: PostgresCluster, tmp_path: Path
) -> None:
    async with world(postgres_database, tmp_path) as w:
        promotion_id = await awaiting(w)
        other = await asyncpg.connect(postgres_cluster.plain_url(postgres_cluster.name_of(postgres_database)))
        await other.execute("BEGIN; LOCK TABLE votes IN SHARE MODE")
        await refused_then_decided(
            w, postgres_database, promotion_id, "The database cannot be reached", other.terminate
        )


@pytest.mark.usefixtures("in_full")
async def test_a_database_that_may_only_be_read_is_said_and_outlived(
    postgres_database: str, postgres_cluster: PostgresCluster, tmp_path: Path
) -> None:
    name = postgres_cluster.name_of(postgres_database)

    def allow(change: str) -> None:
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' \\g /dev/null"
        postgres_cluster.run_sql(f"ALTER DATABASE {name} {change};\n{cut}")

    async with world(postgres_database, tmp_path) as w:
        promotion_id = await awaiting(w)
        allow("SET default_transaction_read_only = on")
        mend = "RESET default_transaction_read_only"
        await refused_then_decided(w, postgres_database, promotion_id, "only be read", lambda: allow(mend))


@contextmanager
def for_reading_only(folder: Path) -> Iterator[None]:
    """Nobody writes into the folder, not even root."""
    if os.geteuid():
        folder.chmod(0o500)
        for file in folder.iterdir():
            file.chmod(0o400)
        yield
        folder.chmod(0o700)
        for file in folder.iterdir():
            file.chmod(0o600)
        return
    if not mounted("--bind", str(folder), str(folder)):
        pytest.skip("no folder can be made read-only here")
    try:
        assert mounted("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.usefixtures("in_full")
async def test_a_server_does_not_start_on_a_file_that_it_may_only_read(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    folder.mkdir()
    url = f"sqlite+aiosqlite:///{folder / 'countersign.db'}"
    async with world(url, tmp_path) as w:
        await awaiting(w)
    settings = program_environment(url, tmp_path, "http://127.0.0.1:1/", unused_port())
    with for_reading_only(folder):
        async with living(settings, "", tmp_path) as life:
            assert await asyncio.wait_for(life.running.wait(), 20) == 1
    said = (tmp_path / "program.log").read_text()
    assert "Error: The database" in said
    assert "Traceback" not in said
    await require_agreement(url)


@pytest.mark.timeout(180)
async def test_postgresql_is_started_again_under_load(
    own_cluster: PostgresCluster, tmp_path: Path, figures: Figures, *, short: bool
) -> None:
    url = own_cluster.create()
    restarts = 1 if short else 8
    async with world(url, tmp_path) as w:
        environment = await made_ready(w)
        hand = SignedHand(w.session, f"{w.url}/slack/events", SIGNING_SECRET, TEAM, f"{w.slack.ground.api_url}nowhere")
        crowd, over = Crowd(w, hand, environment, Random(SEED)), asyncio.Event()
        working = asyncio.create_task(crowd.work_through(4, over))
        for _ in range(restarts):
            await asyncio.sleep(0.3 if short else 1.5)
            await asyncio.to_thread(own_cluster.restart)
        await asyncio.sleep(0.3)
        over.set()
        await working
        await crowd.insist()
        found = await looked_at(url, lambda sync: [*disagreements(sync), *crowd.lost(sync)])
    print("\n".join(found[:20]))
    about = (
        f"{restarts} times, seed {SEED}; {len(crowd.stories)} promotions, {crowd.said['NotNowError']} told to try again"
    )
    name = "PostgreSQL stopped at once and started again under load: disagreements and losses"
    figures.exactly(name, len(found), 0, about=about)
