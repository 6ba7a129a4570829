"""Scenes for whole promotions, and the programs that serve them: the product's own, and a floor's."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiohttp import ClientSession

from core.app.drafts import ReleaseDraft, ScanDraft
from core.domain.people import SYSTEM, SlackAccount
from core.domain.release import Artifact
from tests.benchmarks.load import CLIENTS, Scene, load
from tests.support.delivering import until_delivered
from tests.support.ports import unused_port
from tests.support.postgres import PostgresCluster
from tests.support.servers import serving
from tests.support.shared_data import ROOT
from tests.support.world import PEOPLE, TEAM, product

NO_SLACK = "http://127.0.0.1:9/api/"


async def built(database_url: str, folder: Path) -> Scene:
    """A database with people, gates, policies and a scanned release for each client, deployed in staging; then one
    whole promotion through the program, for the floors to replay."""
    accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
    async with product(database_url, folder, NO_SLACK, accounts) as made:
        releasing = made.app.core.countersign.releasing
        ids = []
        for number in range(CLIENTS):
            draft = ReleaseDraft(f"shop-{number}", "1.4.0", artifacts=(Artifact("shop", f"sha256:{number:064}"),))
            release = await releasing.register(SYSTEM, draft)
            await releasing.submit_scan(SYSTEM, ScanDraft(release.id, "trivy", critical=0, high=2))
            await made.deploy_to_staging(release)
            ids.append(str(release.id))
        scene = Scene(database_url, tuple(ids), str(made.production.id), made.tokens)
    async with program(database_url, folder) as port:
        await load([port], scene, each=1, clients=1)
        await drained(port)
    return scene


@contextmanager
def durable(cluster: PostgresCluster) -> Iterator[PostgresCluster]:
    """The tests' server with its commits on the disk before they are answered, as it comes."""
    names = ("fsync", "synchronous_commit", "full_page_writes")
    _alter(cluster, (f"RESET {name}" for name in names))
    try:
        yield cluster
    finally:
        _alter(cluster, (f"SET {name} = off" for name in names))


def _alter(cluster: PostgresCluster, changes: Iterable[str]) -> None:
    cluster.run_sql("".join(f"ALTER SYSTEM {change};\n" for change in changes))
    cluster.run_sql("SELECT pg_reload_conf()")


@asynccontextmanager
async def program(database_url: str, folder: Path) -> AsyncIterator[int]:
    """`countersign serve` with the REST door; gives its port."""
    port = unused_port()
    environment = {
        "COUNTERSIGN_DATABASE_URL": database_url,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_SIGNING_KEY": str(folder / "signing-key.pem"),
        "COUNTERSIGN_RATE_LIMIT": "0",
    }
    async with serving(environment, f"http://127.0.0.1:{port}", folder):
        yield port


@asynccontextmanager
async def floor(name: str, *arguments: str) -> AsyncIterator[int]:
    """A program of `tests.benchmarks.floors`; gives its port once it listens."""
    port = unused_port()
    command = (sys.executable, "-m", f"tests.benchmarks.floors.{name}", *arguments, str(port))
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=_environment())
    try:
        await _until_listening(port)
        yield port
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def drained(port: int) -> None:
    """Wait until no errand is left."""
    async with ClientSession() as session:
        await until_delivered(session, f"http://127.0.0.1:{port}")


def _environment() -> Mapping[str, str]:
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


async def _until_listening(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError(f"nothing listens on port {port}")
