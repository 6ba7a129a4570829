"""What Slack answers about user groups, whole, broken and not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gateways import slack_usergroups
from bot.gateways.slack_usergroups import SlackUserGroups
from core.domain.usergroup import UserGroup
from core.errors import UnavailableError
from tests.support.workspaces import only


class Answering(AsyncWebClient):
    """`usergroups.list` that answers what a test wants; an exception is raised."""

    def __init__(self, answer: Any) -> None:
        super().__init__("xoxb-1")
        self.answer = answer
        self.options: dict[str, Any] = {}
        self.asked = 0

    async def usergroups_list(self, **options: Any) -> Any:
        self.options = options
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer == "silence":
            await asyncio.sleep(60)
        return {"ok": True, "usergroups": self.answer}


def described(**changes: Any) -> dict[str, Any]:
    return {"id": "S01", "team_id": "T01", "users": ["U01", "U02"], "date_delete": 0} | changes


def refused(word: str) -> SlackApiError:
    body = {"ok": False, "error": word}
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=body, headers={}, status_code=200
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


async def test_groups_come_with_their_members_disabled_ones_too() -> None:
    client = Answering([described(), described(id="S02", date_delete=1_700_000_000)])
    assert (await SlackUserGroups(only(client)).all()).groups == {
        "S01": UserGroup("S01", "T01", ("U01", "U02")),
        "S02": UserGroup("S02", "T01", ("U01", "U02"), enabled=False),
    }
    assert client.options == {"include_users": True, "include_disabled": True}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refused("missing_scope"), "missing_scope"),
        (OSError("down"), "OSError"),
        ([{"id": "S01", "team_id": "T01"}], "KeyError"),
        ([7], "TypeError"),
        (None, "TypeError"),
        ("silence", "TimeoutError"),
    ],
    ids=str,
)
async def test_anything_less_is_no_answer(answer: Any, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_usergroups, "PATIENCE_SECONDS", 0.02)
    with pytest.raises(UnavailableError, match=reason) as failed:
        await SlackUserGroups(only(Answering(answer))).all()
    assert "usergroups:read" in failed.value.hint


async def test_many_at_once_ask_slack_once_and_the_next_one_asks_again() -> None:
    client = Answering([described()])
    groups = SlackUserGroups(only(client))
    answers = await asyncio.gather(*(groups.all() for _ in range(20)))
    assert client.asked == 1
    assert all(answer == answers[0] for answer in answers)
    client.answer = []
    assert (await groups.all()).groups == {}
    assert client.asked == 2
