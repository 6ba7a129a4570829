from __future__ import annotations

import pytest

from core.app.deploying import ReportDeployment
from core.app.outbox import Errand
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, Right
from core.domain.release import DeploymentStatus
from core.errors import ForbiddenError, InvalidError, TransitionError
from tests.core.app.broken import BrokenError, BrokenTransactions
from tests.core.app.room import Room, code_of


async def test_the_deployers_word_moves_the_promotion_and_is_remembered(room: Room) -> None:
    promotion = await room.approved()

    moved = await room.report(promotion.id, "deploying", external_url="https://ci.example.com/7", message="Rolling out")

    assert (moved.status, moved.external_url, moved.deployment_message) == (
        "deploying",
        "https://ci.example.com/7",
        "Rolling out",
    )
    word = room.memory.tables.deployments[-1]
    assert (word.promotion_id, word.release_id, word.environment_id) == (
        promotion.id,
        room.release.id,
        room.production.id,
    )
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.actor, entry.details["status"]) == (
        Action.DEPLOYMENT_REPORTED,
        room.ci.ref,
        "deploying",
    )
    assert (Errand.CARD, promotion.id) in room.errands()


async def test_a_later_word_without_a_link_keeps_the_link(room: Room) -> None:
    promotion = await room.approved()
    await room.report(promotion.id, "deploying", external_url="https://ci.example.com/7")

    moved = await room.report(promotion.id, "deployed", message="Done")

    assert (moved.external_url, moved.deployment_message) == ("https://ci.example.com/7", "Done")


async def test_a_deployment_does_not_touch_decision_and_evidence(room: Room) -> None:
    promotion = await room.approved()
    sealed = room.evidence(promotion.id)

    moved = await room.report(promotion.id, "deploying")

    assert (moved.decided_at, moved.decided_by) == (promotion.decided_at, promotion.decided_by)
    assert room.evidence(promotion.id) == sealed


async def test_the_gates_of_the_releases_open_promotions_are_looked_at_again(room: Room) -> None:
    await room.policy_for(room.staging, 0)
    to_staging = await room.awaiting(to=room.staging)
    waiting = await room.awaiting()
    other = await room.awaiting(release=await room.a_release_with_scan("1.5.0"))
    room.run_errands()

    await room.report(to_staging.id, "deploying")

    assert (Errand.EVALUATE, waiting.id) in room.errands()
    assert (Errand.EVALUATE, other.id) not in room.errands()


@pytest.mark.parametrize("who", ["ann", "bob", "alice"])
async def test_no_person_reports_a_deployment_not_even_an_administrator(room: Room, who: str) -> None:
    promotion = await room.approved()
    command = ReportDeployment(promotion.id, DeploymentStatus.DEPLOYING)

    with pytest.raises(ForbiddenError, match="Only a service account"):
        await room.countersign.deploying.report(room.actor(who), command)
    with pytest.raises(ForbiddenError):
        await room.countersign.deploying.report(SYSTEM, command)


async def test_a_program_needs_the_scope(room: Room) -> None:
    promotion = await room.approved()
    command = ReportDeployment(promotion.id, DeploymentStatus.DEPLOYING)
    publisher = Actor(room.ci.ref, "rest", frozenset({Right.PUBLISHER, Right.REQUESTER}))
    admin = Actor(room.ci.ref, "rest", frozenset({Right.ADMIN}))

    assert await code_of(room.countersign.deploying.report(publisher, command)) == "forbidden"
    assert await code_of(room.countersign.deploying.report(admin, command)) == "deploying"


async def test_what_is_not_approved_is_not_deployed(room: Room) -> None:
    promotion = await room.awaiting()

    with pytest.raises(TransitionError, match="A promotion that is awaiting approval cannot go on to deploying"):
        await room.report(promotion.id, "deploying")
    assert not room.memory.tables.deployments


@pytest.mark.parametrize(
    ("given", "field"), [({"external_url": "javascript:x"}, "externalUrl"), ({"message": "\0"}, "message")]
)
async def test_a_report_that_makes_no_sense_is_refused_by_the_name_of_the_field(
    room: Room, given: dict[str, str], field: str
) -> None:
    promotion = await room.approved()

    with pytest.raises(InvalidError) as caught:
        await room.report(promotion.id, "deploying", **given)

    assert caught.value.field == field
    assert room.stored(promotion.id).status == "approved"


@pytest.mark.parametrize("broken", ["promotions.save", "releases.add_deployment", "audit.add", "outbox.put"])
async def test_where_one_part_of_a_report_cannot_be_stored_nothing_remains_of_it(room: Room, broken: str) -> None:
    promotion = await room.approved()
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, broken))

    with pytest.raises(BrokenError):
        await room.report(promotion.id, "deploying")

    assert room.memory.tables == before
