from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Driver, Playground, serve
from tests.bot.playground.kettle import SECRET, SEED, TOKEN
from tests.bot.playground.kettle_app import kettle

SHORT = 0.2


@dataclass
class HandClock:
    """A clock that stands still until told; it begins now, for the kettle's Bolt looks at the real time."""

    time: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Kitchen:
    """A served playground with the kettle app on the line."""

    ground: Playground
    clock: HandClock
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def slack(self) -> Driver:
        return Driver(self.ground)

    @property
    def client(self) -> AsyncWebClient:
        return AsyncWebClient(token=TOKEN, base_url=self.ground.api_url)


@pytest.fixture
def ack_seconds() -> float:
    """How long the app may take; `@pytest.mark.parametrize("ack_seconds", [SHORT])` where it takes too long."""
    return 3.0


@pytest.fixture
async def kitchen(ack_seconds: float) -> AsyncIterator[Kitchen]:
    clock = HandClock()
    ground = Playground(
        SEED,
        bot_url="",
        signing_secret=SECRET,
        bot_token=TOKEN,
        clock=clock,
        ack_seconds=ack_seconds,
        retry_after=(0.0, 0.0, 0.0),
    )
    async with serve(ground):
        place = Kitchen(ground, clock)
        async with kettle(ground.api_url, place.asked) as url:
            ground.bot_url = url
            yield place


@pytest.fixture
def slack(kitchen: Kitchen) -> Driver:
    return kitchen.slack


@pytest.fixture
def client(kitchen: Kitchen) -> AsyncWebClient:
    return kitchen.client
