"""The page's API: one person sees and does what that person may, and bad requests are no failures of ours."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.bot.playground.conftest import Kitchen


async def ask(kitchen: Kitchen, path: str, user: str = "alice", **more: Any) -> tuple[int, Any]:
    method = "POST" if "json" in more or "data" in more else "GET"
    url = f"{kitchen.ground.url}/play/{path}?as={user}"
    async with aiohttp.ClientSession() as session, session.request(method, url, **more) as got:
        return got.status, await (got.json() if got.content_type == "application/json" else got.text())


async def do(kitchen: Kitchen, deed: str, user: str = "alice", **asked: Any) -> dict[str, Any]:
    status, answer = await ask(kitchen, f"do/{deed}", user, json=asked)
    assert status == 200
    return dict(answer)


async def test_one_sees_the_places_one_is_in(kitchen: Kitchen) -> None:
    _, state = await ask(kitchen, "state")
    assert {one["name"] for one in state["places"]} >= {"kitchen", "random"}
    assert "keepers" not in {one["name"] for one in state["places"]}
    assert (await ask(kitchen, "messages/C03"))[0] == 404
    assert (await ask(kitchen, "messages/C03", "bob"))[0] == 200
    assert (await ask(kitchen, "state", "nobody"))[0] == 404
    assert (await ask(kitchen, "people"))[1] == {"people": ["U01", "U02", "U03", "U04"]}


async def test_waiting_messages_are_counted_for_everybody_until_read(kitchen: Kitchen) -> None:
    await do(kitchen, "command", channel="C01", name="/tea", text="Assam")
    await kitchen.slack.message(kitchen.slack.dm("bob"))
    state = (await ask(kitchen, "state"))[1]
    assert (state["waiting"]["U02"], state["waiting"]["U01"]) == (1, 0)
    dm = kitchen.slack.dm("bob")
    await do(kitchen, "read", "bob", channel=dm)
    assert (await ask(kitchen, "state"))[1]["waiting"]["U02"] == 0


async def test_a_walk_through_the_page_s_deeds(kitchen: Kitchen) -> None:
    assert (await do(kitchen, "say", channel="C01", text="hello"))["error"] == ""
    assert (await do(kitchen, "command", channel="C01", name="/tea"))["error"] == ""
    await kitchen.slack.modal_of("alice")
    view = (await ask(kitchen, "screen"))[1]["modals"][0]
    groups = (await do(kitchen, "suggest", view=view["id"], block="kind", action="kind", query="oo"))["groups"]
    option = groups[0]["options"][0]
    await do(kitchen, "act", view=view["id"], block="kind", action="kind", entry=option)
    errors = (await do(kitchen, "submit", values={"why/why": "coffee"}))["errors"]
    assert errors == {"why": "Coffee is no reason for tea."}
    assert (await do(kitchen, "submit", values={"why/why": "rain"}))["closed"] is True
    card = await kitchen.slack.message("#kitchen", "Oolong")
    pressed = await do(kitchen, "act", channel="C01", ts=card.ts, block="verdict", action="tea.pour")
    assert pressed["error"] == ""
    assert (await do(kitchen, "shortcut", id="tea.ask"))["error"] == ""
    await kitchen.slack.modal_of("alice")
    assert (await do(kitchen, "close"))["error"] == ""
    await do(kitchen, "home")
    await kitchen.slack.home_of("alice")
    assert (await do(kitchen, "message-shortcut", channel="C01", ts=card.ts, id="tea.quote"))["error"] == ""
    _, opened = await ask(kitchen, "do/direct", json={"user": "U02"})
    assert opened["channel"] in {one["id"] for one in (await ask(kitchen, "state"))[1]["places"]}


async def test_typed_words_go_along_with_a_press(kitchen: Kitchen) -> None:
    await do(kitchen, "command", channel="C01", name="/tea")
    form = await kitchen.slack.modal_of("alice")
    await do(kitchen, "act", view=form.id, block="more", action="tea.other", values={"why/why": "typed"})
    asked = next(one for one in kitchen.asked if one.get("type") == "block_actions")
    assert asked["view"]["state"]["values"]["why"]["why"]["value"] == "typed"


async def test_the_weather_is_made_here(kitchen: Kitchen) -> None:
    await do(kitchen, "weather", outage=True)
    await do(kitchen, "weather", times=3, seconds=3600)
    weather = (await ask(kitchen, "state"))[1]["weather"]
    assert weather == {"outage": True, "limits": {"*": 3}}
    assert kitchen.ground.weather.wait_for("auth.test") == 3600


async def test_what_others_see_only_is_out_of_reach(kitchen: Kitchen) -> None:
    await do(kitchen, "command", "bob", channel="C01", name="/tea")
    form = await kitchen.slack.modal_of("bob")
    assert (await do(kitchen, "act", view=form.id, block="more", action="tea.about"))["error"] == "not_found"
    await kitchen.client.chat_postEphemeral(channel="C01", user="U02", text="psst")
    secret = kitchen.slack.ephemerals("bob")[0]
    messages = (await ask(kitchen, "messages/C01"))[1]["messages"]
    assert secret.ts not in [one["ts"] for one in messages]
    refused = await do(kitchen, "message-shortcut", channel="C01", ts=secret.ts, id="tea.quote")
    assert refused["error"] == "message_not_found"
    await kitchen.client.files_upload_v2(channel="C03", filename="a.txt", content="secret")
    file_id = next(iter(kitchen.ground.workspace.files))
    assert (await ask(kitchen, f"files/{file_id}"))[0] == 404
    assert await ask(kitchen, f"files/{file_id}", "bob") == (200, "secret")


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("say", b"{"),
        ("say", b"[]"),
        ("say", b"[" * 50_000),
        ("say", b'{"channel": 1, "text": "x"}'),
        ("say", b'{"text": "x"}'),
        ("say", b'{"channel": "C01", "text": "x", "thread": {}}'),
        ("command", b'{"channel": [], "name": {}}'),
        ("act", b'{"channel": "C01", "ts": null, "action": "x"}'),
        ("act", b'{"channel": "C01", "ts": "1.1", "action": 5, "values": 7}'),
        ("submit", b'{"values": 5}'),
        ("direct", b'{"user": []}'),
        ("weather", b'{"times": "many"}'),
        ("weather", b'{"seconds": 1e9}'),
        ("act", b'{"channel": "C01", "strange": 1}'),
        ("shortcut", b"{}"),
        ("read", b'{"channel": null}'),
        ("nothing", b"{}"),
    ],
)
async def test_nonsense_is_refused(kitchen: Kitchen, deed: str, body: bytes) -> None:
    status, answer = await ask(kitchen, f"do/{deed}", data=body, headers={"Content-Type": "application/json"})
    assert status in (400, 404) or (status == 200 and answer["error"])


async def test_changes_are_heard_live_and_only_by_those_concerned(kitchen: Kitchen) -> None:
    url = f"{kitchen.ground.url}/play/changes?as=alice"
    async with aiohttp.ClientSession() as session, session.get(url) as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b"\n\n")
        await kitchen.client.chat_postEphemeral(channel="C01", user="U02", text="not for alice")
        said = await kitchen.slack.say("bob", "#kitchen", "for all")
        async with asyncio.timeout(2):
            line = await stream.content.readuntil(b"\n\n")
    change = json.loads(line.removeprefix(b"data: "))
    assert change == {"kind": "message", "channel": "C01", "ts": said.ts, "to": None}
