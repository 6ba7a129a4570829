"""Which database URLs are understood."""

from __future__ import annotations

import pytest

from bot.db.urls import parse_url, sqlite_file
from core.errors import InvalidError


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("sqlite:///countersign.db", "sqlite+aiosqlite:///countersign.db"),
        ("sqlite:////var/lib/c.db", "sqlite+aiosqlite:////var/lib/c.db"),
        ("sqlite+aiosqlite:///c.db", "sqlite+aiosqlite:///c.db"),
        ("postgres://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
        ("postgresql://u:p%40@h/d?sslmode=require", "postgresql+asyncpg://u:p%40@h/d?ssl=require"),
        ("postgresql+asyncpg:///d?host=/run/pg", "postgresql+asyncpg:///d?host=%2Frun%2Fpg"),
    ],
)
def test_known_forms_get_our_drivers(text: str, rendered: str) -> None:
    assert parse_url(text).render_as_string(hide_password=False) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "",
        "countersign.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "sqlite:///x.db?mode=ro",
        "sqlite://host/x.db",
        "mysql://u:s3cr3t@h/d",
        "postgresql+psycopg://u:s3cr3t@h/d",
        "postgresql://u:s3cr3t@h:port/d",
        "postgresql://u:s3cr3t@h/d?channel=1",
    ],
)
def test_everything_else_is_refused_by_the_settings_name_and_without_the_password(text: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        parse_url(text)
    assert refusal.value.field == "COUNTERSIGN_DATABASE_URL"
    assert "COUNTERSIGN_DATABASE_URL" in refusal.value.message
    assert refusal.value.hint
    assert "s3cr3t" not in refusal.value.message + refusal.value.hint


def test_a_home_folder_is_found() -> None:
    assert not str(sqlite_file(parse_url("sqlite:///~/c.db"))).startswith("~")
