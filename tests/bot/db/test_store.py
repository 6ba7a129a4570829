"""A transaction is whole or nothing, on every kind of store."""

from __future__ import annotations

import pytest

from core.app.outbox import Errand
from core.app.ports import Store, Transactions
from core.domain.environment import Environment
from core.errors import InvalidError
from tests.bot.db.samples import ALICE, BOB, STAGING, event, fill, promotion, vote
from tests.support.clock import MORNING, nth_id


def _do_much(store: Store) -> None:
    store.environments.add(Environment(nth_id(90), "new"))
    store.environments.replace(Environment(STAGING.id, "renamed"))
    store.promotions.add(promotion())
    store.promotions.save(promotion().with_vote(vote(BOB)))
    store.audit.add(event(1, promotion().id))
    store.outbox.put(Errand.CARD, promotion().id, MORNING)
    store.leases.take("scheduler", "me", MORNING, MORNING)
    store.people.replace(ALICE)


def _look(store: Store) -> tuple[object, ...]:
    return (
        store.environments.all(),
        store.promotions.get(promotion().id),
        store.audit.of(promotion().id),
        store.outbox.depth(),
        store.people.all(),
    )


async def test_a_body_that_raises_leaves_everything_as_it_was(transactions: Transactions) -> None:
    await transactions.write(fill)
    before = await transactions.read(_look)

    def body(store: Store) -> None:
        _do_much(store)
        raise InvalidError("No", field="x")

    with pytest.raises(InvalidError):
        await transactions.write(body)
    assert await transactions.read(_look) == before
    await transactions.write(_do_much)
    assert await transactions.read(_look) != before


async def test_a_body_sees_what_it_wrote_and_its_value_is_returned(transactions: Transactions) -> None:
    def body(store: Store) -> tuple[Environment | None, int]:
        store.environments.add(STAGING)
        return store.environments.get(STAGING.id), len(store.environments.all())

    assert await transactions.write(body) == (STAGING, 1)
