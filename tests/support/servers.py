"""The real command in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientConnectionError, ClientSession

STARTS_WITHIN_S = 20.0
LOOK_S = 0.05
PROGRAMS = Path(sys.executable).parent


@asynccontextmanager
async def serving(
    environment: Mapping[str, str],
    url: str,
    folder: Path,
    command: Sequence[str | Path] = (PROGRAMS / "countersign",),
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`countersign serve`, ready to answer at `url`; stopped by SIGTERM at the end unless it is gone already."""
    program = await asyncio.create_subprocess_exec(
        *command,
        "serve",
        cwd=folder,
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until_ready(url)
        yield program
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGTERM)
        await program.wait()


async def until_ready(url: str) -> None:
    """Wait for `/readyz` to answer 200."""
    async with ClientSession() as session:
        for _ in range(int(STARTS_WITHIN_S / LOOK_S)):
            if await _is_ready(session, f"{url}/readyz"):
                return
            await asyncio.sleep(LOOK_S)
    raise TimeoutError(f"{url} is not ready")


async def _is_ready(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except ClientConnectionError:
        return False
