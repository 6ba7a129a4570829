"""A workflow asks for a promotion, waits for its decision and says what was decided, through the signed door."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.playground.delivery import Sent
from bot.playground.driver import Driver
from bot.playground.playground import Playground
from bot.playground.seen import Seen
from bot.playground.server import serve
from bot.playground.workflow_runs import Run
from bot.playground.workflow_seeds import FieldSeed, StepSeed, WorkflowSeed
from core.domain.people import SlackAccount
from tests.flows.test_delivered_again import TIMES, quiet, storm
from tests.flows.test_promotion_in_slack import awaiting, closed
from tests.support.ports import unused_port
from tests.support.servers import serving
from tests.support.world import (
    BOT_TOKEN,
    CHANNEL,
    PEOPLE,
    SIGNING_SECRET,
    TEAM,
    World,
    product,
    program_environment,
    workspace,
)

FORM = {"release": "shop-1.4.0", "environment": "production", "reason": "Fixes the checkout <!channel>"}


def start(w: World, who: str = "alice", **form: str) -> Run:
    return w.slack.start_workflow(who, "Wf0SHIPIT", FORM | form)


async def asked(w: World, who: str = "alice") -> Seen:
    return await w.slack.message(w.slack.dm(who), "in your name")


async def confirmed(w: World, run: Run) -> Seen:
    """Alice confirms; gives the card, once the step that waits has begun."""
    await w.slack.click("alice", await asked(w), "workflow.confirm")
    card = await w.slack.message(CHANNEL, "Awaiting approval")
    await w.slack.until(lambda: run.steps[0].state == "completed" and run.steps[1].state == "running", "the wait")
    return card


async def ended(w: World, run: Run, state: str = "completed") -> list[dict[str, Any]]:
    await w.slack.until(lambda: run.state == state, f"a run that is {state}, not {run.shape()}")
    return [step.outputs for step in run.steps]


async def test_a_workflow_asks_waits_and_says_what_was_decided(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    card = await confirmed(w, run)
    gave = run.steps[0].outputs
    assert (gave["release"], gave["environment"], gave["requester"]) == ("shop-1.4.0", "Production", "U01")
    assert gave["card_link"].endswith(card.ts.replace(".", ""))
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
    await closed(w, card)
    _, decided, _ = await ended(w, run)
    assert (decided["decision"], decided["status"]) == ("allow", "approved")
    assert decided["decided_by"] == "Bob Approver, Sam Reliable"
    evidence = await w.rest("bob", "GET", f"/promotions/{gave['promotion_id']}/evidence")
    assert decided["evidence_hash"] == evidence.body["contentHash"]
    said = await w.slack.message("#random", "shop-1.4.0")
    assert "allow (approved), decided by Bob Approver, Sam Reliable" in said.text
    promotion = (await w.rest("bob", "GET", f"/promotions/{gave['promotion_id']}")).body
    assert promotion["requestedBy"] == str(w.people["alice"].id)


async def test_whoever_confirmed_may_not_approve(w: World) -> None:
    await w.release("1.4.0")
    card = await confirmed(w, start(w))
    await w.slack.click("alice", card, "promotion.approve")
    await w.slack.whisper("alice", "somebody else must approve")


async def test_a_rejection_by_rest_is_the_answer_and_its_words_ping_nobody(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    await confirmed(w, run)
    path = f"/promotions/{run.steps[0].outputs['promotion_id']}/reject"
    told = await w.rest("bob", "POST", path, {"reason": "Not on a Friday <!channel> <@U05>"})
    assert told.status == 200
    _, decided, _ = await ended(w, run)
    assert (decided["decision"], decided["status"], decided["decided_by"]) == ("deny", "rejected", "Bob Approver")
    said = await w.slack.message("#random", "deny (rejected)")
    assert "Not on a Friday" in said.text
    assert "<!channel>" not in said.text
    assert "<@U05>" not in said.text


async def test_nothing_is_requested_before_the_person_says_so_and_nobody_else_can(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    message = await asked(w)
    assert "shop-1.4.0" in message.words
    assert "Fixes the checkout" in message.words
    await w.slack.click("bob", message, "workflow.confirm")
    assert (await w.rest("ci", "GET", "/promotions?status=awaiting_approval,pending")).body["data"] == []
    await w.slack.click("alice", message, "workflow.decline")
    await ended(w, run, "failed")
    assert run.steps[0].error == "Alice Requester did not want this to be requested."
    await w.slack.until(lambda: "Not requested" in w.slack.now(message).words, "the message says so")
    await w.slack.click("alice", message, "workflow.confirm")
    await w.slack.message(w.slack.dm("alice"), "too late", viewer="alice")
    listed = await w.rest("ci", "GET", f"/promotions?environmentId={w.production.id}")
    assert listed.body["data"] == []


@pytest.mark.parametrize(
    ("who", "form", "words"),
    [
        ("alice", {"release": "shop-9.9"}, "There is no release shop-9.9. Did you mean shop-1.4.0?"),
        ("bob", {}, "does not have the role requester"),
        ("olga", {}, "your user id U05"),
        ("alice", {"reason": "x" * 10_001}, "reason is 10001 characters long"),
    ],
)
async def test_what_cannot_be_requested_fails_the_step_with_plain_words(
    w: World, who: str, form: dict[str, str], words: str
) -> None:
    await w.release("1.4.0")
    run = start(w, who, **form)
    await ended(w, run, "failed")
    assert words in run.steps[0].error
    assert w.slack.messages(w.slack.dm(who)) == []


async def test_a_question_that_nobody_answers_fails_the_step_after_a_day(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    message = await asked(w)
    w.clock.shift = timedelta(hours=24, minutes=1)
    await ended(w, run, "failed")
    assert run.steps[0].error == "Nobody confirmed the request within a day."
    await w.slack.until(lambda: "Not requested" in w.slack.now(message).words, "the message says so")


async def test_an_open_promotion_is_in_the_way(w: World) -> None:
    await awaiting(w)
    run = start(w)
    await ended(w, run, "failed")
    assert "already has an open promotion" in run.steps[0].error


async def test_clicks_at_once_request_once(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    message = await asked(w)
    await asyncio.gather(*(w.slack.click("alice", message, "workflow.confirm") for _ in range(4)))
    await w.slack.until(lambda: run.steps[0].state != "running", "an answer")
    assert run.steps[0].error == ""
    listed = await w.rest("ci", "GET", f"/promotions?environmentId={w.production.id}")
    assert [each["id"] for each in listed.body["data"]] == [run.steps[0].outputs["promotion_id"]]


@pytest.mark.timeout(120)
async def test_a_wait_that_begins_while_it_is_decided_is_answered(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever comes first: the step is stored before the decision, or finds it."""
    seed = w.slack.ground.seed
    step = StepSeed("function", "wait_for_decision", {"promotion_id": "{{form.id}}"})
    flow = WorkflowSeed("WfWAIT", "Wait", form=(FieldSeed("id", "Id"),), steps=(step,))
    monkeypatch.setitem(seed.__dict__, "workflows", (*seed.workflows, flow))
    runs = []
    for number in range(6):
        release = await w.release(f"2.{number}.0")
        body = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id)}
        promotion_id = (await w.rest("alice", "POST", "/promotions", body, {"Prefer": "wait=5"})).body["id"]
        reject = w.rest("bob", "POST", f"/promotions/{promotion_id}/reject", {"reason": "no"})
        runs.append(w.slack.start_workflow("alice", "WfWAIT", {"id": promotion_id}))
        await asyncio.gather(reject, w.slack.settled())
    for run in runs:
        (decided,) = await ended(w, run)
        assert decided["decision"] == "deny"


def as_if_new(sent: Sent, time: int) -> Sent:
    """The delivery of a step with another id, as a replica meets it that has not seen it before."""
    if "function_executed" not in sent.body:
        return sent
    return Sent(json.dumps(json.loads(sent.body) | {"event_id": f"Ev{time}"}), sent.content_type)


@pytest.mark.timeout(120)
async def test_deliveries_four_times_shuffled_ask_and_answer_once(w: World) -> None:
    await w.release("1.4.0")
    run = start(w)
    card = await confirmed(w, run)
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
    await ended(w, run)
    said = await quiet(w)
    deliveries = [as_if_new(sent, time) for sent in w.slack.sent for time in range(TIMES)]
    random.Random(20260112).shuffle(deliveries)
    assert set(await storm(w, deliveries)) == {200}
    assert await quiet(w) == said


@pytest.mark.timeout(180)
async def test_a_step_waits_through_kills_and_outages(database_url: str, tmp_path: Path) -> None:
    ground = Playground(workspace(), bot_url="", signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN)
    slack = Driver(ground, patience=30)
    async with serve(ground), ClientSession() as session:
        accounts = {handle: SlackAccount(TEAM, user) for handle, (user, _) in PEOPLE.items()}
        async with product(database_url, tmp_path, ground.api_url, accounts) as made:
            await made.release("1.4.0")
        port = unused_port()
        made.url, made.session = f"http://127.0.0.1:{port}", session
        ground.bot_url = f"{made.url}/slack/events"
        environment = program_environment(database_url, tmp_path, ground.api_url, port)
        async with serving(environment, made.url, tmp_path) as program:
            run = slack.start_workflow("alice", "Wf0SHIPIT", FORM)
            asking = await slack.message(slack.dm("alice"), "in your name")
            await slack.click("alice", asking, "workflow.confirm")
            program.send_signal(signal.SIGKILL)
            await program.wait()
        async with serving(environment, made.url, tmp_path) as program:
            await slack.until(lambda: run.steps[1].state == "running", "the request is answered after all")
            await slack.settled()
            await slack.message(CHANNEL, "Awaiting approval")
            slack.outage(True)
            for who in ("bob", "sam"):
                path = f"/promotions/{run.steps[0].outputs['promotion_id']}/approve"
                assert (await made.rest(who, "POST", path, {})).status == 200
            program.send_signal(signal.SIGKILL)
            await program.wait()
        slack.outage(False)
        async with serving(environment, made.url, tmp_path):
            await slack.until(lambda: run.state == "completed", "the decision reaches the workflow")
        assert run.steps[1].outputs["decision"] == "allow"
        assert len([each for each in slack.messages(slack.dm("alice")) if "in your name" in each.words]) == 1
