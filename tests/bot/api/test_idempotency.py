"""The same request, sent again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.api import add_api
from bot.api.answers import Answer, RefusedError
from bot.api.idempotency import fingerprint_of, once
from core.app.countersign import Countersign
from core.app.drafts import GroupDraft
from core.app.outbox import Errand
from core.app.ports import Ports, StoredAnswer
from core.app.usergroups import Heard
from core.domain.people import SYSTEM
from core.errors import ConflictError, OutcomeUnknownError
from tests.bot.api.conftest import NOWHERE, Api, serving
from tests.support.clock import MORNING, nth_id


def key(text: str = "6f1d3c1e") -> dict[str, str]:
    return {"Idempotency-Key": text}


async def wanted(api: Api) -> dict[str, Any]:
    return {"releaseId": str(await api.release()), "targetEnvironmentId": str(api.production)}


async def test_the_same_request_gets_the_same_answer(api: Api) -> None:
    body = await wanted(api)
    first = await api.call("alice", "POST", "/promotions", body, key())
    again = await api.call("alice", "POST", "/promotions", body, key())
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert (await api.call("alice", "GET", "/promotions")).body["meta"]["totalCount"] == 1


async def test_a_refusal_is_given_again_too(api: Api) -> None:
    body = {"releaseId": NOWHERE, "targetEnvironmentId": NOWHERE}
    first = await api.call("alice", "POST", "/promotions", body, key())
    again = await api.call("alice", "POST", "/promotions", body, key())
    assert (first.status, again.status, again.raw) == (404, 404, first.raw)
    assert again.headers["Content-Type"] == "application/problem+json"


async def test_another_body_or_path_is_422(api: Api) -> None:
    promotion = await api.asked()
    path = f"/promotions/{promotion['id']}"
    await api.call("bob", "POST", f"{path}/approve", {"comment": "LGTM"}, key())
    for other, body in (("approve", {"comment": "Fine"}), ("reject", {"reason": "No"}), ("cancel", {})):
        reply = await api.call("bob", "POST", f"{path}/{other}", body, key())
        assert (reply.status, reply.code) == (422, "idempotency_key_reused")


async def test_a_key_belongs_to_who_used_it(api: Api) -> None:
    promotion = await api.asked()
    for who in ("bob", "carol"):
        reply = await api.call(who, "POST", f"/promotions/{promotion['id']}/approve", {}, key())
        assert (reply.status, reply.headers.get("Idempotency-Replayed")) == (200, None)


async def test_a_double_click_votes_once(api: Api) -> None:
    path = f"/promotions/{(await api.asked())['id']}/approve"
    replies = await asyncio.gather(*(api.call("bob", "POST", path, {}, key()) for _ in range(6)))
    done = [reply for reply in replies if reply.status == 200]
    assert done
    assert {reply.raw for reply in done} == {done[0].raw}
    for reply in replies:
        if reply.status != 200:
            assert (reply.status, reply.code) == (409, "request_in_flight")
            assert int(reply.headers["Retry-After"]) > 0
    assert len([reply for reply in done if "Idempotency-Replayed" not in reply.headers]) == 1


@pytest.mark.parametrize("bad", ["", " ", "x" * 201, "caf\u00e9", "a\tb"])
async def test_a_key_that_is_none_is_400(api: Api, bad: str) -> None:
    reply = await api.call("alice", "POST", "/promotions", await wanted(api), key(bad))
    assert (reply.status, reply.body["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("good", ["x", "x" * 200, '"quoted key"', "~!@#$%^&*()"])
async def test_keys_may_be_any_printable_text(api: Api, good: str) -> None:
    assert (await api.call("alice", "POST", "/promotions", await wanted(api), key(good))).status == 201


async def test_a_key_does_nothing_to_other_methods(api: Api) -> None:
    assert (await api.call("alice", "GET", "/me", headers=key("x" * 500))).status == 200


async def test_after_a_day_a_key_is_new(api: Api) -> None:
    body = await wanted(api)
    await api.call("alice", "POST", "/promotions", body, key())
    api.clock.advance(hours=24)
    again = await api.call("alice", "POST", "/promotions", body, key())
    assert "Idempotency-Replayed" not in again.headers


class Work:
    """Counts how often it is done, and waits or fails where it is told to."""

    def __init__(self, *, status: int = 200, error: Exception | None = None) -> None:
        self.done = 0
        self.status = status
        self.error = error
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()

    async def __call__(self) -> Answer:
        self.done += 1
        self.begun.set()
        await self.gate.wait()
        if self.error:
            raise self.error
        return Answer(self.status, b"done")


async def test_in_flight_is_409_and_can_be_taken_over_after_its_lease(api: Api) -> None:
    ports = api.countersign.ports
    vanished, second = Work(), Work()
    first = asyncio.create_task(once(ports, "me", "k", "f", vanished))
    await vanished.begun.wait()
    with pytest.raises(RefusedError) as refusal:
        await once(ports, "me", "k", "f", second)
    assert (refusal.value.code, refusal.value.headers["Retry-After"]) == ("request_in_flight", "1")
    api.clock.advance(seconds=60)
    second.gate.set()
    assert (await once(ports, "me", "k", "f", second)).status == 200
    vanished.status = 201
    vanished.gate.set()
    assert (await first).status == 201
    replayed = await once(ports, "me", "k", "f", vanished)
    assert replayed.status == 200, "who was overtaken does not overwrite the answer"
    assert (vanished.done, second.done) == (1, 1)


class StoringWork(Work):
    """Stores something first, as work does."""

    def __init__(self, ports: Ports, *, error: Exception | None = None) -> None:
        super().__init__(error=error)
        self.ports = ports

    async def __call__(self) -> Answer:
        await self.ports.transactions.write(lambda store: store.outbox.put(Errand.CARD, nth_id(1), MORNING))
        return await super().__call__()


async def test_work_whose_request_vanished_after_it_was_done_is_not_done_again(api: Api) -> None:
    ports = api.countersign.ports
    vanished, second = StoringWork(ports), Work()
    first = asyncio.create_task(once(ports, "me", "k", "f", vanished))
    await vanished.begun.wait()
    for seconds, code in ((59, "request_in_flight"), (1, "answer_lost"), (0, "answer_lost")):
        api.clock.advance(seconds=seconds)
        with pytest.raises(RefusedError) as refusal:
            await once(ports, "me", "k", "f", second)
        assert refusal.value.code == code
    vanished.gate.set()
    assert (await first).status == 200
    assert (await once(ports, "me", "k", "f", second)).status == 200, "it had not vanished after all"
    assert second.done == 0


async def test_work_that_failed_after_it_was_stored_is_not_done_again(api: Api) -> None:
    ports = api.countersign.ports
    work = StoringWork(ports, error=OutcomeUnknownError("who knows"))
    work.gate.set()
    with pytest.raises(OutcomeUnknownError):
        await once(ports, "me", "k", "f", work)
    with pytest.raises(RefusedError, match="was dealt with, and its answer was lost") as refusal:
        await once(ports, "me", "k", "f", work)
    assert (refusal.value.code, work.done) == ("answer_lost", 1)


async def test_whoever_is_overtaken_stores_nothing(api: Api) -> None:
    ports = api.countersign.ports
    stored = StoringWork(ports)
    waited, overtaken = asyncio.Event(), asyncio.Event()

    async def slow() -> Answer:
        overtaken.set()
        await waited.wait()
        return await stored()

    first = asyncio.create_task(once(ports, "me", "k", "f", slow))
    await overtaken.wait()
    api.clock.advance(seconds=60)
    second = Work()
    second.gate.set()
    assert (await once(ports, "me", "k", "f", second)).status == 200
    waited.set()
    with pytest.raises(ConflictError, match="has taken this over"):
        await first
    assert (await ports.transactions.read(lambda store: store.outbox.depth())).waiting == 0


@pytest.mark.parametrize("work", [Work(status=503), Work(error=ValueError("broken"))])
async def test_what_failed_on_our_side_is_done_again(api: Api, work: Work) -> None:
    work.gate.set()
    ports = api.countersign.ports
    for _ in range(2):
        try:
            assert (await once(ports, "me", "k", "f", work)).status == 503
        except ValueError as error:
            assert error is work.error
    assert work.done == 2
    stored: StoredAnswer | None = await ports.transactions.read(lambda store: store.answers.get("me", "k"))
    assert stored is None


def test_a_fingerprint_keeps_its_parts_apart() -> None:
    prints = {
        fingerprint_of(*parts)
        for parts in (("POST", "/a", b"b"), ("POST", "/ab", b""), ("POST", "/", b"ab"), ("PUT", "/a", b"b"))
    }
    assert len(prints) == 4


class SilentSlack:
    """Does not say who is in its user groups."""

    async def all(self) -> Heard:
        return Heard({}, frozenset({""}), "Slack does not answer")


async def test_a_vote_that_had_to_wait_for_slack_is_not_said_to_be_dealt_with(api: Api) -> None:
    promotion = await api.asked()
    countersign = Countersign(replace(api.countersign.ports, usergroups=SilentSlack()))
    for group in await countersign.ports.transactions.read(lambda store: store.groups.all()):
        await countersign.administering.update_group(SYSTEM, group.id, GroupDraft(group.name, (), "S01"))
    app = web.Application()
    add_api(app, countersign)
    async with serving(app) as url, ClientSession() as session:
        again = Api(url, session, countersign, api.clock, api.tokens, api.people)
        for _ in range(2):
            answer = await again.call(
                "bob", "POST", f"/promotions/{promotion['id']}/approve", {}, {"Idempotency-Key": "one"}
            )
            assert (answer.status, answer.body["code"]) == (503, "membership_unknown")
