from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.outbox import Errand
from core.app.requesting import RequestPromotion
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, Right, SlackAccount
from core.domain.promotion import Status
from core.errors import (
    AlreadyDecidedError,
    AlreadyVotedError,
    ForbiddenError,
    GatesBlockedError,
    NotAVoterError,
    NotEligibleError,
    SeparationOfDutiesError,
)
from tests.core.app.room import Room, code_of


async def test_the_vote_that_completes_the_quorum_decides(room: Room) -> None:
    promotion = await room.awaiting()

    first = await room.approve("bob", promotion.id, "Looks good")
    room.clock.advance(minutes=3)
    second = await room.approve("sam", promotion.id)

    assert (first.status, first.decided_at) == (Status.AWAITING_APPROVAL, None)
    assert (second.status, second.decided_at) == (Status.APPROVED, room.clock.now)
    assert second.decided_by == room.actor("sam").ref
    assert [(vote.person_name, vote.comment) for vote in second.votes] == [("Bob", "Looks good"), ("Sam", "LGTM")]


async def test_one_rejection_by_an_eligible_approver_is_enough_even_after_approvals(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    rejected = await room.reject("carol", promotion.id, "Not before the audit")

    assert rejected.status is Status.REJECTED
    assert rejected.close_comment == "Not before the audit"
    assert [vote.choice for vote in rejected.votes] == ["approved", "rejected"]


async def test_a_pending_promotion_can_be_rejected_whatever_its_gates_say(room: Room) -> None:
    room.switch.passes = False
    promotion = await room.request()

    assert (await room.reject("bob", promotion.id)).status is Status.REJECTED


async def test_nobody_decides_a_promotion_twice_and_the_loser_hears_who_did_and_when(room: Room) -> None:
    promotion = await room.approved()

    with pytest.raises(AlreadyDecidedError) as caught:
        await room.reject("dave", promotion.id)

    assert caught.value.params["decidedBy"] == "Carol"
    assert caught.value.params["decidedAt"] == "2026-03-02T09:00:00Z"


async def test_one_person_has_one_vote_through_whichever_account_and_door(room: Room) -> None:
    accounts = (*room.people["bob"].slack, SlackAccount("T02", "U77"))
    await room.change("bob", slack=accounts)
    promotion = await room.awaiting()
    await room.approve(await room.countersign.access.by_slack("T01", "U01"), promotion.id)

    for actor in (await room.countersign.access.by_slack("T02", "U77"), room.actor("bob", "rest")):
        with pytest.raises(AlreadyVotedError):
            await room.approve(actor, promotion.id)
        with pytest.raises(AlreadyVotedError):
            await room.reject(actor, promotion.id)
    assert len(room.stored(promotion.id).votes) == 1


@pytest.mark.parametrize("door", ["rest", "slack", "cli"])
async def test_the_requester_cannot_approve_through_any_door(room: Room, door: str) -> None:
    promotion = await room.awaiting()

    with pytest.raises(SeparationOfDutiesError):
        await room.approve(room.actor("alice", door), promotion.id)
    assert room.stored(promotion.id).votes == ()


async def test_the_requester_cannot_approve_through_another_account(room: Room) -> None:
    await room.change("alice", slack=(*room.people["alice"].slack, SlackAccount("T02", "U77")))
    promotion = await room.awaiting()

    with pytest.raises(SeparationOfDutiesError):
        await room.approve(await room.countersign.access.by_slack("T02", "U77"), promotion.id)


async def test_where_separation_of_duties_is_off_the_requester_has_a_vote(room: Room) -> None:
    relaxed = await room.environment("Sandbox", gates={})
    await room.policy_for(relaxed, 1, "release-managers", require_separation_of_duties=False)
    promotion = await room.awaiting(to=relaxed)

    assert (await room.approve("alice", promotion.id)).status is Status.APPROVED


async def test_the_policy_alone_can_ask_for_separation_of_duties(room: Room) -> None:
    target = await room.environment("Strict", gates={})
    await room.policy_for(target, 1, "release-managers", require_separation_of_duties=True)
    promotion = await room.awaiting(to=target)

    assert await code_of(room.approve("alice", promotion.id)) == "separation_of_duties"


async def test_a_voter_deactivated_since_does_not_count_at_the_vote_that_would_have_decided(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    await room.change("bob", active=False)

    assert (await room.approve("carol", promotion.id)).status is Status.AWAITING_APPROVAL
    decided = await room.approve("dave", promotion.id)

    assert decided.status is Status.APPROVED
    packet = room.evidence(promotion.id)
    assert packet is not None
    assert packet.content["policies"][0]["approvalCount"] == 2
    assert len(packet.content["approvals"]) == 3


async def test_a_voter_whom_slack_has_since_flagged_does_not_count_either(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    flagged = replace(room.people["bob"].slack[0], blocked_by="deleted")
    await room.countersign.access.note_slack_account(flagged)

    assert (await room.approve("carol", promotion.id)).status is Status.AWAITING_APPROVAL
    assert await code_of(room.reject("bob", promotion.id)) == "may_not_vote"


async def test_a_voter_removed_from_the_group_since_does_not_count(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    await room.members(room.managers, "carol", "dave")

    assert (await room.approve("carol", promotion.id)).status is Status.AWAITING_APPROVAL


async def test_somebody_who_joined_the_group_since_the_request_may_vote(room: Room) -> None:
    promotion = await room.awaiting()
    with pytest.raises(NotEligibleError):
        await room.approve("olga", promotion.id)

    await room.members(room.sres, "olga")

    assert (await room.approve("olga", promotion.id)).votes


async def test_several_policies_must_all_be_satisfied(room: Room) -> None:
    await room.policy_for(room.production, 1, "sre-team", name="sre-policy")
    promotion = await room.awaiting()

    await room.approve("bob", promotion.id)
    assert (await room.approve("carol", promotion.id)).status is Status.AWAITING_APPROVAL
    assert (await room.approve("sam", promotion.id)).status is Status.APPROVED


async def test_an_environment_without_a_policy_asks_one_approver_or_admin_who_is_not_the_requester(room: Room) -> None:
    await room.change("olga", roles=frozenset({Right.APPROVER}))
    await room.change("alice", roles=frozenset({Right.REQUESTER, Right.APPROVER}))

    first = await room.awaiting(to=room.staging)
    assert await code_of(room.approve("alice", first.id)) == "separation_of_duties"
    assert await code_of(room.approve("bob", first.id)) == "not_in_approver_list"
    assert await code_of(room.approve("olga", first.id)) == "approved"

    second = await room.awaiting(release=await room.a_release("1.4.1"), to=room.staging)
    assert await code_of(room.approve("ann", second.id)) == "approved"


async def test_an_administrator_who_is_no_approver_does_not_vote_where_a_policy_names_groups(room: Room) -> None:
    promotion = await room.awaiting()

    assert await code_of(room.approve("ann", promotion.id)) == "not_in_approver_list"
    assert await code_of(room.reject("ann", promotion.id)) == "not_in_approver_list"


async def test_an_empty_group_approves_nothing(room: Room) -> None:
    await room.members(room.managers)
    await room.members(room.sres)
    promotion = await room.awaiting()

    codes = {await code_of(room.approve(handle, promotion.id)) for handle in ("bob", "carol", "dave", "sam", "ann")}

    assert codes == {"not_in_approver_list"}


@pytest.mark.parametrize("scopes", [{Right.ADMIN}, {Right.REQUESTER}, set(Right)], ids=["admin", "requester", "all"])
async def test_no_program_votes_whatever_its_scopes(room: Room, scopes: set[Right]) -> None:
    promotion = await room.awaiting()
    program = Actor(room.ci.ref, "rest", frozenset(scopes))

    for vote in (room.approve, room.reject):
        with pytest.raises(NotAVoterError):
            await vote(program, promotion.id)
    with pytest.raises(NotAVoterError):
        await room.approve(SYSTEM, promotion.id)


async def test_a_token_without_the_scope_does_not_vote_for_its_person(room: Room) -> None:
    promotion = await room.awaiting()

    with pytest.raises(ForbiddenError, match="lacks the scope approver"):
        await room.approve(room.actor("bob", scopes=frozenset({Right.REQUESTER})), promotion.id)


async def test_a_deciding_vote_that_a_gate_blocks_is_not_stored_but_what_the_gates_said_is(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.run_errands()
    room.clock.advance(minutes=5)
    await room.scan(room.release, critical=3)

    with pytest.raises(GatesBlockedError) as caught:
        await room.approve("carol", promotion.id)

    message = "3 critical vulnerabilities exceed threshold (max: 0)"
    stored = room.stored(promotion.id)
    assert (stored.status, [vote.person_name for vote in stored.votes]) == (Status.AWAITING_APPROVAL, ["Bob"])
    assert (stored.gates[0].message, stored.evaluated_at) == (message, room.clock.now)
    assert caught.value.message == f"Gate evaluation failed: {message}"
    assert [gate["gateName"] for gate in caught.value.params["gates"]] == [
        "security-gate",
        "freeze-window-gate",
        "switch",
    ]
    assert caught.value.params["gates"][0] == {
        "gateName": "security-gate",
        "passed": False,
        "blocking": True,
        "message": message,
    }
    assert room.actions(promotion.id)[-1] is Action.GATES_BLOCKED
    assert {(Errand.CARD, promotion.id), (Errand.NOTICES, promotion.id)} <= room.errands()
    assert room.evidence(promotion.id) is None


async def test_a_vote_that_was_refused_by_a_gate_can_be_given_when_it_passes(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    room.switch.passes = False
    assert await code_of(room.approve("carol", promotion.id)) == "gates_blocked"

    room.switch.passes = True

    assert await code_of(room.approve("carol", promotion.id)) == "approved"


async def test_a_vote_that_does_not_decide_does_not_ask_the_gates(room: Room) -> None:
    promotion = await room.awaiting()
    room.switch.passes = False

    assert await code_of(room.approve("bob", promotion.id)) == "awaiting_approval"


async def test_a_vote_on_a_pending_promotion_looks_at_its_gates_and_counts_where_they_pass(room: Room) -> None:
    promotion = await room.request()

    voted = await room.approve("bob", promotion.id)

    assert (voted.status, len(voted.votes), len(voted.gates)) == (Status.AWAITING_APPROVAL, 1, 3)
    assert room.actions(promotion.id)[-2:] == [Action.GATES_PASSED, Action.VOTE_APPROVED]


async def test_a_vote_on_a_pending_promotion_whose_gates_block_is_not_stored(room: Room) -> None:
    promotion = await room.request()
    room.switch.passes = False

    assert await code_of(room.approve("bob", promotion.id)) == "gates_blocked"

    stored = room.stored(promotion.id)
    assert (stored.status, stored.votes, len(stored.gates)) == (Status.PENDING, (), 3)


async def test_an_advisory_gate_holds_no_decision_back(room: Room) -> None:
    await room.gates_of(room.production, {"switch": {"advisory": True}})
    room.switch.passes = False

    decided = await room.approved()

    assert decided.status is Status.APPROVED
    assert [(gate.passed, gate.blocking) for gate in decided.gates] == [(False, False)]


@pytest.mark.parametrize("reason", ["", "  \n "])
async def test_a_rejection_says_why(room: Room, reason: str) -> None:
    promotion = await room.awaiting()

    assert await code_of(room.reject("bob", promotion.id, reason)) == "invalid_request"
    assert room.stored(promotion.id).is_open


async def test_an_approval_may_go_without_words(room: Room) -> None:
    promotion = await room.awaiting()

    assert (await room.approve("bob", promotion.id, "")).votes[0].comment == ""


async def test_the_audit_log_tells_the_story_in_order(room: Room) -> None:
    promotion = await room.approved()

    assert room.actions(promotion.id) == [
        Action.PROMOTION_REQUESTED,
        Action.GATES_CHANGED,
        Action.GATES_PASSED,
        Action.VOTE_APPROVED,
        Action.VOTE_APPROVED,
        Action.PROMOTION_APPROVED,
    ]
    votes = [entry for entry in room.memory.tables.audit if entry.action is Action.VOTE_APPROVED]
    assert [(vote.details["approvalCount"], vote.details["requiredApprovals"]) for vote in votes] == [(1, 2), (2, 2)]
    assert votes[0].actor == room.actor("bob").ref


async def test_a_decided_promotion_can_be_asked_for_again(room: Room) -> None:
    rejected = await room.awaiting()
    await room.reject("bob", rejected.id)

    command = RequestPromotion(room.release.id, room.production.id)
    again = await room.countersign.requesting.request(room.actor("alice"), command)

    assert again.id != rejected.id
    assert again.votes == ()
