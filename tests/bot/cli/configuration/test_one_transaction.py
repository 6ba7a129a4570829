from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.cli.configuration.one_transaction import in_one_transaction
from bot.db.database import Database
from core.app.administering import Administering
from core.app.drafts import PersonDraft
from core.app.ports import Ports, Store
from core.errors import NameTakenError
from tests.bot.cli.room import CLI
from tests.support.wired import ports_on


async def names(ports: Ports) -> list[str]:
    people = await ports.transactions.read(lambda store: store.people.all())
    return [person.name for person in people]


async def two_people(ports: Ports, store: Store) -> int:
    administering = Administering(ports)
    await administering.create_person(CLI, PersonDraft("a@x", "A"))
    await administering.create_person(CLI, PersonDraft("b@x", "B"))
    return len(store.people.all())


async def test_use_cases_are_stored_together_and_see_each_other(sqlite_database: Database) -> None:
    woken: list[bool] = []
    ports = replace(ports_on(sqlite_database), wake=lambda: woken.append(True))
    assert await in_one_transaction(ports, two_people) == 2
    assert (await names(ports), woken) == (["A", "B"], [True])


async def test_one_refusal_takes_all_back(sqlite_database: Database) -> None:
    ports = ports_on(sqlite_database)

    async def work(ports: Ports, store: Store) -> None:
        await two_people(ports, store)
        await Administering(ports).create_person(CLI, PersonDraft("A@X", "again"))

    with pytest.raises(NameTakenError):
        await in_one_transaction(ports, work)
    assert await names(ports) == []


async def test_a_rehearsal_gives_its_result_and_stores_nothing(sqlite_database: Database) -> None:
    ports = ports_on(sqlite_database)
    assert await in_one_transaction(ports, two_people, keep=False) == 2
    assert await names(ports) == []


async def test_waiting_inside_is_a_fault(sqlite_database: Database) -> None:
    async def work(_ports: Ports, _store: Store) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waited"):
        await in_one_transaction(ports_on(sqlite_database), work)
