from __future__ import annotations

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.playground.playground import Playground
from bot.playground.seed import ChannelSeed, PersonSeed, WorkspaceSeed
from bot.playground.server import serve
from bot.playground.storm import GRACE, RETRY_AFTER, Blow, Hit, Storm

CALLS = 400


class Watch:
    """A clock to be set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_share_of_the_calls_goes_wrong_in_every_way_and_the_same_by_the_same_seed() -> None:
    def struck(seed: int) -> list[Hit | None]:
        watch = Watch()
        storm = Storm(seed, 0.3, monotonic=watch)
        hits = []
        for _ in range(CALLS):
            hits.append(storm.hit("chat.update"))
            watch.now += RETRY_AFTER
        return hits

    hits = struck(1)
    assert hits == struck(1) != struck(2)
    wrong = [hit for hit in hits if hit]
    assert 0.2 * CALLS < len(wrong) < 0.4 * CALLS
    assert {hit.blow for hit in wrong} == set(Blow)
    assert {hit.done for hit in wrong if hit.blow is Blow.CUT} == {True, False}


def test_a_limit_closes_its_method_alone_and_notes_who_comes_too_early() -> None:
    watch = Watch()
    storm = Storm(1, share=1, monotonic=watch)
    method = "chat.update"
    while (hit := storm.hit(method)) is None or hit.blow is not Blow.LIMIT:
        continue
    assert hit.seconds == RETRY_AFTER
    watch.now += GRACE / 2
    assert storm.hit(method) == Hit(Blow.LIMIT, RETRY_AFTER)
    assert storm.too_early == []
    watch.now += GRACE
    assert storm.hit(method) == Hit(Blow.LIMIT, RETRY_AFTER - 1)
    assert storm.too_early == [f"{method} {RETRY_AFTER - 1.5 * GRACE:.2f} s too early"]
    watch.now += RETRY_AFTER
    storm.hit(method)
    assert len(storm.too_early) == 1


async def test_calls_are_limited_failed_cut_off_and_held_up_and_some_of_them_take_effect() -> None:
    seed = WorkspaceSeed((PersonSeed("U01", "alice", "Alice"),), (ChannelSeed("C01", "releases"),))
    ground = Playground(seed, bot_url="http://127.0.0.1:9/", signing_secret="s", bot_token="xoxb-1")
    watch = Watch()
    storm = Storm(7, share=1, hang=1, monotonic=watch)
    ground.weather.storm(storm)
    met: set[int | str] = set()
    async with serve(ground), ClientSession(timeout=ClientTimeout(total=0.2)) as session:
        while len(met) < len(Blow):
            watch.now += RETRY_AFTER
            call = {"channel": "C01", "text": "hello"}
            headers = {"Authorization": "Bearer xoxb-1"}
            try:
                async with session.post(f"{ground.api_url}chat.postMessage", json=call, headers=headers) as answer:
                    met.add(answer.status)
            except (ClientError, TimeoutError) as error:
                met.add("hang" if isinstance(error, TimeoutError) else "cut")
        assert met == {429, 502, "hang", "cut"}
        ground.weather.storm(None)
        async with session.post(f"{ground.api_url}chat.postMessage", json=call, headers=headers) as answer:
            assert (await answer.json())["ok"]
    said = len(ground.workspace.messages["C01"])
    assert 1 < said < storm.calls


def test_no_share_is_fair_weather() -> None:
    storm = Storm(1, 0)
    assert [storm.hit("chat.update") for _ in range(50)] == [None] * 50
