from __future__ import annotations

import asyncio

import pytest

from bot import precedence
from bot.precedence import Precedence


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "LINGER_SECONDS", 0.01)
    monkeypatch.setattr(precedence, "LONGEST_SECONDS", 30.0)


async def test_it_is_the_outboxs_turn_where_nobody_waits() -> None:
    await asyncio.wait_for(Precedence().turn(), 5)


async def test_the_outbox_waits_for_everybody_who_waits_for_an_answer() -> None:
    first = Precedence()
    with first.answering():
        with first.answering():
            turn = asyncio.create_task(first.turn())
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.03)
        assert not turn.done()
    assert not turn.done()
    await asyncio.wait_for(turn, 5)


async def test_somebody_who_comes_while_it_lingers_goes_first_too() -> None:
    first = Precedence()
    with first.answering():
        turn = asyncio.create_task(first.turn())
    with first.answering():
        await asyncio.sleep(0.05)
        assert not turn.done()
    await asyncio.wait_for(turn, 5)


async def test_one_who_fails_is_waited_for_no_longer() -> None:
    first = Precedence()
    with pytest.raises(ValueError, match="broken"), first.answering():
        raise ValueError("broken")
    await asyncio.wait_for(first.turn(), 5)


async def test_the_outbox_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "LONGEST_SECONDS", 0.02)
    first = Precedence()
    with first.answering():
        await asyncio.wait_for(first.turn(), 5)
