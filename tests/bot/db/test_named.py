"""What catalogues share beyond the contract: races that only a database can have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.db.database import Database
from bot.db.named import NamedRows
from bot.db.tables import REFERS_AS, metadata
from core.app.ports import Store
from core.domain.environment import Environment
from core.domain.policy import ApprovalPolicy
from core.errors import InUseError, NameTakenError
from tests.support.clock import nth_id

SPARE = Environment(nth_id(1), "spare")


def test_whatever_keeps_a_thing_from_being_removed_has_a_word_for_it() -> None:
    removable = {kind.table for kind in NamedRows.__subclasses__()}
    referring = {
        table
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table in removable and key.ondelete == "RESTRICT"
    }
    assert referring
    assert [table.name for table in referring if REFERS_AS not in table.info] == []


async def test_of_two_things_with_one_name_at_once_one_is_stored(postgres_pair: tuple[Database, Database]) -> None:
    def adding(number: int) -> Callable[[Store], None]:
        return lambda store: store.environments.add(Environment(nth_id(number), "spare"))

    adds = (database.write(adding(number)) for number, database in enumerate(postgres_pair * 4, start=1))
    outcomes = await asyncio.gather(*adds, return_exceptions=True)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, NameTakenError) for outcome in outcomes) == 7


async def test_what_is_put_to_use_while_it_is_removed_stays(postgres_pair: tuple[Database, Database]) -> None:
    one, other = postgres_pair
    await one.write(lambda store: store.environments.add(SPARE))
    used, removing = asyncio.Event(), asyncio.Event()

    def use(store: Store) -> None:
        store.policies.add(ApprovalPolicy(nth_id(2), "policy", SPARE.id, 0, ()))
        used.set()
        while not removing.is_set():
            store.environments.all()

    using = asyncio.ensure_future(one.write(use))
    await used.wait()
    # Its own look finds no user yet; its DELETE then waits for the other's commit.
    removal = asyncio.ensure_future(other.write(lambda store: store.environments.remove(SPARE.id)))
    await asyncio.sleep(0.1)
    removing.set()
    await using
    with pytest.raises(InUseError):
        await removal
    assert await one.read(lambda store: store.environments.get(SPARE.id)) == SPARE
