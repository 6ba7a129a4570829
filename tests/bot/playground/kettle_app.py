"""The kettle itself: what the tiny app does when it is spoken to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.playground.kettle import SECRET, TEAS, TOKEN, button, card, form, mrkdwn, plain


def make_app(api_url: str, asked: list[dict[str, Any]] | None = None) -> AsyncApp:
    """The app; every body that it is sent is added to `asked`."""
    app = AsyncApp(token=TOKEN, signing_secret=SECRET, client=AsyncWebClient(token=TOKEN, base_url=api_url))
    kept = [] if asked is None else asked

    @app.middleware
    async def remember(body: dict[str, Any], next: Any) -> None:
        kept.append(body)
        await next()

    for listen in (_commands, _failures, _card_buttons, _form_buttons, _forms, _shortcuts, _events):
        listen(app)
    return app


async def pour(client: AsyncWebClient, channel: str, kind: str, user: str) -> None:
    metadata = {"event_type": "tea", "event_payload": {"kind": kind}}
    sent = await client.chat_postMessage(
        channel=channel, text=f"Tea: {kind}", blocks=card(kind, user, "wanted", is_open=True), metadata=metadata
    )
    await client.chat_postMessage(channel=channel, text="Wanted.", thread_ts=str(sent["ts"]))
    opened = await client.conversations_open(users="U02")
    await client.chat_postMessage(channel=opened["channel"]["id"], text=f"<@{user}> wants {kind} &amp; biscuits")


def _commands(app: AsyncApp) -> None:
    @app.command("/tea")
    async def tea(ack: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        if command["text"] == "help":
            await ack("Say `/tea` and fill in the form.")
            return
        await ack()
        if command["text"]:
            await pour(client, command["channel_id"], command["text"], command["user_id"])
        else:
            await client.views_open(trigger_id=command["trigger_id"], view=form(command["channel_id"]))


def _failures(app: AsyncApp) -> None:
    @app.command("/break")
    async def break_in_some_way(ack: Any, command: dict[str, Any], respond: Any) -> None:
        how = command["text"]
        if how == "slow":
            await asyncio.sleep(0.5)
            await ack()
        elif how == "error":
            raise RuntimeError("broken, as asked")
        elif how == "long":
            await ack({"text": "x", "blocks": [{"type": "section", "text": mrkdwn("y" * 3001)}]})
        elif how == "public":
            await ack({"text": "for all", "response_type": "in_channel"})
        else:
            await ack()
            await respond(text=f"late: {how}")


def _card_buttons(app: AsyncApp) -> None:
    @app.action("tea.boil")
    async def boil(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        kind = body["actions"][0]["value"]
        by = body["user"]["id"]
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text=f"Tea: {kind}, boiled",
            blocks=card(kind, by, f"boiled by <@{by}>", is_open=False),
        )
        await client.files_upload_v2(
            channel=body["channel"]["id"],
            filename="receipt.json",
            content=json.dumps({"tea": kind, "by": by}),
            initial_comment="The receipt",
            thread_ts=body["message"]["ts"],
        )

    @app.action("tea.pour")
    async def pour_out(ack: Any, body: dict[str, Any], respond: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postEphemeral(
            channel=body["channel"]["id"], user=body["user"]["id"], text="You may not pour :warning: tea out."
        )

    @app.action("tea.more")
    async def more(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"chose {body['actions'][0]['selected_option']['value']}", replace_original=False)


def _form_buttons(app: AsyncApp) -> None:
    @app.action("tea.about")
    async def about(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        words = {"type": "section", "text": mrkdwn("Tea is *hot*.\n• leaves\n• water\n> and time")}
        view = {"type": "modal", "title": plain("About tea"), "close": plain("Back"), "blocks": [words]}
        await client.views_push(trigger_id=body["trigger_id"], view=view)

    @app.action("tea.other")
    async def other(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = form(body["view"]["private_metadata"]) | {"title": plain("Another form")}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)


def _forms(app: AsyncApp) -> None:
    @app.options("kind")
    async def kinds(ack: Any, payload: dict[str, Any]) -> None:
        found = [one for one in TEAS if payload["value"].lower() in one.lower()]
        await ack(options=[{"text": plain(one), "value": one.lower().replace(" ", "-")} for one in found])

    @app.view("tea.form")
    async def submitted(ack: Any, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        why = values["why"]["why"]["value"]
        if why == "coffee":
            await ack(response_action="errors", errors={"why": "Coffee is no reason for tea."})
        elif why == "more":
            words = {"type": "section", "text": mrkdwn("Thank you.")}
            done = {"type": "modal", "title": plain("Done"), "close": plain("Close"), "blocks": [words]}
            await ack(response_action="update", view=done)
        elif why == "nothing":
            await ack(response_action="clear")
        elif why == "slow":
            await asyncio.sleep(0.5)
            await ack()
        else:
            await ack()
            kind = values["kind"]["kind"]["selected_option"]["text"]["text"]
            await pour(client, view["private_metadata"], kind, body["user"]["id"])

    @app.view_closed("tea.form")
    async def closed(ack: Any) -> None:
        await ack()


def _shortcuts(app: AsyncApp) -> None:
    @app.shortcut("tea.ask")
    async def ask(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form("C01"))

    @app.shortcut("tea.quote")
    async def quote(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"The kettle heard: {body['message']['text']}")


def _events(app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            blocks = [
                {"type": "header", "text": plain("Tea for you")},
                {
                    "type": "section",
                    "text": mrkdwn(f"Good day, <@{event['user']}>."),
                    "accessory": button("Ask", "tea.hello"),
                },
            ]
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.event("message")
    async def heard(event: dict[str, Any], say: Any) -> None:
        if event["text"].startswith("boil"):
            await say("It boils.")

    for name in ("app_mention", "team_join", "user_change", "subteam_updated"):

        @app.event(name)
        async def noted() -> None:
            """Only remembered, by the middleware."""


@asynccontextmanager
async def kettle(api_url: str, asked: list[dict[str, Any]] | None = None) -> AsyncIterator[str]:
    """The app on a free port; gives its request URL."""
    runner = web.AppRunner(make_app(api_url, asked).web_app("/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        # Bolt's listeners run on after they have acknowledged.
        listening = [task for task in asyncio.all_tasks() if "run_ack_function" in repr(task.get_coro())]
        await asyncio.gather(*listening, return_exceptions=True)
        await runner.cleanup()
