from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.views.message import Message
from bot.workers.posting import METADATA_TYPE, Place, Poster, all_of
from core.app.outbox import SentMessage
from tests.support.bench import Bench
from tests.support.workspaces import only

CHANNEL = Place("C01")


def message(words: str) -> Message:
    return Message(words, [{"type": "section", "text": {"type": "mrkdwn", "text": words}}])


async def test_a_message_is_posted_once_and_then_updated(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    first = await poster.show("card:1", promotion.id, CHANNEL, message("one"))
    second = await poster.show("card:1", promotion.id, CHANNEL, message("two"))
    assert first.ts == second.ts
    assert [seen.words for seen in bench.slack.messages("#releases")] == ["two"]


async def test_an_update_that_would_show_the_same_is_not_sent(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    await poster.show("card:1", promotion.id, CHANNEL, message("one"))
    await poster.show("card:1", promotion.id, CHANNEL, message("one"))
    assert "chat.update" not in bench.metrics.exposition().decode()


async def test_a_deleted_message_is_posted_again(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    shown = await poster.show("card:1", promotion.id, CHANNEL, message("one"))
    bench.slack.delete(shown.ts)
    again = await poster.show("card:1", promotion.id, CHANNEL, message("two"))
    assert again.ts != shown.ts
    assert [seen.words for seen in bench.slack.messages("#releases")] == ["two"]


@pytest.mark.parametrize("threaded", [False, True])
async def test_a_message_whose_answer_was_lost_is_found_again_and_not_doubled(bench: Bench, threaded: bool) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    bench.clock.now = datetime.now(UTC)
    place = CHANNEL
    if threaded:
        place = Place("C01", (await poster.once("card:1", promotion.id, CHANNEL, message("card"))).ts)
    shown = await poster.once("summary:1", promotion.id, place, message("signed"))
    lost = replace(shown, ts="", digest="", at=bench.clock())
    await bench.ports.transactions.write(lambda store: store.sent.put(lost))
    found = await poster.once("summary:1", promotion.id, place, message("signed"))
    assert found.ts == shown.ts
    seen = bench.slack.thread(place.thread_ts) if threaded else bench.slack.messages("#releases")
    assert [each.words for each in seen] == ["signed"]


async def test_an_intention_that_never_reached_slack_is_carried_out(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    bench.clock.now = datetime.now(UTC)
    intention = SentMessage("summary:1", promotion.id, "C01", "", "", bench.clock())
    await bench.ports.transactions.write(lambda store: store.sent.put(intention))
    await poster.once("summary:1", promotion.id, CHANNEL, message("signed"))
    assert [seen.words for seen in bench.slack.messages("#releases")] == ["signed"]


async def test_messages_carry_their_key(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    await poster.once("card:1", promotion.id, CHANNEL, message("one"))
    history = await bench.client.conversations_history(channel="C01", include_all_metadata=True)
    assert history["messages"][0]["metadata"] == {"event_type": METADATA_TYPE, "event_payload": {"key": "card:1"}}


async def test_a_file_is_shared_once_even_if_the_answer_was_lost(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    thread = Place("C01", (await poster.once("card:1", promotion.id, CHANNEL, message("card"))).ts)
    await poster.upload_once("packet:1", promotion.id, thread, "evidence.json", b"{}")
    await poster.upload_once("packet:1", promotion.id, thread, "evidence.json", b"{}")
    lost = SentMessage("packet:1", promotion.id, "C01", "", "", bench.clock())
    await bench.ports.transactions.write(lambda store: store.sent.put(lost))
    await poster.upload_once("packet:1", promotion.id, thread, "evidence.json", b"{}")
    files = [file for reply in bench.slack.thread(thread.thread_ts) for file in reply.files]
    assert [bench.slack.file(file) for file in files] == [b"{}"]


async def test_a_channel_the_bot_is_not_in_is_an_error_that_is_told(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    with pytest.raises(SlackApiError):
        await poster.once("card:1", promotion.id, Place("C99"), message("one"))


async def test_a_message_in_a_workspace_that_we_have_left_stays_as_it_is(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    left = SentMessage("card:1", promotion.id, "C01", "1.1", "old", bench.clock(), "T99")
    await bench.ports.transactions.write(lambda store: store.sent.put(left))
    assert await poster.show("card:1", promotion.id, Place.of(left), message("new")) == left
    assert bench.slack.messages("#releases") == []


async def test_a_message_remembers_its_workspace(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    posted = await poster.show("card:1", promotion.id, Place("C01", team="T00000001"), message("one"))
    assert posted.team == "T00000001"
    assert await poster.sent("card:1") == posted


async def test_what_goes_wrong_with_one_does_not_keep_the_others_from_being_done() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        if number in {2, 3}:
            raise RuntimeError(f"number {number}")
        done.append(number)

    with pytest.raises(RuntimeError, match="number 2"):
        await all_of(partial(work, number) for number in range(1, 5))
    assert done == [1, 4]
    await all_of(())


async def test_what_was_posted_without_an_answer_and_shows_what_is_past_is_brought_up_to_date(bench: Bench) -> None:
    poster, promotion = Poster(only(bench.client), bench.ports), await bench.promotion()
    bench.clock.now = datetime.now(UTC)
    shown = await poster.show("notice:1", promotion.id, CHANNEL, message("waits for you"))
    lost = replace(shown, ts="", digest="", at=bench.clock())
    await bench.ports.transactions.write(lambda store: store.sent.put(lost))
    found = await poster.show("notice:1", promotion.id, CHANNEL, message("was approved"))
    assert found.ts == shown.ts
    assert [seen.words for seen in bench.slack.messages("#releases")] == ["was approved"]
