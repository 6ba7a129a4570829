"""Running the migrations, which takes Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the schema to the head, within the connection's transaction."""
    config = configured()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def configured() -> Config:
    """Where Alembic finds the migrations."""
    config = Config()
    config.set_main_option("script_location", "bot.db:migrations")
    config.set_main_option("path_separator", "os")
    return config
