from __future__ import annotations

from bot.playground import Playground, serve
from tests.bot.playground.kettle import SECRET, SEED, TOKEN


async def test_it_says_where_it_is_once_it_is_served() -> None:
    ground = Playground(SEED, bot_url="http://127.0.0.1:1/slack/events", signing_secret=SECRET, bot_token=TOKEN)
    assert ground.url == ""
    async with serve(ground):
        assert ground.url.startswith("http://127.0.0.1:")
        assert ground.api_url == f"{ground.url}/api/"
        ground.bot_url = "http://127.0.0.1:2/slack/events"
        assert ground.delivery.bot_url == "http://127.0.0.1:2/slack/events"
