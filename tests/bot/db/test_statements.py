"""Inserts that expect a conflict, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.statements import inserted, row_of, upsert
from bot.db.tables import deployments, public_keys
from bot.db.upkeep_tables import leases
from bot.db.urls import parse_url
from core.domain.release import Deployment, DeploymentStatus
from tests.support.clock import MORNING, nth_id

T = TypeVar("T")
LEASE = {"name": "a", "holder": "me", "until": MORNING}


async def _on(url: str, body: Callable[[Connection], T]) -> T:
    engine = create_async_engine(parse_url(url))
    async with engine.begin() as connection:
        result = await connection.run_sync(body)
    await engine.dispose()
    return result


async def test_an_insert_says_whether_it_was_possible_and_the_transaction_goes_on(store_url: str) -> None:
    def body(connection: Connection) -> list[bool]:
        return [inserted(connection, leases, {**LEASE, "name": name}) for name in ("a", "b", "a")]

    assert await _on(store_url, body) == [True, True, False]


async def test_an_upsert_changes_all_but_the_key(store_url: str) -> None:
    def body(connection: Connection) -> list[tuple[object, ...]]:
        upsert(connection, leases, ("name",), LEASE)
        upsert(connection, leases, ("name",), {**LEASE, "holder": "you"})
        return [tuple(row) for row in connection.execute(select(leases))]

    assert await _on(store_url, body) == [("a", "you", MORNING)]


async def test_an_upsert_keeps_the_number_that_the_database_gave(store_url: str) -> None:
    key = {"public_key_pem": "pem", "not_before": None, "not_after": None, "revoked_at": None}
    key |= {"revocation_reason": "", "algorithm": "x"}

    def body(connection: Connection) -> list[str]:
        for ref in ("old", "new", "old"):
            upsert(connection, public_keys, ("key_ref",), {**key, "key_ref": ref})
        return list(connection.execute(select(public_keys.c.key_ref).order_by(public_keys.c.sequence)).scalars())

    assert await _on(store_url, body) == ["old", "new"]


def test_a_row_has_the_columns_of_its_table_but_for_the_counted_one() -> None:
    said = Deployment(nth_id(1), nth_id(2), nth_id(3), DeploymentStatus.FAILED, MORNING, message="Out of disk")
    row = row_of(deployments, said)
    assert (row["message"], row["release_id"]) == ("Out of disk", nth_id(2))
    assert row.keys() == {column.name for column in deployments.columns} - {"sequence"}
