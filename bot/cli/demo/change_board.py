"""An example change board: asked by a webhook gate, it thinks for some seconds and then answers by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import ClientSession, web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.listening import listening
from bot.settings import Address

HOST = "127.0.0.1"
THINKS_SECONDS = 3.0


class ChangeBoard:
    """Agrees to everything that is asked with a good signature. `api_url` is where Countersign listens."""

    def __init__(self, secret: str, session: ClientSession, thinks: float = THINKS_SECONDS) -> None:
        self.url = ""
        self.api_url = ""
        self._signing = Webhook(secret)
        self._session = session
        self._thinks = thinks
        self._changes = 1041
        self._answering: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        """Take a question, and say that the answer follows."""
        body = await request.read()
        try:
            self._signing.verify(body, {name.lower(): value for name, value in request.headers.items()})
        except WebhookVerificationError:
            return web.Response(status=401)
        self._changes += 1
        words = f"CHG-{self._changes} is approved"
        task = asyncio.create_task(self._answer(json.loads(body)["data"]["answer"], words))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return web.Response(status=202)

    async def close(self) -> None:
        """Answer nothing more."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _answer(self, to: dict[str, str], words: str) -> None:
        await asyncio.sleep(self._thinks)
        answer = {"token": to["token"], "passed": True, "message": words}
        async with self._session.post(f"{self.api_url}{urlsplit(to['url']).path}", json=answer) as taken:
            await taken.read()


@asynccontextmanager
async def sitting(secret: str) -> AsyncIterator[ChangeBoard]:
    """The board, while the block runs, on a free port of this machine."""
    async with ClientSession() as session:
        board = ChangeBoard(secret, session)
        app = web.Application()
        app.router.add_post("/ask", board.handle)
        async with listening(app, Address(HOST, 0)) as here:
            board.url = f"http://{HOST}:{here.port}/ask"
            try:
                yield board
            finally:
                await board.close()
