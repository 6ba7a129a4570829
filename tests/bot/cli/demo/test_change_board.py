from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, web
from standardwebhooks.webhooks import Webhook

from bot.cli.demo.change_board import ChangeBoard, sitting
from bot.listening import listening
from bot.settings import Address

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUESTION = json.dumps({"data": {"answer": {"url": "/api/v1/gate-answers/7", "token": "t"}}})


async def ask(board: ChangeBoard, session: ClientSession, secret: str) -> int:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "q",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("q", now, QUESTION),
    }
    async with session.post(board.url, data=QUESTION.encode(), headers=headers) as answer:
        return answer.status


async def test_the_board_takes_a_signed_question_and_answers_it_by_itself() -> None:
    taken: asyncio.Queue[Any] = asyncio.Queue()

    async def answers(request: web.Request) -> web.Response:
        await taken.put((request.path, await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/{rest:.*}", answers)
    async with listening(app, Address("127.0.0.1", 0)) as here, sitting(SECRET) as board, ClientSession() as session:
        board.api_url, board._thinks = f"http://127.0.0.1:{here.port}", 0
        assert await ask(board, session, SECRET) == 202
        path, answer = await taken.get()
    assert path == "/api/v1/gate-answers/7"
    assert answer == {"token": "t", "passed": True, "message": "CHG-1042 is approved"}


async def test_a_question_that_we_did_not_sign_is_not_answered() -> None:
    async with sitting(SECRET) as board, ClientSession() as session:
        assert await ask(board, session, "whsec_" + "A" * 32) == 401


async def test_at_the_end_nothing_more_is_answered() -> None:
    async with sitting(SECRET) as board, ClientSession() as session:
        assert await ask(board, session, SECRET) == 202
