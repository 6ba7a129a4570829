from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from bot.cli.configuration.schema import FreezeWindowEntry, GroupEntry, PersonEntry


def test_only_what_the_file_has_is_given() -> None:
    entry = GroupEntry.model_validate({"name": "sre", "slackUsergroup": ""})
    assert entry.given("name", "members", "slack_usergroup") == {"name": "sre", "slack_usergroup": ""}


def test_names_come_without_blanks_and_in_one_spelling() -> None:
    entry = PersonEntry.model_validate({"email": " zoe@example.com ", "name": "Zoe\u0308"})
    assert (entry.email, entry.name) == ("zoe@example.com", "Zoë")


@pytest.mark.parametrize("time", ["2026-12-20T01:00:00+01:00", datetime(2026, 12, 20, tzinfo=UTC)])
def test_times_are_read_from_text_and_from_yaml(time: object) -> None:
    window = {"name": "w", "environments": ["e"], "startsAt": time, "endsAt": "2027-01-01T00:00:00Z"}
    assert FreezeWindowEntry.model_validate(window).starts_at == datetime(2026, 12, 20, tzinfo=UTC)


def test_keys_are_spelled_as_in_the_rest_api() -> None:
    with pytest.raises(ValidationError):
        GroupEntry.model_validate({"name": "sre", "slack_usergroup": "S1"})
