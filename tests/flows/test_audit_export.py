"""From promotions by REST to a folder that an auditor checks alone, on both databases."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.servers import PROGRAMS
from tests.support.world import World, program_environment


async def ask(w: World, version: str) -> str:
    """Alice asks for a release of the shop to go to production; gives the promotion's id."""
    release = await w.release(version)
    wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id), "reason": f"Ships {version}"}
    asked = await w.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    assert asked.body["status"] == "awaiting_approval", asked.body
    return str(asked.body["id"])


async def act(w: World, who: str, id: str, verb: str, body: Any) -> str:
    answer = await w.rest(who, "POST", f"/promotions/{id}/{verb}", body)
    assert answer.status == 200, answer.body
    return str(answer.body["status"])


async def bash(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-euo", "pipefail", "-c", script]
    path = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(folder.parent), **environment}
    return await asyncio.to_thread(
        subprocess.run, command, cwd=folder, env=path, capture_output=True, text=True, timeout=90, check=False
    )


async def test_a_period_is_taken_away_and_checked_without_us(w: World, tmp_path: Path) -> None:
    approved, rejected, cancelled, waiting = [await ask(w, f"1.{minor}.0") for minor in range(4)]
    assert await act(w, "bob", approved, "approve", {"comment": "looked at the scan"}) == "awaiting_approval"
    assert await act(w, "sam", approved, "approve", {}) == "approved"
    assert await act(w, "carol", rejected, "reject", {"reason": "=1+1 <b>no</b>"}) == "rejected"
    assert await act(w, "alice", cancelled, "cancel", {"reason": "tomorrow"}) == "cancelled"

    url = w.app.core.settings.database_url
    environment = program_environment(url, tmp_path, w.slack.ground.api_url, 1)
    now = w.clock()
    first, last = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))
    export = f"countersign audit export --from {first} --to {last} --json --out audited"
    done = await bash(export, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    told, folder = json.loads(done.stdout), tmp_path / "audited"
    assert (told["decisions"], told["undecided"]) == (3 + 4, 1), "three, and four to staging by gates alone"

    with (folder / "promotions.csv").open(newline="") as file:
        rows = {row["promotion_id"]: row for row in csv.DictReader(file)}
    outcomes = {id: (rows[id]["status"], rows[id]["separation"]) for id in (approved, rejected, cancelled, waiting)}
    assert outcomes == {
        approved: ("approved", "separate"),
        rejected: ("rejected", ""),
        cancelled: ("cancelled", ""),
        waiting: ("", ""),
    }
    assert rows[rejected]["comment"] == "'=1+1 <b>no</b>"
    packet = await w.rest("ci", "GET", f"/promotions/{approved}/evidence")
    assert rows[approved]["content_hash"] == packet.body["contentHash"]
    assert "&lt;b&gt;no&lt;/b&gt;" in (folder / "index.html").read_text()

    lines = re.findall(r"^    (.*)$", (folder / "README.txt").read_text(), re.MULTILINE)
    checked = await bash("\n".join(lines), folder, {})
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "complete" in checked.stdout and "Verified OK" in checked.stdout
    assert "NOT VALID" not in checked.stdout

    file_name = f"evidence-{rows[approved]['packet_id']}.json"
    changed = folder / "packets" / file_name
    changed.write_bytes(changed.read_bytes().replace(b"looked at", b"looked  t", 1))
    for line in lines:
        if line.startswith(("sha256sum", "find packets", "countersign")):
            noticed = await bash(line, folder, {})
            assert noticed.returncode != 0, line
            assert file_name in noticed.stdout + noticed.stderr
    again = await bash(export, tmp_path, environment)
    assert (again.returncode, json.loads(again.stderr)["message"]) == (2, "audited is there already")
