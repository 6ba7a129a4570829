"""The transparency log at size: verified whole from its export, one leaf proved, and one more added.

100,000 entries (5,000 in short). What is held are ratios within the same run; seconds and milliseconds are goals of a
quiet machine, with room for a busy one.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.cli.standalone import verify_log
from bot.db.database import Database, open_database
from core.app.ports import Store
from core.app.proving import Proving
from core.domain.people import SYSTEM
from core.evidence.log.entries import LogEntry, logged_decision
from core.evidence.log.examination import Known
from core.evidence.log.tiles import bundles_of, tiles_of
from core.evidence.log.whole import examine_log
from tests.core.evidence.decisions import jwks
from tests.core.evidence.samples import ring
from tests.support.clock import MORNING, nth_id
from tests.support.figures import Figures
from tests.support.wired import begun, ports_on

SMALL, LARGE, SHORT = 1_000, 100_000, 5_000
BATCH = 5_000
ROUNDS = 40
SECONDS_FOR_LARGE = 10.0
PROOF_MS = 5.0
BUSY, LONG_WAIT = 4.0, 20.0
"""How much slower a busy machine may be than the quiet one of which a goal speaks; and where it waits for its turn."""


@pytest.mark.timeout(600)
async def test_a_large_log_is_verified_proved_and_grown_as_a_small_one(
    sqlite_store_url: str, tmp_path: Path, figures: Figures, short: bool
) -> None:
    size = SHORT if short else LARGE
    other = tmp_path / "large.db"
    shutil.copyfile(sqlite_store_url.removeprefix("sqlite:///"), other)
    small, large = open_database(sqlite_store_url), open_database(f"sqlite:///{other}")
    await fill(small, SMALL)
    await fill(large, size)

    await verify_the_export(Proving(ports_on(large)), tmp_path / "log", figures, size)
    await prove_and_grow(small, large, figures, size)
    await small.close()
    await large.close()


async def verify_the_export(proving: Proving, folder: Path, figures: Figures, size: int) -> None:
    await export(proving, folder)
    keys = verify_log.load_keys(jwks(ring()))
    began = perf_counter()
    report, log = examine_log(lambda path: (folder / path).read_bytes(), Known(ring()))
    first = perf_counter() - began
    began = perf_counter()
    (_, counted, _), _ = verify_log.verify_log(folder, keys)
    second = perf_counter() - began
    assert report.ok and log is not None and log.size == counted == size

    goal, about = SECONDS_FOR_LARGE * size / LARGE, f"{size:,} entries from their export"
    figures.at_most("log verified", first, goal, "s", about, noise=BUSY)
    figures.at_most("log verified by the small verifier", second, goal, "s", about, noise=BUSY)


async def prove_and_grow(small: Database, large: Database, figures: Figures, size: int) -> None:
    """Take turns, so that whatever else the machine does slows all alike."""
    in_small, in_large = Proving(ports_on(small)), Proving(ports_on(large))
    spots = [(number * 7919 % SMALL, number * 7919 % size) for number in range(ROUNDS)]
    reads, proofs, proofs_in_small, grown, grown_small = [], [], [], [], []
    for near, far in spots:
        reads.append(await timed(lambda: large.read(lambda store: store.log.state())))
        proofs_in_small.append(await timed(lambda at=near: in_small.inclusion(SYSTEM, index=at)))  # type: ignore[misc]
        proofs.append(await timed(lambda at=far: in_large.inclusion(SYSTEM, index=at)))  # type: ignore[misc]
    for number in range(ROUNDS):
        grown_small.append(await timed(lambda at=number: add(small, SMALL + at, 1)))  # type: ignore[misc]
        grown.append(await timed(lambda at=number: add(large, size + at, 1)))  # type: ignore[misc]

    proof, read = median(proofs) * 1000, median(reads) * 1000
    about = f"{size:,} entries; {proof:.2f} ms at p50, one row read {read:.2f} ms"
    figures.at_most("inclusion proof, p50", proof, PROOF_MS, "ms", about, noise=LONG_WAIT)
    figures.at_most("inclusion proof to reading one row", proof / read, 15, about=about)
    figures.at_most(
        "inclusion proof in a large log to a small one",
        proof / 1000 / median(proofs_in_small),
        2,
        about=f"{size:,} entries and {SMALL:,}",
    )
    figures.at_most(
        "one leaf more in a large log to a small one",
        median(grown) / median(grown_small),
        2,
        about=f"{size:,} entries and {SMALL:,}; {median(grown) * 1000:.2f} ms at p50",
    )


async def fill(database: Database, size: int) -> None:
    await database.write(begun)
    already = (await database.read(lambda store: store.log.state())).size
    for first in range(already, size, BATCH):
        await add(database, first, min(BATCH, size - first))
    assert (await database.read(lambda store: store.log.state())).size == size


async def add(database: Database, first: int, count: int) -> None:
    def body(store: Store) -> None:
        for number in range(first, first + count):
            store.log.append(entry(number))

    await database.write(body)


def entry(number: int) -> LogEntry:
    return logged_decision(nth_id(number), f"sha256:{number:064x}", MORNING)


async def export(proving: Proving, folder: Path) -> None:
    """What `countersign log export` writes."""
    published = await proving.checkpoint()
    size = published.checkpoint.size
    files = {"checkpoint": published.text.encode()}
    for bundle in bundles_of(size):
        files[f"tile/{bundle.path}"] = await proving.entries(SYSTEM, bundle.path.removeprefix("entries/"))
    for tile in tiles_of(size):
        files[f"tile/{tile.path}"] = await proving.tile(tile.path)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    began = perf_counter()
    await act()
    return perf_counter() - began
