from __future__ import annotations

from typing import Any

from bot.playground import PersonSeed
from tests.bot.playground.conftest import Kitchen


async def events(kitchen: Kitchen) -> list[dict[str, Any]]:
    await kitchen.slack.settled()
    return [one["event"] for one in kitchen.asked if one.get("type") == "event_callback"]


async def test_the_second_look_at_the_home_carries_what_stands_there(kitchen: Kitchen) -> None:
    await kitchen.slack.open_home("alice")
    await kitchen.slack.home_of("alice")
    await kitchen.slack.open_home("alice")
    first, second = await events(kitchen)
    assert (first["tab"], first["user"], first["channel"]) == ("home", "U01", kitchen.slack.dm("alice"))
    assert "view" not in first
    assert second["view"]["type"] == "home"


async def test_people_come_and_change(kitchen: Kitchen) -> None:
    kitchen.slack.join(PersonSeed("U10", "nell", "Nell New", "nell@tea.example"))
    kitchen.slack.change_person("carol", deleted=True)
    joined, changed = sorted(await events(kitchen), key=lambda one: str(one["type"]))
    assert (joined["type"], joined["user"]["id"]) == ("team_join", "U10")
    assert (changed["type"], changed["user"]["deleted"]) == ("user_change", True)
    assert (await kitchen.client.users_info(user="U03"))["user"]["deleted"] is True


async def test_only_events_that_the_app_subscribes_to_are_sent(kitchen: Kitchen) -> None:
    kitchen.slack.change_usergroup("keepers", "alice")
    (event,) = await events(kitchen)
    assert (event["type"], event["subteam"]["users"]) == ("subteam_updated", ["U01"])
    assert (await kitchen.client.usergroups_users_list(usergroup="S01"))["users"] == ["U01"]


async def test_shortcuts_have_slack_s_shape(kitchen: Kitchen) -> None:
    slack = kitchen.slack
    await slack.shortcut("alice", "tea.ask")
    sent = kitchen.asked[-1]
    assert (sent["type"], sent["callback_id"], "channel" in sent) == ("shortcut", "tea.ask", False)
    said = await slack.say("bob", "#kitchen", "listen")
    await slack.message_shortcut("alice", said, "tea.quote")
    sent = kitchen.asked[-1]
    assert (sent["type"], sent["message_ts"], sent["message"]["text"]) == ("message_action", said.ts, "listen")
    assert sent["response_url"]
    assert "container" not in sent
