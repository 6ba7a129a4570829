"""One person's flood in Slack takes nothing from the others."""

from __future__ import annotations

from bot.slack.answering import answered
from bot.slack.door import Door
from bot.slack.ids import PromotionValue
from bot.slack.pace import BURST, Pace
from bot.slack.payload_parts import Asker
from bot.slack.payloads import Click
from core.domain.people import Actor
from tests.bot.slack.conftest import PEOPLE, TEAM, Rig
from tests.bot.slack.test_answering import CLICK, COMMAND, COMMON, HOME, SUBMISSION, SUGGESTION
from tests.support.clock import Seconds
from tests.support.workspaces import only

BOB = Asker(TEAM, PEOPLE["bob"])


class Known:
    """Accounts as they are stored."""

    def __init__(self, rig: Rig) -> None:
        self._access = rig.countersign.access

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        return await self._access.by_slack(team, user, correlation_id, enterprise=enterprise)

    async def heard_of(self, team: str, profile: object, correlation_id: str = "", *, enterprise: str = "") -> None:
        raise AssertionError("nobody tells of anybody here")


def slow_door(rig: Rig, clock: Seconds) -> Door:
    return Door(rig.countersign, only(rig.client), Known(rig), rig.replies, pace=Pace(1, clock))


async def test_too_fast_is_told_kindly_and_nothing_is_done(rig: Rig) -> None:
    clock = Seconds()
    door = slow_door(rig, clock)
    for number in range(BURST):
        told = await answered(door, COMMAND.model_copy(update={"trigger_id": f"{number}.1.a"}))
        assert "faster than I can follow" not in told["text"]
    told = await answered(door, COMMAND.model_copy(update={"trigger_id": f"{BURST}.1.a"}))
    assert told["response_type"] == "ephemeral"
    assert told["text"].endswith("I did not do it. Please wait a second and try again.")
    view = await answered(door, SUBMISSION)
    assert view["response_action"] == "update", "a form must not close as if it was taken"
    assert await answered(door, SUGGESTION) == {"options": []}
    assert await answered(door, HOME) == {}, "the App Home stays as it was"
    clock.now += 1
    told = await answered(door, COMMAND.model_copy(update={"trigger_id": f"{BURST + 1}.1.a"}))
    assert "faster than I can follow" not in told["text"]


async def test_a_flood_of_clicks_is_answered_once_and_others_vote_meanwhile(rig: Rig) -> None:
    promotion = await rig.asked()
    door = slow_door(rig, Seconds())
    assert [door.pace.wait(BOB) for _ in range(BURST)] == [0] * BURST
    for number in range(50):
        assert await answered(door, CLICK.model_copy(update={"trigger_id": f"{number}.2.a"})) == {}
    await rig.replies.close()
    told = [each for each in rig.slack.ephemerals("bob") if "faster than I can follow" in each.words]
    assert len(told) == 1
    value = PromotionValue(promotion_id=promotion.id).dumps()
    pressed = {**COMMON, "user": {"id": PEOPLE["carol"]}, "channel": {"id": "C01"}, "trigger_id": "1.3.a"}
    click = Click.model_validate({**pressed, "actions": [{"action_id": "promotion.approve", "value": value}]})
    assert await answered(door, click) == {}
    assert [vote.person_name for vote in (await rig.view(promotion.id)).promotion.votes] == ["Carol"]


def test_an_organisation_s_user_is_one_in_all_its_workspaces() -> None:
    pace = Pace(1, Seconds())
    here, there = (Asker(team, "U02", enterprise="E01") for team in ("T01", "T02"))
    assert [pace.wait(each) for each in (here, there) * (BURST // 2)] == [0] * BURST
    assert pace.wait(here) == 1
    assert pace.wait(Asker("T01", "U02")) == 0, "another workspace's U02 is somebody else"
