from __future__ import annotations

import asyncio
import threading

import pytest

from bot.aside import OneThread


async def test_work_is_done_one_after_the_other_beside_the_loop() -> None:
    aside, here = OneThread(), threading.get_ident()
    under_way, most = 0, 0

    def work() -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        threading.Event().wait(0.01)
        under_way -= 1
        return threading.get_ident()

    threads = set(await asyncio.gather(*(aside(work) for _ in range(5))))
    aside.close()

    assert (most, len(threads), here in threads) == (1, 1, False)


async def test_what_goes_wrong_there_is_raised_here() -> None:
    aside = OneThread()
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0)
    aside.close()
