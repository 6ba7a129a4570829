"""The Web API's door: `/api/METHOD`, response URLs, uploads and private files, for the bot."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

from aiohttp import BasicAuth, web

from bot.playground.answers import give_answer
from bot.playground.errors import SlackError
from bot.playground.methods import METHODS, Call
from bot.playground.playground import Playground
from bot.playground.records import File
from bot.playground.storm import Blow, Hit

OUTAGE = "Slack is down (the playground was asked to be)"


class WebApi:
    """Answers the bot as Slack would."""

    def __init__(self, ground: Playground) -> None:
        self._ground = ground

    def routes(self) -> list[web.RouteDef]:
        """The routes that belong to Slack's side of the app, all but the methods (`call`)."""
        return [
            web.post("/response/{secret}", self.respond),
            web.post("/upload/v1/{file}", self.upload),
            web.get("/files-pri/{key}/{name}", self.download),
            web.get("/files-pri/{key}/download/{name}", self.download),
        ]

    async def call(self, request: web.Request) -> web.Response:
        """One call of a method."""
        name, ground = request.match_info["method"], self._ground
        if name == "oauth.v2.access":
            return await self._access(request)
        if ground.weather.is_out:
            raise web.HTTPServiceUnavailable(text=OUTAGE)
        seconds = ground.weather.wait_for(name)
        if seconds is not None:
            return _limited(seconds)
        if hit := ground.weather.hit(name):
            return await self._struck(request, name, hit)
        return await self._answered(request, name)

    async def _answered(self, request: web.Request, name: str) -> web.Response:
        ground = self._ground
        headers: dict[str, str] = {}
        if ground.seed.scopes is not None:
            headers["X-OAuth-Scopes"] = ",".join(ground.seed.scopes)
        try:
            return web.json_response(await self._answer(request, name), headers=headers)
        except SlackError as refused:
            return web.json_response(refused.body(), headers=headers)

    async def _struck(self, request: web.Request, name: str, hit: Hit) -> web.Response:
        """A call that goes wrong, whether it takes effect or not."""
        if hit.blow is Blow.LIMIT:
            return _limited(hit.seconds)
        if hit.done:
            await self._answered(request, name)
        await asyncio.sleep(hit.seconds)
        if hit.blow is Blow.CUT and request.transport:
            request.transport.abort()
        raise web.HTTPBadGateway(text="Bad weather (the playground was asked for it)")

    async def _access(self, request: web.Request) -> web.Response:
        """`oauth.v2.access`, which the app calls with its own credentials and without a token."""
        arguments = await _arguments(request)
        basic = request.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            sent = BasicAuth.decode(basic)
            arguments |= {"client_id": sent.login, "client_secret": sent.password}
        try:
            return web.json_response(self._ground.oauth.access(arguments))
        except SlackError as refused:
            return web.json_response(refused.body())

    async def _answer(self, request: web.Request, name: str) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        arguments = await _arguments(request)
        self._authorise(request, arguments)
        granted = self._ground.seed.scopes
        if method.scopes and granted is not None and not set(method.scopes) & set(granted):
            raise SlackError("missing_scope", needed=",".join(method.scopes), provided=",".join(granted))
        return {"ok": True} | method.answer(Call(self._ground, arguments))

    def _authorise(self, request: web.Request, arguments: dict[str, Any]) -> None:
        token = bearer(request) or arguments.get("token")
        if not token:
            raise SlackError("not_authed")
        if not (self._ground.grants.admit(str(token)) or self._ground.workflows.accepts(str(token))):
            raise SlackError("invalid_auth")

    async def respond(self, request: web.Request) -> web.Response:
        """An answer through a response URL."""
        if self._ground.weather.is_out:
            raise web.HTTPServiceUnavailable(text=OUTAGE)
        try:
            answer = await json_object(request)
        except SlackError:
            return web.Response(status=400, text="invalid_payload")
        try:
            url = self._ground.response_urls.use(request.match_info["secret"])
        except SlackError as refused:
            return web.json_response(refused.body(), status=404)
        try:
            give_answer(self._ground, url, answer)
        except SlackError as refused:
            return web.json_response(refused.body(), status=400)
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, as the body or as a form's first part."""
        file = self._ground.workspace.files.get(request.match_info["file"])
        if file is None or file.content:
            raise web.HTTPNotFound(text="no such upload")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [part for part in form.values() if isinstance(part, web.FileField)]
            content = parts[0].file.read() if parts else b""
        else:
            content = await request.read()
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """A private file, for a bearer of the bot's token."""
        if not self._ground.grants.admit(bearer(request)):
            raise web.HTTPForbidden(text="a bearer token is needed")
        file = self._ground.workspace.files.get(request.match_info["key"].rpartition("-")[2])
        if file is None or not file.content:
            raise web.HTTPNotFound(text="no such file")
        return file_response(file)


def _limited(seconds: int) -> web.Response:
    refusal = {"ok": False, "error": "ratelimited"}
    return web.json_response(refusal, status=429, headers={"Retry-After": str(seconds)})


def bearer(request: web.Request) -> str:
    """The token in the header, empty for none."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def file_response(file: File) -> web.Response:
    """A file to keep, never to be shown by the browser as a page of ours."""
    return web.Response(
        body=file.content,
        headers={
            "Content-Type": file.mimetype,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def json_object(request: web.Request) -> dict[str, Any]:
    """The JSON object in a request's body."""
    try:
        body = json.loads(await request.text() or "{}")
    except (ValueError, LookupError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


async def _arguments(request: web.Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return arguments | await json_object(request)
    try:
        form = await request.post()
    except (ValueError, LookupError):
        raise SlackError("invalid_form_data") from None
    return arguments | {name: value for name, value in form.items() if isinstance(value, str)}
