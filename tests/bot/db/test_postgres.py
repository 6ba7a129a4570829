"""PostgreSQL with several replicas: races have one winner, and lost connections are made up for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.database import Database, open_database
from core.app.outbox import Errand
from core.app.ports import Store, StoredAnswer
from core.domain.environment import Environment
from core.domain.people import ActorKind, ActorRef, Person, SlackAccount
from core.domain.promotion import Promotion, Status
from core.errors import ConflictError, PromotionAlreadyOpenError, UnavailableError
from tests.bot.db.samples import ALICE, BOB, CAROL, GATES, fill, promotion, vote
from tests.support.clock import MORNING, nth_id
from tests.support.postgres import PostgresCluster

ROUNDS = 10
LATER = timedelta(minutes=1)
_KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'countersign' \\g /dev/null"

Pair = tuple[Database, Database]


def approving(person: Person, id: int = 1) -> Callable[[Store], Promotion]:
    """What an approval does to a promotion: vote, and decide where the quorum is met."""

    def body(store: Store) -> Promotion:
        found = store.promotions.get(promotion(id).id)
        assert found is not None
        voted = found.with_vote(vote(person))
        if voted.quorum(store.people.electorate(voted.policies)).met:
            voted = voted.approve(ActorRef(ActorKind.PERSON, person.id, person.name), MORNING)
        return store.promotions.save(voted)

    return body


def with_awaiting(store: Store) -> None:
    fill(store)
    store.promotions.add(promotion().with_gates(GATES, MORNING))


@pytest.mark.parametrize("_round", range(ROUNDS))
async def test_of_two_approvals_at_once_both_count_and_one_decides(postgres_pair: Pair, _round: int) -> None:
    one, other = postgres_pair
    await one.write(with_awaiting)
    outcomes = await asyncio.gather(one.write(approving(BOB)), other.write(approving(CAROL)))
    assert sorted(outcome.status for outcome in outcomes) == [Status.APPROVED, Status.AWAITING_APPROVAL]
    final = await one.read(lambda store: store.promotions.get(promotion().id))
    assert final is not None
    assert (final.status, final.version) == (Status.APPROVED, 2)
    assert final.approvers == {BOB.id, CAROL.id}


async def test_what_slack_says_of_an_account_does_not_bring_back_who_is_being_deactivated(postgres_pair: Pair) -> None:
    one, other = postgres_pair
    await one.write(fill)
    looked_up = asyncio.Event()

    def guest_now(store: Store) -> None:
        found = store.people.by_slack("T01", "U01")
        assert found is not None
        looked_up.set()
        for _ in range(100):
            store.environments.all()
        store.people.replace(replace(found, slack=(SlackAccount("T01", "U01", "is_restricted"),)))

    def deactivate(store: Store) -> None:
        found = store.people.get(ALICE.id)
        assert found is not None
        store.people.replace(replace(found, active=False))

    noting = asyncio.ensure_future(one.write(guest_now))
    await looked_up.wait()
    await asyncio.gather(noting, other.write(deactivate))
    final = await one.read(lambda store: store.people.get(ALICE.id))
    assert final == replace(ALICE, active=False, slack=(SlackAccount("T01", "U01", "is_restricted"),))


async def test_of_many_requests_at_once_one_is_stored(postgres_pair: Pair) -> None:
    await postgres_pair[0].write(fill)

    def adding(number: int) -> Callable[[Store], None]:
        return lambda store: store.promotions.add(promotion(number))

    requests = (postgres_pair[number % 2].write(adding(number)) for number in range(1, 9))
    outcomes = await asyncio.gather(*requests, return_exceptions=True)
    assert outcomes.count(None) == 1
    open_one = await postgres_pair[0].read(lambda store: store.promotions.open_ids())
    refusals = [outcome for outcome in outcomes if isinstance(outcome, PromotionAlreadyOpenError)]
    assert [refusal.params["promotionId"] for refusal in refusals] == [str(open_one[0])] * 7


async def test_two_claimers_at_once_take_different_errands(postgres_pair: Pair) -> None:
    one, other = postgres_pair

    def put_four(store: Store) -> None:
        for number in range(1, 5):
            store.outbox.put(Errand.CARD, nth_id(number), MORNING)

    await one.write(put_four)
    holding, done = asyncio.Event(), asyncio.Event()

    def claim_and_wait(store: Store) -> set[str]:
        claimed = {entry.key for entry in store.outbox.claim(MORNING, MORNING, 2)}
        holding.set()
        while not done.is_set():
            store.environments.all()
        return claimed

    first = asyncio.ensure_future(one.write(claim_and_wait))
    await holding.wait()
    taken = await other.write(lambda store: store.outbox.claim(MORNING, MORNING, 10))
    done.set()
    assert {entry.key for entry in taken} | await first == {f"card:{nth_id(number)}" for number in range(1, 5)}
    assert len(taken) == 2


async def test_of_two_requests_with_one_idempotency_key_one_is_first(postgres_pair: Pair) -> None:
    def first_come(store: Store) -> bool:
        if store.answers.get("owner", "key"):
            return False
        store.answers.put(StoredAnswer("owner", "key", "print", MORNING))
        return True

    for _ in range(ROUNDS):
        await postgres_pair[0].write(lambda store: store.answers.forget("owner", "key"))
        outcomes = await asyncio.gather(*(database.write(first_come) for database in postgres_pair * 3))
        assert outcomes.count(True) == 1


async def test_a_lease_goes_to_one_of_many(postgres_pair: Pair) -> None:
    def taking(holder: str) -> Callable[[Store], bool]:
        return lambda store: store.leases.take("scheduler", holder, MORNING, MORNING + timedelta(minutes=1))

    takes = (postgres_pair[number % 2].write(taking(f"replica-{number}")) for number in range(8))
    assert (await asyncio.gather(*takes)).count(True) == 1


async def test_a_deadlock_ends_with_both_done(postgres_pair: Pair) -> None:
    one, other = postgres_pair
    await one.write(with_awaiting)
    second = promotion(2, target=promotion().source, source=None).with_gates(GATES, MORNING)
    await one.write(lambda store: store.promotions.add(second))
    begun: list[Person] = []

    def both(person: Person, first: int, then: int) -> Callable[[Store], None]:
        def body(store: Store) -> None:
            approving(person, first)(store)
            begun.append(person)
            while len(begun) < 2:
                store.environments.all()
            approving(person, then)(store)

        return body

    await asyncio.gather(one.write(both(BOB, 1, 2)), other.write(both(CAROL, 2, 1)))
    assert len(begun) == 3, "one was in the way of the other and began again"
    for id in (promotion().id, second.id):
        final = await one.read(lambda store, id=id: store.promotions.get(id))  # type: ignore[misc]
        assert final is not None
        assert final.status is Status.APPROVED


async def test_lost_connections_are_made_up_for(postgres_store_url: str, postgres_cluster: PostgresCluster) -> None:
    database = open_database(postgres_store_url)
    await asyncio.gather(*(database.read(lambda store: store.people.all()) for _ in range(5)))
    await asyncio.to_thread(postgres_cluster.run_sql, _KILL)
    await database.write(fill)
    killed: list[int] = []

    def body(store: Store) -> int:
        store.people.replace(replace(ALICE, name="Alicia"))
        if not killed:
            killed.append(1)
            postgres_cluster.run_sql(_KILL)
        return len(store.people.all())

    assert await database.write(body) == 3
    await database.close()


async def test_a_connection_that_breaks_each_time_is_unavailable_until_it_holds(
    postgres_store_url: str, postgres_cluster: PostgresCluster
) -> None:
    database = open_database(postgres_store_url)
    await database.write(fill)

    def body(store: Store) -> int:
        store.people.all()
        postgres_cluster.run_sql(_KILL)
        return len(store.people.all())

    with pytest.raises(UnavailableError):
        await database.read(body)
    assert len(await database.read(lambda store: store.people.all())) == 3
    await database.close()


async def test_what_refers_to_something_that_never_appears_is_a_conflict(postgres_pair: Pair) -> None:
    orphan = Environment(nth_id(1), "orphan", source_environment_id=nth_id(9))
    with pytest.raises(ConflictError, match="does not exist any more"):
        await postgres_pair[0].write(lambda store: store.environments.add(orphan))


async def test_a_claim_takes_no_more_than_it_may_whatever_the_plan(postgres_pair: Pair) -> None:
    def put_many(store: Store) -> None:
        for number in range(1, 201):
            store.outbox.put(Errand.CARD, nth_id(number), MORNING)

    await postgres_pair[0].write(put_many)
    for _ in range(20):
        taken = await postgres_pair[0].write(lambda store: store.outbox.claim(MORNING, MORNING + LATER, 10))
        assert len(taken) == 10
    assert await postgres_pair[0].write(lambda store: store.outbox.claim(MORNING, MORNING + LATER, 10)) == ()
