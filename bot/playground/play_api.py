"""The page's own API under `/play/`: what a person sees, what a person does, and live changes.

Nobody signs in here: a page says who it is looking as. It is for a loopback address only; see `server` for how other
sites are kept out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.playground.deeds import controls, dialogs, happenings, words
from bot.playground.deeds.outcome import Outcome
from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.hub import CLOSING, Change
from bot.playground.playground import Playground
from bot.playground.records import Json
from bot.playground.sight import Sight
from bot.playground.weather import ANY_METHOD
from bot.playground.web_api import file_response, json_object

HEARTBEAT_SECONDS = 15


class Asked(BaseModel):
    """What a deed is asked for with; each deed reads the fields it needs."""

    model_config = ConfigDict(strict=True, extra="forbid")

    channel: str = ""
    ts: str = ""
    thread: str | None = None
    text: str = ""
    name: str = ""
    id: str = ""
    user: str = ""
    view: str = ""
    block: str | None = None
    action: str = ""
    entry: Any = None
    values: dict[str, Any] = {}
    query: str = ""
    everything: bool = False
    tab: Literal["home", "messages"] = "home"
    outage: bool | None = None
    times: int | None = Field(None, ge=0, le=1000)
    seconds: int = Field(1, ge=0, le=3600)
    method: str = ANY_METHOD


Deed = Callable[[Sight, Asked], Awaitable[Json]]


class PlayApi:
    """Serves the page."""

    def __init__(self, ground: Playground) -> None:
        self._ground = ground
        self._deeds: dict[str, Deed] = {
            "command": self._command,
            "say": self._say,
            "act": self._act,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "shortcut": self._shortcut,
            "message-shortcut": self._message_shortcut,
            "read": self._read,
            "direct": self._direct,
            "weather": self._weather,
            "workflow": self._workflow,
        }

    def routes(self) -> list[web.RouteDef]:
        """The routes of the page's API."""
        return [
            web.get("/play/people", self.people),
            web.get("/play/state", self.state),
            web.get("/play/messages/{channel}", self.messages),
            web.get("/play/screen", self.screen),
            web.get("/play/workflows", self.workflows),
            web.get("/play/changes", self.changes),
            web.get("/play/files/{file}", self.file),
            web.post("/play/do/{deed}", self.do),
        ]

    def _sight(self, request: web.Request) -> Sight:
        try:
            return Sight(self._ground, request.query.get("as", ""))
        except SlackError:
            raise web.HTTPNotFound(text="nobody of that name") from None

    async def people(self, _: web.Request) -> web.Response:
        """Whom one may look as, in the seed's order."""
        listed = [one.id for one in self._ground.workspace.people.values() if one.example and not one.deleted]
        return web.json_response({"people": listed})

    async def state(self, request: web.Request) -> web.Response:
        """Everything but messages and screens."""
        return web.json_response(self._sight(request).everything())

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of one conversation."""
        try:
            return web.json_response({"messages": self._sight(request).messages(request.match_info["channel"])})
        except SlackError as refused:
            raise web.HTTPNotFound(text=refused.code) from None

    async def screen(self, request: web.Request) -> web.Response:
        """Modals and App Home."""
        return web.json_response(self._sight(request).screen())

    async def workflows(self, request: web.Request) -> web.Response:
        """The runs of workflows that the person has started."""
        return web.json_response({"runs": self._sight(request).runs()})

    async def file(self, request: web.Request) -> web.Response:
        """A file that has been shared with the person."""
        file = self._ground.workspace.files.get(request.match_info["file"])
        sight = self._sight(request)
        if file is None or not self._ground.workspace.may_see_file(sight.viewer.id, file):
            raise web.HTTPNotFound(text="no such file")
        return file_response(file)

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Changes as server-sent events, until the page goes away."""
        viewer = self._sight(request).viewer.id
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        # A page that is closed or reloaded simply goes away.
        with self._ground.hub.listening() as queue, suppress(ConnectionResetError):
            await stream.write(b": listening\n\n")
            while line := await _next_for(viewer, queue):
                await stream.write(line)
        return stream

    async def do(self, request: web.Request) -> web.Response:
        """One deed of the person; what cannot be done is said as `error`."""
        deed = self._deeds.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound(text="no such deed")
        sight = self._sight(request)
        try:
            asked = Asked.model_validate(await json_object(request))
        except (SlackError, ValidationError):
            raise web.HTTPBadRequest(text="that is not how a deed is asked for") from None
        try:
            return web.json_response(await deed(sight, asked))
        except SlackError as refused:
            return web.json_response({"error": refused.code, "messages": refused.messages})
        except NoSuchControlError as gone:
            return web.json_response({"error": str(gone)})

    # Deeds

    async def _command(self, sight: Sight, asked: Asked) -> Json:
        return _said(await words.command(self._ground, sight.viewer.id, asked.channel, asked.name, asked.text))

    async def _say(self, sight: Sight, asked: Asked) -> Json:
        message = await words.say(self._ground, sight.viewer.id, asked.channel, asked.text, asked.thread)
        return {"error": "", "ts": message.ts}

    async def _act(self, sight: Sight, asked: Asked) -> Json:
        where, user = self._where(sight, asked), sight.viewer.id
        for name, typed in asked.values.items():
            controls.enter(self._ground, user, where, name, typed)
        done = await controls.act(self._ground, user, where, asked.action, asked.entry, block_id=asked.block)
        return _said(done)

    async def _suggest(self, sight: Sight, asked: Asked) -> Json:
        where = self._where(sight, asked)
        outcome, groups = await controls.suggest(
            self._ground, sight.viewer.id, where, asked.action, asked.query, block_id=asked.block
        )
        return _said(outcome) | {"groups": groups}

    def _where(self, sight: Sight, asked: Asked) -> controls.Where:
        if not asked.view:
            return sight.message(asked.channel, asked.ts)
        view = self._ground.screens.find(asked.view)
        if view.user != sight.viewer.id:
            raise SlackError("not_found")
        return view

    async def _submit(self, sight: Sight, asked: Asked) -> Json:
        done = await dialogs.submit(self._ground, sight.viewer.id, asked.values)
        return _said(done) | {"errors": done.errors, "closed": done.closed}

    async def _close(self, sight: Sight, asked: Asked) -> Json:
        return _said(await dialogs.close(self._ground, sight.viewer.id, everything=asked.everything))

    async def _home(self, sight: Sight, asked: Asked) -> Json:
        happenings.open_home(self._ground, sight.viewer.id, asked.tab)
        return _said(Outcome())

    async def _shortcut(self, sight: Sight, asked: Asked) -> Json:
        return _said(await happenings.shortcut(self._ground, sight.viewer.id, asked.id))

    async def _message_shortcut(self, sight: Sight, asked: Asked) -> Json:
        message = sight.message(asked.channel, asked.ts)
        return _said(await happenings.message_shortcut(self._ground, sight.viewer.id, message, asked.id))

    async def _read(self, sight: Sight, asked: Asked) -> Json:
        self._ground.workspace.mark_read(sight.viewer.id, sight.place(asked.channel).id)
        return _said(Outcome())

    async def _direct(self, sight: Sight, asked: Asked) -> Json:
        place = self._ground.workspace.direct(sight.viewer.id, asked.user)
        return {"error": "", "channel": place.id}

    async def _workflow(self, sight: Sight, asked: Asked) -> Json:
        errors = self._ground.workflows.complaints(asked.id, asked.values)
        if not errors:
            self._ground.workflows.start(sight.viewer.id, asked.id, asked.values)
        return {"error": "", "errors": errors}

    async def _weather(self, _: Sight, asked: Asked) -> Json:
        if asked.outage is not None:
            self._ground.weather.outage(asked.outage)
        if asked.times is not None:
            self._ground.weather.rate_limit(asked.method, asked.seconds, asked.times)
        return _said(Outcome())


async def _next_for(viewer: str, queue: asyncio.Queue[Change]) -> bytes:
    """The next change that concerns the viewer, or a sign of life after some quiet; empty when all is over."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            while (change := await queue.get()).get("to") not in (None, viewer):
                continue
    except TimeoutError:
        return b": still here\n\n"
    if change["kind"] == CLOSING:
        return b""
    return f"data: {json.dumps(change)}\n\n".encode()


def _said(outcome: Outcome) -> dict[str, Any]:
    return {"error": outcome.error}
