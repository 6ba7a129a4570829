"""A PostgreSQL whose commits are durable, for measuring."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.scenes import durable
from tests.support.postgres import PostgresCluster


@pytest.fixture
def durable_postgres(postgres_cluster: PostgresCluster) -> Iterator[PostgresCluster]:
    """The run's server, with every commit on the disk before it is answered."""
    with durable(postgres_cluster) as cluster:
        yield cluster
