from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from bot.db import tables, upkeep_tables
from bot.db.database import Database
from bot.db.prepared import MOST_PLANS, Prepared
from bot.db.store import SqlStore
from core.app.ports import Store
from tests.support.clock import MORNING, nth_id

_services, _answers = tables.service_accounts, upkeep_tables.stored_answers
_ADD = Prepared(insert(_services).inline())
_AMONG = Prepared(
    select(_services).where(_services.c.id.in_(bindparam("ids", expanding=True))).order_by(_services.c.name_key)
)
_KEEP = Prepared(insert(_answers).inline())
_SINCE = Prepared(select(_answers).where(_answers.c.created_at >= bindparam("since"), _answers.c.status == 201))


def connection_of(store: Store) -> Connection:
    assert isinstance(store, SqlStore)
    return store.connection


def service(number: int) -> dict[str, object]:
    return {"id": nth_id(number), "name": f"S{number}", "name_key": f"s{number}"}


async def test_lists_of_any_length_are_looked_for(database: Database) -> None:
    def body(store: Store) -> list[list[str]]:
        connection = connection_of(store)
        _ADD.run_each(connection, [service(number) for number in (1, 2, 3)])
        wanted = ([nth_id(3), nth_id(1)], [nth_id(2)], [nth_id(9), nth_id(1), nth_id(2)])
        return [[row.name for row in _AMONG.all(connection, ids=ids)] for ids in wanted]

    assert await database.write(body) == [["S1", "S3"], ["S2"], ["S1", "S2"]]


async def test_lists_of_ever_other_lengths_fill_no_memory(database: Database) -> None:
    many = Prepared(select(_services).where(_services.c.id.in_(bindparam("ids", expanding=True))))

    def body(store: Store) -> None:
        connection = connection_of(store)
        _ADD.run(connection, service(1))
        for length in range(1, 2 * MOST_PLANS):
            assert len(many.all(connection, ids=[nth_id(number) for number in range(1, length + 1)])) == 1
            assert len(many._plans) <= MOST_PLANS

    await database.write(body)


async def test_values_go_in_and_come_out_by_the_types_of_their_columns(database: Database) -> None:
    kept = {
        "owner": "o",
        "key": "k",
        "fingerprint": "f",
        "created_at": MORNING,
        "status": 201,
        "headers": [["Location", "/"]],
        "body": b"\x00\xff",
    }

    def body(store: Store) -> tuple[object, object]:
        connection = connection_of(store)
        assert _KEEP.run(connection, kept) == 1
        found = _SINCE.one(connection, since=MORNING)
        assert found is not None
        return found._asdict(), _SINCE.one(connection, since=MORNING + timedelta(microseconds=1))

    assert await database.write(body) == (kept, None)


async def test_what_goes_wrong_is_told_as_sqlalchemy_tells_it_and_undone(database: Database) -> None:
    def twice(store: Store) -> None:
        _ADD.run_each(connection_of(store), [service(1), service(1)])

    with pytest.raises(IntegrityError):
        await database.write(twice)
    assert await database.read(lambda store: _AMONG.all(connection_of(store), ids=[nth_id(1)])) == []
