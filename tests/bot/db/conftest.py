"""The stores that the contract tests run against."""

from __future__ import annotations

import pytest_asyncio

from core.app.ports import Transactions
from tests.bot.db.samples import fill
from tests.support.stores import (  # noqa: F401
    any_store_url,
    database,
    postgres_pair,
    postgres_store_url,
    shared_postgres_url,
    sqlite_database,
    sqlite_store_url,
    sqlite_template,
    store_url,
    transactions,
)


@pytest_asyncio.fixture
async def filled(transactions: Transactions) -> Transactions:  # noqa: F811
    """A store that holds the samples."""
    await transactions.write(fill)
    return transactions
