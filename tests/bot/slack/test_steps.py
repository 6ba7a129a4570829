"""Steps of workflows at the door: what Slack sends, in any shape, ends in one stored step or in another delivery."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.answering import answered
from bot.slack.door import Door
from bot.slack.event_payloads import StepRun
from bot.slack.payloads import MalformedError, parse
from bot.slack.steps import NotTakenError, run_step
from core.app.steps import StepKind, WorkflowStep
from core.errors import UnavailableError
from tests.bot.slack.conftest import PEOPLE, TEAM, Rig
from tests.bot.slack.test_happenings import Ears
from tests.support.workspaces import only

PERSON = {"id": "U01", "secret": "s3cret"}
TOKEN = "xwfp-just-in-time"


def body(callback: Any = "request_promotion", number: int = 1, **inputs: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{number}",
        "event": {
            "type": "function_executed",
            "function": {"id": "Fn1", "callback_id": callback, "type": "app"},
            "inputs": inputs,
            "function_execution_id": f"Fx{number}",
            "workflow_execution_id": "Wx1",
            "bot_access_token": TOKEN,
        },
    }


def request(number: int = 1, **changes: Any) -> StepRun:
    inputs = {"requester": PERSON, "release": "shop-1.4.0", "environment": "production", "reason": "why not"}
    run = parse(body(number=number, **(inputs | changes)))
    assert isinstance(run, StepRun)
    return run


def wait(promotion_id: Any) -> StepRun:
    run = parse(body("wait_for_decision", promotion_id=promotion_id))
    assert isinstance(run, StepRun)
    return run


class Known(Ears):
    """Accounts by the directory alone."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self._rig = rig

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Any:
        return await self._rig.countersign.access.by_slack(team, user, correlation_id)


def door(rig: Rig) -> Door:
    return Door(rig.countersign, only(rig.client, TEAM), Known(rig), rig.replies)


async def stored(rig: Rig, number: int = 1) -> WorkflowStep | None:
    """The step with that number; found by storing another with the same execution, which changes nothing."""

    def body(store: Any) -> WorkflowStep | None:
        now = rig.clock()
        entries = store.outbox.claim(now.replace(year=now.year + 1), now.replace(year=now.year + 2), 1000)
        found = (store.steps.get(each.subject_id) for each in entries if each.errand == "step")
        return next((step for step in found if step and step.execution_id == f"Fx{number}"), None)

    return await rig.countersign.ports.transactions.write(body)


async def refusal(rig: Rig) -> str:
    step = await stored(rig)
    assert step is not None
    return step.refusal


async def test_a_request_is_stored_as_a_question(rig: Rig) -> None:
    await rig.release()
    assert await answered(door(rig), request()) == {}
    step = await stored(rig)
    assert step is not None
    assert (step.kind, step.team, step.execution_id, step.reason) == (StepKind.REQUEST, TEAM, "Fx1", "why not")
    assert step.person_id == rig.people["alice"].id
    assert step.is_unanswered


async def test_the_token_that_came_along_is_kept_nowhere(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    await rig.release()
    run = request()
    assert TOKEN not in repr(run)
    await answered(door(rig), run)
    assert TOKEN not in repr(await stored(rig))
    said = capfd.readouterr()
    assert TOKEN not in said.out + said.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"requester": "U01"}, "Slack does not say who used this workflow"),
        ({"requester": {"id": "U01"}}, "Slack does not say who used this workflow"),
        ({"requester": {"id": ["U01"], "secret": "s"}}, "Slack does not say who used this workflow"),
        ({"requester": None}, "not on a schedule"),
        ({"requester": {"id": PEOPLE["olga"], "secret": "s"}}, "your user id U05"),
        ({"requester": {"id": PEOPLE["bob"], "secret": "s"}}, "does not have the role requester"),
        ({"release": ""}, "The input release is empty"),
        ({"release": None}, "The input release is empty"),
        ({"release": 7}, "The input release must be text"),
        ({"environment": ["production"]}, "The input environment must be text"),
        ({"release": "x" * 100_000}, "at most 100 are allowed"),
        ({"environment": "produktion"}, "Did you mean production?"),
        ({"reason": "x" * 10_001}, "at most 10000"),
        ({"reason": "bell \x07"}, "control character"),
    ],
)
async def test_what_is_wrong_is_stored_as_the_answer(rig: Rig, changes: dict[str, Any], words: str) -> None:
    await rig.release()
    await answered(door(rig), request(**changes))
    assert words in await refusal(rig)


@pytest.mark.parametrize("wanted", ["", "nonsense", "00000000-0000-0000-0000-000000000000", 7, None, "x" * 100_000])
async def test_nobody_waits_for_what_is_no_promotion(rig: Rig, wanted: Any) -> None:
    await answered(door(rig), wait(wanted))
    assert len(await refusal(rig)) > 20


async def test_a_wait_is_stored(rig: Rig) -> None:
    promotion = await rig.asked()
    await answered(door(rig), wait(f" {promotion.id} "))
    step = await stored(rig)
    assert step is not None
    assert (step.kind, step.promotion_id, step.refusal) == (StepKind.WAIT, promotion.id, "")


async def test_a_step_of_another_version_says_so(rig: Rig) -> None:
    run = parse(body("do_something_else"))
    assert isinstance(run, StepRun)
    await answered(door(rig), run)
    assert "does not know this step" in await refusal(rig)


class Broken:
    """Workflows whose database is away."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: Any) -> None:
            raise UnavailableError("the database is away")

        return fail


async def test_what_could_not_be_stored_is_delivered_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.release()
    ours = door(rig)
    monkeypatch.setattr(rig.countersign, "workflows", Broken())
    with pytest.raises(NotTakenError):
        await answered(ours, request())
    monkeypatch.undo()
    await answered(ours, request())
    assert await stored(rig) is not None


async def test_slack_is_told_to_deliver_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.release()
    monkeypatch.setattr(rig.countersign, "workflows", Broken())
    payload = body(requester=PERSON, release="shop-1.4.0", environment="production")
    rig.slack.ground.delivery.event(payload)
    await rig.slack.until(lambda: rig.slack.sent, "a delivery")
    reply = await rig.slack.deliver_again(rig.slack.sent[0])
    assert reply.status == 503
    monkeypatch.undo()
    assert (await rig.slack.deliver_again(rig.slack.sent[0])).status == 200
    assert await stored(rig) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"function": None},
        {"function": "request_promotion"},
        {"function": {}},
        {"function": {"callback_id": 7}},
        {"function": {"callback_id": "x" * 1000}},
        {"function_execution_id": None},
        {"function_execution_id": ""},
        {"function_execution_id": "F" * 1000},
        {"inputs": ["a"]},
        {"inputs": "a"},
    ],
)
def test_what_is_not_as_documented_is_malformed(change: dict[str, Any]) -> None:
    sent = body()
    sent["event"] |= change
    with pytest.raises(MalformedError):
        parse(sent)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    callback=st.sampled_from(["request_promotion", "wait_for_decision", "?"]),
    requester=VALUES | st.just(PERSON),
    release=VALUES,
    promotion_id=VALUES,
    number=st.integers(10, 10**9),
)
async def test_no_inputs_break_the_door(
    rig: Rig, callback: str, requester: Any, release: Any, promotion_id: Any, number: int
) -> None:
    run = parse(body(callback, number, requester=requester, release=release, promotion_id=promotion_id))
    assert isinstance(run, StepRun)
    await run_step(door(rig), run)
