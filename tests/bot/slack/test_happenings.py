"""Events that nobody asked for: what follows from each, and that none of them breaks anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_workspaces import Workspaces
from bot.slack.answering import answered
from bot.slack.door import Door
from bot.slack.event_payloads import Happening
from bot.slack.payloads import HAPPENINGS, MalformedError, parse
from core.app.drafts import GroupDraft
from core.app.outbox import Errand
from core.domain.people import SYSTEM, Actor
from tests.bot.slack.conftest import TEAM, Rig
from tests.support.workspaces import Named


class Ears:
    """Accounts that only listen."""

    def __init__(self, error: Exception | None = None) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._error = error

    async def actor(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        raise AssertionError("nobody asks for anything")

    async def heard_of(
        self, team: str, profile: Mapping[str, Any], correlation_id: str = "", *, enterprise: str = ""
    ) -> None:
        self.heard.append((team, profile.get("id")))
        if self._error:
            raise self._error


class Losing(Workspaces):
    """The only workspace, which remembers why its token was said to work no more."""

    def __init__(self, client: AsyncWebClient, reasons: list[str]) -> None:
        super().__init__(lambda: datetime.now(UTC), client.base_url, Named(client, TEAM))
        self._reasons = reasons

    async def lost(self, team: str, enterprise: str, reason: str) -> None:
        self._reasons.append(reason)


def told(type: str, number: int = 1, **event: Any) -> Happening:
    body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": {"type": type, **event}}
    happening = parse(body)
    assert isinstance(happening, Happening)
    return happening


def a_door(rig: Rig, ears: Ears, lost: list[str] | None = None) -> Door:
    return Door(rig.countersign, Losing(rig.client, lost if lost is not None else []), ears, rig.replies)


async def waiting(rig: Rig) -> set[Errand]:
    now = rig.clock.advance(minutes=1)
    entries = await rig.countersign.ports.transactions.write(lambda store: store.outbox.claim(now, now, 100))
    return {entry.errand for entry in entries}


@pytest.mark.parametrize("type", ["subteam_created", "subteam_updated", "subteam_members_changed"])
async def test_a_change_of_a_user_group_has_all_of_them_read(rig: Rig, type: str) -> None:
    await rig.countersign.administering.create_group(SYSTEM, GroupDraft("sres", (), "S01"))
    now = rig.clock.advance(minutes=1)
    for entry in await rig.countersign.ports.transactions.write(lambda store: store.outbox.claim(now, now, 100)):
        await rig.countersign.ports.transactions.write(lambda store, entry=entry: store.outbox.finish(entry, now))  # type: ignore[misc]
    assert await waiting(rig) == set()
    assert await answered(a_door(rig, Ears()), told(type)) == {}
    assert Errand.USERGROUPS in await waiting(rig)


@pytest.mark.parametrize("type", ["user_change", "team_join"])
async def test_what_is_said_of_people_is_heard_once(rig: Rig, type: str) -> None:
    ears = Ears()
    door = a_door(rig, ears)
    for _ in range(4):
        await answered(door, told(type, user={"id": "U02", "deleted": True}))
    assert ears.heard == [(TEAM, "U02")]


async def test_what_could_not_be_noted_is_taken_when_it_comes_again(rig: Rig) -> None:
    ears = Ears(RuntimeError("no database"))
    door = a_door(rig, ears)
    for _ in range(2):
        assert await answered(door, told("user_change", user={"id": "U02"})) == {}
    assert len(ears.heard) == 2


async def test_an_uninstalled_app_and_a_revoked_bot_token_end_all_calls(rig: Rig) -> None:
    lost: list[str] = []
    door = a_door(rig, Ears(), lost)
    await answered(door, told("tokens_revoked", 1, tokens={"oauth": ["U01"], "bot": []}))
    assert lost == []
    await answered(door, told("tokens_revoked", 2, tokens={"oauth": [], "bot": ["U0BOT"]}))
    await answered(door, told("app_uninstalled", 3))
    assert lost == ["tokens_revoked", "app_uninstalled"]


@pytest.mark.parametrize("event", [{"user": 7}, {"user": "U01"}, {"tokens": []}, {"tokens": {"bot": [{}]}}])
def test_an_event_of_another_shape_is_malformed(event: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        told("user_change", **event)


def test_every_event_but_the_opened_home_is_a_happening() -> None:
    assert {str(name) for name in HAPPENINGS} == {
        "app_uninstalled",
        "subteam_created",
        "subteam_members_changed",
        "subteam_updated",
        "team_join",
        "tokens_revoked",
        "user_change",
    }
