"""A backup made while people vote, restored on another machine: it verifies, agrees with itself, and goes on."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.support.agreement import disagreements, looked_at, require_agreement
from tests.support.crowd import Crowd, made_ready
from tests.support.figures import Figures
from tests.support.ports import unused_port
from tests.support.postgres import PostgresCluster
from tests.support.servers import PROGRAMS, serving
from tests.support.signed import SignedHand
from tests.support.world import SIGNING_SECRET, TEAM, program_environment, world

SEED = int(os.environ.get("COUNTERSIGN_TEST_SEED", "20261125"))


@pytest.fixture
def another_url(database_url: str, tmp_path: Path, postgres_cluster: PostgresCluster) -> Iterator[str]:
    """Where the backup is restored: another file, or another database."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'another' / 'countersign.db'}"
        return
    url = postgres_cluster.create()
    yield url
    postgres_cluster.drop(url)


async def typed(environment: dict[str, str], folder: Path, *words: str, code: int = 0) -> Any:
    """A command that answers in JSON."""
    running = await asyncio.create_subprocess_exec(
        PROGRAMS / "countersign",
        *words,
        "--json",
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await running.communicate()
    assert running.returncode == code, err.decode()
    return json.loads(out)


async def acknowledged(crowd: Crowd, deeds: int) -> None:
    """Wait until so much was done."""
    for _ in range(2400):
        if crowd.said.total() >= deeds:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"only {crowd.said.total()} deeds")


@pytest.mark.timeout(300)
async def test_a_backup_made_under_load_is_whole_and_goes_on_elsewhere(
    database_url: str,
    another_url: str,
    tmp_path: Path,
    postgres_cluster: PostgresCluster,
    figures: Figures,
    short: bool,
) -> None:
    kind = database_url.partition("+")[0].partition(":")[0]
    if short and kind == "postgresql":
        pytest.skip("in the full run alone")
    path = {"PATH": f"{postgres_cluster.programs}:{os.environ['PATH']}"}
    (tmp_path / "another").mkdir()
    async with world(database_url, tmp_path) as w:
        here = program_environment(database_url, tmp_path, w.slack.ground.api_url, unused_port()) | path
        hand = SignedHand(w.session, f"{w.url}/slack/events", SIGNING_SECRET, TEAM, f"{w.slack.ground.api_url}nowhere")
        crowd, over = Crowd(w, hand, await made_ready(w), Random(SEED)), asyncio.Event()
        working = asyncio.create_task(crowd.work_through(4, over))
        await acknowledged(crowd, 4 if short else 300)
        before = replace(crowd, stories=copy.deepcopy(crowd.stories), asked=set(crowd.asked))
        so_far = crowd.said.total()
        told = await typed(here, tmp_path, "backup", "night.backup")
        over.set()
        await working
        await require_agreement(database_url)
        if not short:
            await typed(here, tmp_path, "log", "export", "log")
            assert (await typed(here, tmp_path, "verify", "--log", "log"))["ok"], "and it is remembered how far it was"
        assert crowd.said.total() > so_far, "people went on meanwhile"
    there = here | {"COUNTERSIGN_DATABASE_URL": another_url}
    restored = await typed(there, tmp_path, "restore", "night.backup")
    assert (restored["log"], restored["rows"]) == (told["log"], told["rows"])
    wrong = await looked_at(another_url, lambda sync: [*disagreements(sync), *before.lost(sync)])
    print("\n".join(wrong[:20]))
    about = f"{restored['rows']['promotions']} promotions, {told['log']['treeSize']} leaves, {told['bytes']} bytes"
    name = f"backup under load, restored elsewhere: disagreements, and what was acknowledged and is lost ({kind})"
    figures.exactly(name, len(wrong), 0, about=about)
    if not short:
        await goes_on(there, tmp_path, w.tokens, next(iter(before.stories)))


async def goes_on(there: dict[str, str], folder: Path, tokens: dict[str, str], promotion_id: str) -> None:
    """The restored one serves; that its log went back since it was last seen is noticed."""
    url = f"http://{there['COUNTERSIGN_LISTEN']}"
    checks = (await typed(there, folder, "doctor", code=1))["checks"]
    (log,) = [check for check in checks if check["name"] == "transparency log"]
    assert log["outcome"] == "failed"
    assert "of the last one seen" in log["message"]
    async with serving(there, url, folder), ClientSession() as session:
        bearer = {"Authorization": f"Bearer {tokens['bob']}"}
        async with session.get(f"{url}/api/v1/promotions/{promotion_id}", headers=bearer) as answer:
            assert answer.status == 200
    await typed(there, folder, "log", "export", "log-there")
    verified = await typed(there, folder, "verify", "--log", "log-there", code=1)
    assert not verified["ok"]
    assert (await typed(there, folder, "verify", "--log", "log-there", "--stateless"))["ok"]
