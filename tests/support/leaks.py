"""A test ends what it began: asyncio tasks and child programs left behind fail it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest
import pytest_asyncio

_GRACE_S = 1.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Only tests with an event loop get the fixture; first in the list means torn down after all others.
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("asyncio"):
            item.fixturenames.insert(0, "no_leftover_tasks")


@pytest_asyncio.fixture
async def no_leftover_tasks() -> AsyncIterator[None]:
    """Fail where tasks are still running a second after everything was closed."""
    before = asyncio.all_tasks()
    yield
    leftover = asyncio.all_tasks() - before - {asyncio.current_task()}
    if leftover:
        _, leftover = await asyncio.wait(leftover, timeout=_GRACE_S)
    if leftover:
        names = ", ".join(sorted(repr(task.get_coro()) for task in leftover))
        pytest.fail(f"left {len(leftover)} task(s) running: {names}", pytrace=False)


@pytest.fixture(autouse=True)
def no_leftover_children() -> Iterator[None]:
    """Fail where a program that the test started still runs."""
    me = psutil.Process()
    before = {child.pid for child in me.children()}
    yield
    leftover = [child for child in me.children() if child.pid not in before and child.status() != psutil.STATUS_ZOMBIE]
    _, leftover = psutil.wait_procs(leftover, timeout=_GRACE_S) if leftover else ([], [])
    names = [f"{child.pid} {' '.join(child.cmdline())}" for child in leftover]
    if names:
        pytest.fail(f"left {len(names)} program(s) running: {'; '.join(names)}", pytrace=False)
