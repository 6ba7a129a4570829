from __future__ import annotations

import pytest

from bot.gateways import slack_channels
from bot.gateways.slack_channels import SlackChannels, UnknownChannelError
from tests.support.bench import Bench


@pytest.mark.parametrize("written", ["#releases", "releases", "C01"])
async def test_a_channel_is_found_by_name_and_by_id(bench: Bench, written: str) -> None:
    assert await SlackChannels(bench.client).id_of(written) == "C01"


async def test_a_channel_that_is_not_there_is_named(bench: Bench) -> None:
    with pytest.raises(UnknownChannelError, match="#nowhere"):
        await SlackChannels(bench.client).id_of("#nowhere")


async def test_slack_is_asked_once_for_all_names(bench: Bench) -> None:
    channels = SlackChannels(bench.client)
    for _ in range(3):
        await channels.id_of("#releases")
    assert 'method="conversations.list",result="ok"} 1.0' in bench.metrics.exposition().decode()


async def test_all_pages_are_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_channels, "_PAGE", 1)
    assert await SlackChannels(bench.client).id_of("#second") == "C02"
