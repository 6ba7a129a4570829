from __future__ import annotations

from datetime import timedelta

import pytest

from core.app.drafts import PolicyDraft
from core.app.journal import REFRESH
from core.app.outbox import Errand
from core.app.requesting import RequestPromotion
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, Right
from core.domain.policy import DEFAULT_POLICY
from core.domain.promotion import CloseReason, Status
from core.errors import ForbiddenError, InvalidError, NotFoundError, PromotionAlreadyOpenError
from tests.core.app.broken import BrokenError, BrokenTransactions
from tests.core.app.room import Room, code_of
from tests.support.clock import nth_id


async def test_a_request_is_pending_with_everything_that_was_fixed_for_it(room: Room) -> None:
    promotion = await room.request()

    assert (promotion.status, promotion.votes, promotion.gates) == (Status.PENDING, (), ())
    assert (promotion.release_name, promotion.component) == ("shop-1.4.0", "shop")
    assert (promotion.source, promotion.target) == (room.staging.ref, room.production.ref)
    assert (promotion.requested_by, promotion.requested_at) == (room.actor("alice").ref, room.clock.now)
    assert (promotion.reason, promotion.policies) == ("Fixes the login", (room.policy,))
    assert promotion.expires_at == room.clock.now + timedelta(hours=24)
    assert promotion.separation_of_duties


async def test_the_gates_are_looked_at_after_the_commit_without_another_call(room: Room) -> None:
    room.run_errands()

    promotion = await room.request()

    assert room.errands() == {(each, promotion.id) for each in (Errand.EVALUATE, *REFRESH)}
    assert room.woken
    entry = room.memory.tables.audit[-1]
    assert (entry.action, entry.subject_id, entry.door) == (Action.PROMOTION_REQUESTED, promotion.id, "rest")
    assert entry.details["reason"] == "Fixes the login"


@pytest.mark.parametrize("broken", ["promotions.add", "audit.add", "outbox.put"])
async def test_where_one_part_of_a_request_cannot_be_stored_nothing_remains_of_it(room: Room, broken: str) -> None:
    before = room.memory.tables.copy()
    room.use(BrokenTransactions(room.memory, broken))

    with pytest.raises(BrokenError):
        await room.request()

    assert room.memory.tables == before


async def test_policies_edited_later_touch_later_requests_only(room: Room) -> None:
    before = await room.awaiting()
    draft = PolicyDraft("production-policy", room.production.id, 1, ("sre-team",), False, 1)
    await room.countersign.administering.update_policy(SYSTEM, room.policy.id or nth_id(0), draft)
    after = await room.request(release=await room.a_release("1.5.0"))

    assert room.stored(before.id).policies == (room.policy,)
    assert await code_of(room.approve("sam", before.id)) == "awaiting_approval"
    assert await code_of(room.approve("bob", before.id)) == "approved"
    assert (after.policies[0].required_approvals, after.policies[0].digest) != (2, room.policy.digest)
    assert after.expires_at == room.clock.now + timedelta(hours=1)


async def test_a_policy_deleted_later_is_still_asked_of_what_was_requested_under_it(room: Room) -> None:
    promotion = await room.awaiting()
    await room.countersign.administering.delete_policy(SYSTEM, room.policy.id or nth_id(0))

    assert await code_of(room.approve("bob", promotion.id)) == "awaiting_approval"


async def test_separation_of_duties_switched_off_later_stays_on_for_what_was_requested(room: Room) -> None:
    promotion = await room.awaiting()
    await room.gates_of(room.production, {}, require_sod=False)

    assert await code_of(room.approve("alice", promotion.id)) == "separation_of_duties"


@pytest.mark.parametrize(
    ("environment_asks", "policies_ask", "separated"),
    [
        (False, (False,), False),
        (True, (False,), True),
        (False, (True,), True),
        (False, (False, True), True),
        (False, (), True),
    ],
)
async def test_duties_are_separated_where_the_environment_or_any_policy_says_so(
    room: Room, environment_asks: bool, policies_ask: tuple[bool, ...], separated: bool
) -> None:
    target = await room.environment("Target", gates={}, require_sod=environment_asks)
    for number, asks in enumerate(policies_ask):
        terms = {"name": f"policy-{number}", "require_separation_of_duties": asks}
        await room.policy_for(target, 1, "release-managers", **terms)

    assert (await room.request(to=target)).separation_of_duties is separated


async def test_without_a_policy_the_fallback_is_what_was_asked_under(room: Room) -> None:
    promotion = await room.request(to=room.staging)

    assert (promotion.policies, promotion.expires_at, promotion.source) == ((DEFAULT_POLICY,), None, None)


async def test_a_second_request_is_refused_with_the_first_ones_id(room: Room) -> None:
    first = await room.request()

    with pytest.raises(PromotionAlreadyOpenError) as caught:
        await room.request(room.ci)

    assert caught.value.params == {"promotionId": str(first.id)}


async def test_a_second_request_to_another_environment_or_of_another_release_is_no_second_one(room: Room) -> None:
    first = await room.request()
    elsewhere = await room.request(to=room.staging)
    other = await room.request(release=await room.a_release("1.5.0"))

    assert all(room.stored(each.id).is_open for each in (first, elsewhere, other))


async def test_an_open_promotion_that_has_run_out_makes_room_and_is_closed_on_the_way(room: Room) -> None:
    first = await room.awaiting()
    room.clock.advance(hours=24)

    second = await room.request()

    assert room.stored(first.id).close_reason is CloseReason.EXPIRED
    assert room.evidence(first.id) is not None
    assert room.stored(second.id).is_open


@pytest.mark.parametrize("who", ["bob", "sam", "olga"])
async def test_who_has_not_the_role_does_not_request(room: Room, who: str) -> None:
    with pytest.raises(ForbiddenError) as caught:
        await room.request(who)

    assert caught.value.params == {"missingRole": "requester"}


async def test_programs_and_administrators_request_too(room: Room) -> None:
    assert (await room.request(room.ci)).requested_by == room.ci.ref
    assert (await room.request("ann", to=room.staging)).requested_by.name == "Ann"


@pytest.mark.parametrize("scopes", [set(), {Right.READER}, {Right.PUBLISHER, Right.DEPLOYER}, {Right.APPROVER}])
async def test_a_token_without_the_scope_does_not_request(room: Room, scopes: set[Right]) -> None:
    assert await code_of(room.request(Actor(room.ci.ref, "rest", frozenset(scopes)))) == "forbidden"
    assert await code_of(room.request(room.actor("alice", scopes=frozenset(scopes)))) == "forbidden"


async def test_who_is_deactivated_does_not_request(room: Room) -> None:
    await room.change("alice", active=False)

    assert await code_of(room.request()) == "may_not_vote"


@pytest.mark.parametrize("missing", ["releaseId", "targetEnvironmentId"])
async def test_what_is_not_there_is_named_by_its_field(room: Room, missing: str) -> None:
    given = {"releaseId": room.release.id, "targetEnvironmentId": room.production.id, missing: nth_id(7)}
    command = RequestPromotion(given["releaseId"], given["targetEnvironmentId"])

    with pytest.raises(NotFoundError) as caught:
        await room.countersign.requesting.request(room.actor("alice"), command)

    assert caught.value.params["field"] == missing


async def test_a_reason_is_text(room: Room) -> None:
    command = RequestPromotion(room.release.id, room.production.id, "a\0b")

    with pytest.raises(InvalidError) as caught:
        await room.countersign.requesting.request(room.actor("alice"), command)

    assert caught.value.field == "reason"
