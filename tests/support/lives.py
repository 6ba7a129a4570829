"""A server that is killed and started again: each life is a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.shared_data import ROOT

READY_WITHIN_S = 60.0
LOOK_S = 0.01
_TIMEOUT = ClientTimeout(total=5)


@dataclass
class Life:
    """One process. `ready_after` is how long it took from nothing to `/readyz`; None before, or where it died first."""

    running: asyncio.subprocess.Process
    url: str
    born_at: float
    ready_after: float | None = None

    async def until_ready(self, session: ClientSession) -> bool:
        """Wait until it is ready; False where it is dead before."""
        while time.perf_counter() < self.born_at + READY_WITHIN_S:
            if self.running.returncode is not None:
                return False
            try:
                async with session.get(f"{self.url}/readyz", timeout=_TIMEOUT) as answer:
                    if answer.status == 200:
                        self.ready_after = time.perf_counter() - self.born_at
                        return True
            except (ClientError, ConnectionError, TimeoutError):
                await asyncio.sleep(LOOK_S)
        raise TimeoutError(f"{self.url} is not ready after {READY_WITHIN_S:g} s")

    async def kill(self) -> None:
        """`kill -9`, unless it is dead."""
        if self.running.returncode is None:
            self.running.send_signal(signal.SIGKILL)
        await self.running.wait()

    @property
    def was_killed(self) -> bool:
        """Whether it was killed, by others or by itself; it did not just fail."""
        return self.running.returncode == -signal.SIGKILL


@asynccontextmanager
async def living(environment: Mapping[str, str], url: str, folder: Path, *words: str) -> AsyncIterator[Life]:
    """The command (`serve`, unless `words` say otherwise), with fail points; dead at the end, whatever happens."""
    with (folder / "program.log").open("ab") as log:
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.support.failing",
            *(words or ("serve",)),
            cwd=folder,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=log,
        )
    life = Life(running, url, time.perf_counter())
    try:
        yield life
    finally:
        await life.kill()
