"""A witness follows the log of a real server: it fetches, checks, cosigns, and everybody sees its word."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.db.schema import migrate
from core.evidence.keyring import KeyRing
from core.evidence.log.checkpoints import Checkpoint, trusted_checkpoint
from core.evidence.log.merkle import consistency_holds
from tests.core.evidence.log.samples import Witness
from tests.support.ports import unused_port
from tests.support.servers import PROGRAMS, serving

WITNESS = Witness()


async def run(folder: Path, environment: dict[str, str], *words: str) -> str:
    """Type a command that must go well."""
    command = [f"{PROGRAMS}/countersign", *words]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def fetched(session: ClientSession, url: str) -> bytes:
    async with session.get(url) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


async def test_a_witness_cosigns_what_it_has_checked_and_auditors_can_ask_for_it(
    database_url: str, tmp_path: Path
) -> None:
    await migrate(database_url)
    port = unused_port()
    environment = {
        "PATH": f"{PROGRAMS}",
        "HOME": str(tmp_path),
        "COUNTERSIGN_DATABASE_URL": database_url,
        "COUNTERSIGN_LISTEN": f"127.0.0.1:{port}",
        "COUNTERSIGN_LOG_ORIGIN": "example.com/log",
        "COUNTERSIGN_LOG_WITNESSES": WITNESS.key.to_text(),
    }
    url = f"http://127.0.0.1:{port}"
    async with serving(environment, url, tmp_path), ClientSession() as session:
        token = (await run(tmp_path, environment, "token", "create", "--service", "w", "--scope", "reader")).strip()
        keys = KeyRing.from_jwks(await fetched(session, f"{url}/.well-known/jwks.json"))

        async def head() -> Checkpoint:
            return trusted_checkpoint(await fetched(session, f"{url}/api/v1/log/checkpoint"), keys).checkpoint

        first = await head()
        await run(tmp_path, environment, "key", "rotate", "second.pem")
        second = await head()
        answer = json.loads(
            await fetched(session, f"{url}/api/v1/log/proof/consistency?from={first.size}&to={second.size}")
        )
        hashes = [base64.b64decode(each) for each in answer["hashes"]]
        assert consistency_holds(first.size, second.size, first.root, second.root, hashes)
        body: dict[str, Any] = {"treeSize": second.size, "cosignatures": [WITNESS.line(second.text)]}
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{url}/api/v1/log/witness-cosignatures", json=body, headers=headers) as answered:
            assert answered.status == 200, await answered.text()
        (tmp_path / "checkpoint.note").write_bytes(await fetched(session, f"{url}/api/v1/log/checkpoint"))
        await run(tmp_path, environment, "log", "export", "log")
    asked = ("--witness", WITNESS.key.to_text(), "--json")
    verified = json.loads(await run(tmp_path, environment, "verify", "checkpoint.note", "--log", "log", *asked))
    assert [each["kind"] for each in verified["files"]] == ["log", "checkpoint"]
    assert "witness.example/w1 on " in str(verified["files"][1]["steps"])
