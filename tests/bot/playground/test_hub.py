from __future__ import annotations

from bot.playground.hub import BACKLOG, RESYNC, Hub


async def test_every_listener_hears_of_a_change() -> None:
    hub = Hub()
    with hub.listening() as one, hub.listening() as other:
        hub.publish("message", channel="C01")
        assert one.get_nowait() == other.get_nowait() == {"kind": "message", "channel": "C01"}


async def test_a_listener_that_falls_behind_is_told_to_start_afresh() -> None:
    hub = Hub()
    with hub.listening() as queue:
        for _ in range(BACKLOG + 1):
            hub.publish("message")
        assert queue.get_nowait() == RESYNC
        assert queue.empty()
