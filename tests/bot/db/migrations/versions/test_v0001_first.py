"""The first revision."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bot.db.migrations.versions import v0001_first
from bot.db.schema import head_revision


def test_it_is_where_the_history_begins() -> None:
    assert v0001_first.down_revision is None
    history = ScriptDirectory(str(Path(v0001_first.__file__).parents[1])).walk_revisions()
    assert [revision.revision for revision in history][-1] == v0001_first.revision <= head_revision()


def test_there_is_no_way_back() -> None:
    with pytest.raises(RuntimeError, match="backup"):
        v0001_first.downgrade()
