"""Run by Alembic inside `bot.db.schema`, on a connection that has begun its transaction."""

from __future__ import annotations

from alembic import context

from bot.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back DDL once Python's driver keeps out of transactions.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
