"""Promotions and votes, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.app.pages import PageRequest
from core.app.ports import PromotionFilter, Store, Transactions
from core.domain.people import SYSTEM_REF, ActorKind, ActorRef
from core.domain.policy import DEFAULT_POLICY
from core.domain.promotion import CloseReason, Promotion, Status, VoteChoice
from core.domain.release import DeploymentStatus
from core.errors import AlreadyVotedError, PromotionAlreadyOpenError, StaleVersionError
from tests.bot.db.samples import ALICE, BOB, CAROL, GATES, POLICY, PRODUCTION, STAGING, promotion, release, vote
from tests.support.clock import MORNING, nth_id

BOB_REF = ActorRef(ActorKind.PERSON, BOB.id, BOB.name)


async def _get(transactions: Transactions, id: UUID) -> Promotion:
    found = await transactions.read(lambda store: store.promotions.get(id))
    assert found is not None
    return found


async def _stored(transactions: Transactions, *promotions: Promotion) -> None:
    def add_all(store: Store) -> None:
        for each in promotions:
            store.promotions.add(each)

    await transactions.write(add_all)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"source": None, "expires_at": None, "policies": (DEFAULT_POLICY, POLICY), "separation_of_duties": False},
        {"requested_by": SYSTEM_REF, "reason": "line\nbreak, emoji 🚀, quotes '\" and \\"},
        {"gates": GATES, "evaluated_at": MORNING + timedelta(microseconds=123_456)},
    ],
)
async def test_a_promotion_comes_back_as_it_was_requested(filled: Transactions, changes: dict[str, Any]) -> None:
    asked = promotion(**changes)
    await _stored(filled, asked)
    assert await _get(filled, asked.id) == asked
    assert await filled.read(lambda store: store.promotions.get(nth_id(99))) is None


async def test_every_step_of_a_life_is_stored(filled: Transactions) -> None:
    asked = promotion()
    await _stored(filled, asked)
    steps = (
        lambda it: it.with_gates(GATES, MORNING),
        lambda it: it.with_vote(vote(BOB)),
        lambda it: it.with_vote(vote(CAROL)).approve(BOB_REF, MORNING),
        lambda it: it.deploy(DeploymentStatus.DEPLOYING, "https://ci.example.com/1", "Off we go"),
        lambda it: it.deploy(DeploymentStatus.DEPLOYED),
    )
    for version, step in enumerate(steps, start=1):

        def take(store: Store, step=step) -> Promotion:  # type: ignore[no-untyped-def]
            found = store.promotions.get(asked.id)
            return store.promotions.save(step(found))

        saved = await filled.write(take)
        assert saved.version == version
        assert await _get(filled, asked.id) == saved
    assert [each.person_id for each in saved.votes] == [BOB.id, CAROL.id]
    assert (saved.status, saved.external_url) == (Status.DEPLOYED, "https://ci.example.com/1")


async def test_how_it_was_closed_is_stored(filled: Transactions) -> None:
    await _stored(filled, promotion())
    closed = promotion().cancel(CloseReason.BY_ADMIN, SYSTEM_REF, MORNING, "Not today")
    saved = await filled.write(lambda store: store.promotions.save(closed))
    assert await _get(filled, closed.id) == saved == replace(closed, version=1)


async def test_saving_an_old_version_is_stale_and_changes_nothing(filled: Transactions) -> None:
    await _stored(filled, promotion())
    await filled.write(lambda store: store.promotions.save(promotion().with_vote(vote(BOB))))
    with pytest.raises(StaleVersionError):
        await filled.write(
            lambda store: store.promotions.save(promotion().with_vote(vote(CAROL)).reject(BOB_REF, MORNING))
        )
    assert (await _get(filled, promotion().id)).votes == (vote(BOB),)


async def test_saving_what_was_never_stored_is_stale(filled: Transactions) -> None:
    with pytest.raises(StaleVersionError):
        await filled.write(lambda store: store.promotions.save(promotion()))


async def test_a_person_has_one_vote_even_if_nobody_asked(filled: Transactions) -> None:
    await _stored(filled, promotion())
    twice = promotion().with_vote(vote(BOB)).with_vote(vote(BOB, VoteChoice.REJECTED))
    with pytest.raises(AlreadyVotedError):
        await filled.write(lambda store: store.promotions.save(twice))
    assert (await _get(filled, promotion().id)).votes == ()


async def test_votes_can_be_added_in_the_transaction_that_adds_the_promotion(filled: Transactions) -> None:
    def body(store: Store) -> Promotion:
        store.promotions.add(promotion())
        once = store.promotions.save(promotion().with_vote(vote(BOB)))
        return store.promotions.save(once.with_vote(vote(CAROL)))

    saved = await filled.write(body)
    assert saved.version == 2
    assert await _get(filled, promotion().id) == saved


async def test_one_open_promotion_per_release_and_environment(filled: Transactions) -> None:
    await _stored(filled, promotion())

    def body(store: Store) -> None:
        with pytest.raises(PromotionAlreadyOpenError) as refusal:
            store.promotions.add(promotion(2))
        assert refusal.value.params["promotionId"] == str(promotion().id)
        store.promotions.add(promotion(3, target=STAGING.ref))

    await filled.write(body)


async def test_a_closed_one_makes_room_for_the_next(filled: Transactions) -> None:
    await _stored(filled, promotion())
    await filled.write(lambda store: store.promotions.save(promotion().reject(BOB_REF, MORNING)))
    await _stored(filled, promotion(2))
    with pytest.raises(PromotionAlreadyOpenError):
        await _stored(filled, promotion(3))


async def _several(filled: Transactions) -> tuple[Promotion, ...]:
    """Four promotions, the oldest first: open, closed, awaiting to staging, open of another component."""
    await filled.write(lambda store: store.releases.add(release(2, component="web")))
    web = promotion(4, release=release(2, component="web"), requested_by=BOB_REF)
    staging = promotion(3, target=STAGING.ref, status=Status.AWAITING_APPROVAL, votes=(vote(CAROL),))
    everything = (promotion(1), promotion(2, status=Status.REJECTED, decided_at=MORNING), staging, web)
    await _stored(filled, *everything)
    return everything


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (PromotionFilter(), [4, 3, 2, 1]),
        (PromotionFilter(statuses=frozenset({Status.PENDING})), [4, 1]),
        (PromotionFilter(statuses=frozenset({Status.PENDING, Status.REJECTED})), [4, 2, 1]),
        (PromotionFilter(statuses=frozenset({Status.DEPLOYED})), []),
        (PromotionFilter(release_id=release().id), [3, 2, 1]),
        (PromotionFilter(environment_id=PRODUCTION.id), [4, 2, 1]),
        (PromotionFilter(requested_by=ALICE.id), [3, 2, 1]),
        (PromotionFilter(frozenset({Status.REJECTED}), release().id, PRODUCTION.id, ALICE.id), [2]),
        (PromotionFilter(release_id=release().id, environment_id=STAGING.id), [3]),
    ],
)
async def test_filters_narrow_the_list(filled: Transactions, wanted: PromotionFilter, numbers: list[int]) -> None:
    everything = await _several(filled)
    page = await filled.read(lambda store: store.promotions.page(wanted, PageRequest()))
    assert page.items == tuple(everything[number - 1] for number in numbers)
    assert page.total == len(numbers)


async def test_pages_do_not_overlap(filled: Transactions) -> None:
    everything = await _several(filled)
    pages = [
        await filled.read(lambda store, n=n: store.promotions.page(PromotionFilter(), PageRequest(n, 3)))  # type: ignore[misc]
        for n in (1, 2, 3)
    ]
    assert sum((page.items for page in pages), ()) == everything[::-1]
    assert {page.total for page in pages} == {4}


async def test_open_ones_are_listed_oldest_first(filled: Transactions) -> None:
    first, _, staging, web = await _several(filled)

    def body(store: Store) -> None:
        assert store.promotions.open_ids() == (first.id, staging.id, web.id)
        assert store.promotions.open_ids(release_id=release().id) == (first.id, staging.id)
        assert store.promotions.open_ids(environment_id=PRODUCTION.id) == (first.id, web.id)
        assert store.promotions.open_ids(release_id=release().id, environment_id=STAGING.id) == (staging.id,)
        assert store.promotions.open_of_component("web", PRODUCTION.id) == (web,)
        assert store.promotions.open_of_component("app", PRODUCTION.id) == (first,)
        assert store.promotions.awaiting() == (staging,)

    await filled.read(body)


async def test_what_is_due_is_open_and_past_its_time(filled: Transactions) -> None:
    first, closed, staging, web = await _several(filled)
    assert first.expires_at
    assert web.expires_at

    async def due(at: timedelta, limit: int = 10) -> tuple[UUID, ...]:
        return await filled.read(lambda store: store.promotions.due(MORNING + at, limit))

    day = timedelta(days=1)
    assert await due(day) == ()
    assert await due(day + timedelta(minutes=1) - timedelta(microseconds=1)) == ()
    assert await due(day + timedelta(minutes=1)) == (first.id,)
    assert await due(2 * day) == (first.id, staging.id, web.id)
    assert await due(2 * day, limit=2) == (first.id, staging.id)
    assert closed.id not in await due(2 * day)
