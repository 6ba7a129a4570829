"""Long work beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class OneThread:
    """`Aside` of `core.app.ports`: one thread, so that what one large document takes in memory is all that is taken.

    The thread starts with the first work. Reading JSON gives the interpreter away every few milliseconds, so the event
    loop goes on meanwhile.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="aside")

    async def __call__(self, work: Callable[[], T]) -> T:
        """Do the work once the earlier one is done, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Finish what is being done and take nothing more."""
        self._threads.shutdown()
