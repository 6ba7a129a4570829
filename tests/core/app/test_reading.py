from __future__ import annotations

from datetime import timedelta

import pytest

from core.app.auditing import AuditFilter
from core.app.drafts import FreezeWindowDraft
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, Right, SlackAccount
from core.domain.promotion import Promotion, Status
from core.errors import ForbiddenError, NotFoundError
from core.evidence.public_key import PublicKeyRecord
from tests.core.app.room import Room, code_of
from tests.core.evidence.samples import SIGNER
from tests.support.clock import nth_id

FIRST = PageRequest()


async def waiting_for(room: Room, handle: str) -> list[str]:
    pending = await room.countersign.reading.pending_approvals(room.actor(handle))
    return [promotion.release_name for promotion in pending]


async def who_waits(room: Room) -> set[str]:
    return {handle for handle in room.people if await waiting_for(room, handle)}


async def names(room: Room, promotion: Promotion) -> list[str]:
    view = await room.countersign.reading.promotion(SYSTEM, promotion.id)
    return [person.name for person in view.may_still_approve]


async def test_what_awaits_approval_is_on_the_list_of_each_who_may_approve_and_of_nobody_else(room: Room) -> None:
    await room.awaiting()

    assert await who_waits(room) == {"bob", "carol", "dave", "sam"}


async def test_what_somebody_has_voted_on_is_off_the_own_list_and_stays_on_the_others(room: Room) -> None:
    promotion = await room.awaiting()

    await room.approve("bob", promotion.id)

    assert await who_waits(room) == {"carol", "dave", "sam"}


async def test_the_requester_sees_it_where_duties_are_not_separated(room: Room) -> None:
    target = await room.environment("Sandbox", gates={})
    await room.policy_for(target, 1, "release-managers", require_separation_of_duties=False)
    await room.awaiting(to=target)

    assert "alice" in await who_waits(room)


async def test_what_is_pending_or_decided_waits_for_nobody(room: Room) -> None:
    await room.request()
    await room.approved(release=await room.a_release_with_scan("1.5.0"))

    assert await who_waits(room) == set()


async def test_what_has_run_out_unnoticed_waits_for_nobody(room: Room) -> None:
    await room.awaiting()
    room.clock.advance(hours=24)

    assert await who_waits(room) == set()


async def test_who_joins_a_group_or_leaves_it_gains_and_loses_what_waits(room: Room) -> None:
    await room.awaiting()

    await room.members(room.managers, "olga")

    assert await who_waits(room) == {"olga", "sam"}


async def test_once_a_policy_is_satisfied_it_waits_for_nobody_more(room: Room) -> None:
    target = await room.environment("Two keys", gates={})
    await room.policy_for(target, 1, "release-managers", name="managers")
    await room.policy_for(target, 1, "sre-team", name="sres")
    promotion = await room.awaiting(to=target)

    await room.approve("bob", promotion.id)

    assert await who_waits(room) == {"sam"}


async def test_the_list_begins_with_the_oldest_request(room: Room) -> None:
    for version in ("1.5.0", "1.6.0"):
        await room.awaiting(release=await room.a_release_with_scan(version))
        room.clock.advance(minutes=1)

    assert await waiting_for(room, "bob") == ["shop-1.5.0", "shop-1.6.0"]


async def test_an_account_that_may_not_vote_has_nothing_waiting(room: Room) -> None:
    await room.awaiting()
    reference = room.actor("bob").ref
    guest = Actor(reference, "slack", account=SlackAccount("T01", "U01", "is_restricted"))

    assert await room.countersign.reading.pending_approvals(guest) == ()
    assert await room.countersign.reading.pending_approvals(room.ci) == ()


async def test_who_may_still_approve_is_said_by_name(room: Room) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)

    assert await names(room, promotion) == ["Carol", "Dave", "Sam"]
    await room.change("dave", active=False)
    assert await names(room, promotion) == ["Carol", "Sam"]


async def test_nobody_may_still_approve_what_is_decided(room: Room) -> None:
    assert await names(room, await room.approved()) == []


@pytest.mark.parametrize(("decide", "count"), [("approve", 2), ("reject", 1)])
async def test_a_closed_promotion_shows_how_far_the_approvals_came(room: Room, decide: str, count: int) -> None:
    promotion = await room.awaiting()
    await room.approve("bob", promotion.id)
    await (room.approve if decide == "approve" else room.reject)("carol", promotion.id)
    await room.change("bob", active=False)

    view = await room.countersign.reading.promotion(SYSTEM, promotion.id)

    assert (view.quorum.approvals, view.quorum.required) == (count, 2)


async def test_promotions_are_filtered_and_paged_newest_first(room: Room) -> None:
    first = await room.awaiting()
    room.clock.advance(minutes=1)
    second = await room.request(release=await room.a_release("1.5.0"), to=room.staging)
    reading, reader = room.countersign.reading, room.actor("olga")

    everything = await reading.promotions(reader, PromotionFilter(), FIRST)
    awaiting = await reading.promotions(reader, PromotionFilter(frozenset({Status.AWAITING_APPROVAL})), FIRST)
    to_staging = await reading.promotions(reader, PromotionFilter(environment_id=room.staging.id), FIRST)
    of_release = await reading.promotions(reader, PromotionFilter(release_id=room.release.id), FIRST)
    second_page = await reading.promotions(reader, PromotionFilter(), PageRequest(2, 1))

    assert [each.id for each in everything.items] == [second.id, first.id]
    assert [each.id for each in (*awaiting.items, *of_release.items, *second_page.items)] == [first.id] * 3
    assert [each.id for each in to_staging.items] == [second.id]
    assert second_page.total == 2


async def test_evidence_is_there_once_it_is_decided_and_not_before(room: Room) -> None:
    promotion = await room.awaiting()
    reading, reader = room.countersign.reading, room.actor("olga")

    with pytest.raises(NotFoundError, match="is not decided, so there is no evidence yet") as caught:
        await reading.evidence(reader, promotion.id)
    assert caught.value.params["status"] == "awaiting_approval"
    with pytest.raises(NotFoundError):
        await reading.evidence(reader, nth_id(7))

    await room.reject("bob", promotion.id)
    assert (await reading.evidence(reader, promotion.id)).promotion_id == promotion.id


async def test_the_history_of_a_promotion_is_told_oldest_first(room: Room) -> None:
    promotion = await room.awaiting()

    history = await room.countersign.reading.history(room.actor("olga"), promotion.id)

    told = [Action.PROMOTION_REQUESTED, Action.GATES_CHANGED, Action.GATES_PASSED]
    assert [entry.action for entry in history] == told
    assert await code_of(room.countersign.reading.history(room.actor("olga"), nth_id(7))) == "not_found"


async def test_the_audit_log_is_for_administrators_newest_first(room: Room) -> None:
    promotion = await room.awaiting()
    reading = room.countersign.reading

    page = await reading.audit_log(room.actor("ann"), FIRST)
    of_one = await reading.audit_log(room.actor("ann"), FIRST, AuditFilter(subject_id=promotion.id))

    assert page.items[0].action is Action.GATES_PASSED
    assert of_one.total == 3
    with pytest.raises(ForbiddenError):
        await reading.audit_log(room.actor("bob"), FIRST)


async def test_an_environment_is_shown_with_what_it_runs_and_what_lies_ahead(room: Room) -> None:
    now = room.clock.now
    for name, begins, ends in (("over", -2, -1), ("ahead", 5, 6)):
        times = now + timedelta(hours=begins), now + timedelta(hours=ends)
        draft = FreezeWindowDraft(name, (room.production.id,), *times)
        await room.countersign.administering.create_freeze_window(SYSTEM, draft)
    promotion = await room.approved()
    await room.report(promotion.id, "deploying")
    running = room.countersign.reading.environment_view
    assert (await running(room.actor("olga"), room.production.id)).current is None

    await room.report(promotion.id, "deployed")

    view = await running(room.actor("olga"), room.production.id)
    assert (view.environment.id, view.current) == (room.production.id, room.release)
    assert [window.name for window in view.freeze_windows] == ["ahead"]
    assert view.policies == (room.policy,)


async def test_release_and_environment_are_found_by_name_whatever_the_letter_case(room: Room) -> None:
    resolve = room.countersign.reading.resolve

    assert await resolve(room.actor("olga"), "SHOP-1.4.0", "production") == (room.release, room.production)
    with pytest.raises(NotFoundError, match="There is no environment mars"):
        await resolve(room.actor("olga"), "shop-1.4.0", "mars")


async def test_everything_has_a_list_and_everything_can_be_looked_at(room: Room) -> None:
    reading, reader = room.countersign.reading, room.actor("olga")
    now = room.clock.now
    draft = FreezeWindowDraft("year-end", (room.production.id,), now, now + timedelta(hours=1))
    window = await room.countersign.administering.create_freeze_window(SYSTEM, draft)

    assert [each.name for each in (await reading.environments(reader, FIRST)).items] == ["Production", "Staging"]
    assert await reading.all_environments(reader) == (room.production, room.staging)
    assert await reading.environment(reader, room.staging.id) == room.staging
    assert (await reading.releases(reader, FIRST)).items == (room.release,)
    assert await reading.release(reader, room.release.id) == room.release
    assert await reading.search_releases(reader, "1.4", 5) == (room.release,)
    assert (await reading.policies(reader, FIRST)).items == (room.policy,)
    assert await reading.policy(reader, room.policy.id or nth_id(0)) == room.policy
    assert [each.name for each in (await reading.groups(reader, FIRST)).items] == ["release-managers", "sre-team"]
    assert await reading.group(reader, room.sres.id) == room.sres
    assert (await reading.freeze_windows(reader, FIRST)).items == (window,)
    assert await reading.freeze_window(reader, window.id) == window
    assert await reading.people_among(reader, frozenset({room.people["bob"].id})) == (room.people["bob"],)


async def test_what_is_not_there_is_not_found(room: Room) -> None:
    reading, reader = room.countersign.reading, room.actor("olga")
    looks = [reading.promotion, reading.environment, reading.environment_view, reading.release, reading.policy]
    looks += [reading.group, reading.freeze_window]

    codes = [await code_of(look(reader, nth_id(7))) for look in looks]

    assert set(codes) == {"not_found"}


async def test_people_are_listed_and_looked_at_by_administrators(room: Room) -> None:
    reading = room.countersign.reading

    page = await reading.people(room.actor("ann"), PageRequest(2, 3))

    assert ([person.name for person in page.items], page.total) == (["Carol", "Dave", "Erin"], 9)
    assert await reading.person(room.actor("ann"), room.people["bob"].id) == room.people["bob"]


async def test_everybody_hears_the_own_rights(room: Room) -> None:
    reading = room.countersign.reading

    assert await reading.rights(room.actor("bob")) == {Right.READER, Right.APPROVER}
    assert await reading.rights(room.ci) == {Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER}


async def test_the_public_keys_are_for_everybody(room: Room) -> None:
    key = PublicKeyRecord.from_pem(SIGNER.public_key_pem)
    await room.memory.write(lambda store: store.evidence.put_key(key))

    assert (await room.countersign.reading.public_keys()).get(SIGNER.key_ref) == key


async def test_who_is_deactivated_reads_nothing(room: Room) -> None:
    promotion = await room.awaiting()
    await room.change("bob", active=False)
    reading, gone = room.countersign.reading, room.actor("bob")

    assert await code_of(reading.promotion(gone, promotion.id)) == "may_not_vote"
    assert await code_of(reading.pending_approvals(gone)) == "may_not_vote"
