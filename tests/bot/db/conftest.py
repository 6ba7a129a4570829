"""The stores that the contract tests run against."""

from __future__ import annotations

import pytest_asyncio

from core.app.ports import Transactions
from tests.bot.db.samples import fill


@pytest_asyncio.fixture
async def filled(transactions: Transactions) -> Transactions:
    """A store that holds the samples."""
    await transactions.write(fill)
    return transactions
