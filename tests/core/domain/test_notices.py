"""Who is told what, and when: properties that hold for every promotion, electorate and moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.notices import BURST, MINUTE, Call, Notice, Surroundings, calls, moments, plan
from core.domain.notify import Notify, Via
from core.domain.policy import Electorate
from core.domain.promotion import Promotion, Status
from tests.core.domain.samples import ALICE, BOB, CAROL, DAVE, MANAGERS, SRES, a_policy, a_promotion, a_vote
from tests.support.clock import MORNING, nth_id

PEOPLE = (ALICE, BOB, CAROL, DAVE)
ids = st.frozensets(st.sampled_from([person.id for person in PEOPLE]))
percents = st.none() | st.integers(1, 99)
hours = st.integers(0, 30).map(lambda number: MORNING + timedelta(hours=number))


@st.composite
def wishes(draw: st.DrawFn) -> Notify:
    escalate = draw(percents)
    group = draw(st.sampled_from([MANAGERS.id, SRES.id])) if escalate else None
    return Notify(draw(st.sampled_from(Via)), draw(percents), escalate, group)


@st.composite
def promotions(draw: st.DrawFn) -> Promotion:
    policies = tuple(
        a_policy(draw(st.integers(0, 3)), MANAGERS, SRES, notify=draw(wishes())) for _ in range(draw(st.integers(1, 2)))
    )
    votes = tuple(map(a_vote, draw(st.lists(st.sampled_from(PEOPLE[1:]), unique=True, max_size=2))))
    expires = draw(st.none() | st.just(MORNING + timedelta(hours=24)))
    status = draw(st.sampled_from([Status.AWAITING_APPROVAL, Status.PENDING, Status.CANCELLED]))
    return a_promotion(status, policies=policies, votes=votes, expires_at=expires)


electorates = st.builds(lambda one, other: Electorate({MANAGERS.id: one, SRES.id: other}, {}), ids, ids)
surroundings = st.builds(Surroundings, st.frozensets(st.sampled_from([MANAGERS.id, SRES.id])), st.booleans())


@given(promotions(), electorates, surroundings, hours)
def test_nobody_is_told_whose_approval_would_not_count(
    promotion: Promotion, electorate: Electorate, around: Surroundings, now: datetime
) -> None:
    told = {person for person, _ in calls(promotion, electorate, around, now).direct}
    assert told <= promotion.may_still_approve(electorate)
    assert not told & {vote.person_id for vote in promotion.votes}
    assert ALICE.id not in told
    if promotion.status is not Status.AWAITING_APPROVAL or promotion.expired_at(now):
        assert not told


@given(promotions(), electorates, surroundings, hours)
def test_nobody_is_asked_twice_and_nobody_reminded_of_what_was_never_asked(
    promotion: Promotion, electorate: Electorate, around: Surroundings, now: datetime
) -> None:
    direct = calls(promotion, electorate, around, now).direct
    for person in {person for person, _ in direct}:
        said = {call for who, call in direct if who == person}
        assert len(said & {Call.ASK, Call.ESCALATE}) == 1


@given(promotions(), electorates, surroundings, hours, st.integers(0, 30))
def test_what_was_to_be_said_stays_so_as_time_goes_on(
    promotion: Promotion, electorate: Electorate, around: Surroundings, now: datetime, later: int
) -> None:
    then = now + timedelta(hours=later)
    if not promotion.expired_at(then):
        before, after = (calls(promotion, electorate, around, at) for at in (now, then))
        assert before.direct <= after.direct
        assert before.mentioned == after.mentioned


@given(promotions(), electorates, surroundings, hours)
def test_time_changes_something_only_at_the_moments_that_are_named(
    promotion: Promotion, electorate: Electorate, around: Surroundings, now: datetime
) -> None:
    then = now + timedelta(hours=1)
    if not any(now < at <= then for at in moments(promotion)) and not promotion.expired_at(then):
        assert calls(promotion, electorate, around, now) == calls(promotion, electorate, around, then)


@given(promotions(), electorates, hours)
def test_by_direct_message_and_after_an_escalation_everybody_who_may_approve_knows(
    promotion: Promotion, electorate: Electorate, now: datetime
) -> None:
    plain = replace(promotion, policies=tuple(replace(each, notify=Notify()) for each in promotion.policies))
    if plain.status is Status.AWAITING_APPROVAL and not plain.expired_at(now):
        told = {person for person, _ in calls(plain, electorate, Surroundings(), now).direct}
        assert told == plain.may_still_approve(electorate)


def test_the_fallback_group_is_asked_at_once_where_there_is_nobody_else() -> None:
    wish = Notify(escalate_at_percent=50, escalate_to_group=SRES.id)
    promotion = a_promotion(Status.AWAITING_APPROVAL, policies=(a_policy(1, MANAGERS, SRES, notify=wish),))
    alone = Electorate({MANAGERS.id: frozenset(), SRES.id: {CAROL.id}}, {})
    assert calls(promotion, alone, Surroundings(), MORNING).direct == {(CAROL.id, Call.ASK)}
    both = Electorate({MANAGERS.id: {BOB.id}, SRES.id: {CAROL.id}}, {})
    assert calls(promotion, both, Surroundings(), MORNING).direct == {(BOB.id, Call.ASK)}
    later = calls(promotion, both, Surroundings(), MORNING + timedelta(hours=12)).direct
    assert {(BOB.id, Call.ASK), (CAROL.id, Call.ESCALATE)} <= later


def waiting(count: int, *, held: bool = False) -> list[Notice]:
    due = MORNING + timedelta(hours=1) if held else MORNING
    return [Notice(nth_id(number), BOB.id, Call.ASK, MORNING, due) for number in range(1, count + 1)]


def test_few_are_told_each_alone_and_many_as_one() -> None:
    assert not plan(waiting(BURST), [], None, MORNING).as_digest
    assert plan(waiting(BURST + 1), [], None, MORNING).as_digest


def test_what_was_held_goes_out_as_one_and_a_single_one_as_itself() -> None:
    assert plan(waiting(2, held=True), [], None, MORNING).as_digest
    assert not plan(waiting(1, held=True), [], None, MORNING).as_digest


def test_a_burst_waits_for_a_minute_after_the_last_message() -> None:
    last = MORNING - timedelta(seconds=20)
    assert plan(waiting(2), [last, last], None, MORNING).hold_until == last + MINUTE
    assert plan(waiting(1), [last, last], None, MORNING).hold_until is None


def test_in_quiet_hours_everything_waits() -> None:
    end = MORNING + timedelta(hours=3)
    assert plan(waiting(9), [], end, MORNING).hold_until == end
