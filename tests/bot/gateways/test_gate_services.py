from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.gateways.gate_services import NO_SECRET, GateServices, heard_in
from bot.gateways.outbound import Outbound, OutboundAnswer
from bot.listening import listening
from bot.settings import Address
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.consulting import AnswerQuestion, Heard
from core.app.drafts import EnvironmentDraft, PolicyDraft, ReleaseDraft
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion, Status
from tests.support.bench import Bench
from tests.support.clock import MORNING

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


class Board:
    """A change board that keeps what it was asked and answers as told."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.received: list[tuple[Mapping[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.received.append(({k.lower(): v for k, v in request.headers.items()}, await request.read()))
        status, body = self.answers.pop(0) if self.answers else (200, {"passed": True, "message": "CHG-7"})
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))

    def asked(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.received[-1][1])["data"]
        return data


class Desk:
    """A promotion that waits for a board, and the worker that asks it."""

    def __init__(self, bench: Bench, worker: OutboxWorker, promotion: Promotion) -> None:
        self.bench, self.worker, self._promotion = bench, worker, promotion

    async def settle(self) -> Promotion:
        """Run everything that is due."""
        while await self.worker.run_due():
            pass
        found = await self.bench.ports.transactions.read(lambda store: store.promotions.get(self._promotion.id))
        assert found is not None
        return found


@asynccontextmanager
async def waiting(
    bench: Bench, board: Board, *, secret: str = SECRET, allowed: Any = LOOPBACK, **service: Any
) -> AsyncIterator[Desk]:
    app = web.Application()
    app.router.add_post("/ask", board.handle)
    async with listening(app, Address("127.0.0.1", 0)) as here, Outbound(allowed) as outbound:
        url = f"http://127.0.0.1:{here.port}/ask"
        gates = {"webhook-gate": {"services": [{"name": "change-board", "url": url, **service}]}}
        admin = bench.countersign.administering
        environment = await admin.create_environment(SYSTEM, EnvironmentDraft("vault", gates=gates))
        await admin.create_policy(SYSTEM, PolicyDraft("vault-policy", environment.id, 1, ("approvers",)))
        release = await bench.countersign.releasing.register(SYSTEM, ReleaseDraft("shop", "2"))
        wanted = RequestPromotion(release.id, environment.id, "because")
        promotion = await bench.countersign.requesting.request(bench.actor("alice"), wanted)
        services = GateServices(
            bench.countersign.consulting,
            outbound,
            bench.clock,
            secret=secret,
            public_url="https://countersign.example.com/",
        )
        errands = runners(bench.countersign, None, None, bench.metrics, services)
        worker = OutboxWorker(bench.ports, errands, bench.metrics)
        yield Desk(bench, worker, promotion)


async def test_a_service_is_asked_by_a_signed_call_and_its_yes_lets_the_promotion_go_on(bench: Bench) -> None:
    board = Board()
    async with waiting(bench, board) as desk:
        promotion = await desk.settle()
    assert (promotion.status, promotion.gates[0].message) == (
        Status.AWAITING_APPROVAL,
        "change-board agrees: CHG-7",
    )
    ((headers, body),) = board.received
    assert headers["webhook-signature"] == Webhook(SECRET).sign(headers["webhook-id"], MORNING, body.decode())
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", dict(headers))
    asked = board.asked()
    assert (asked["service"], asked["promotionId"], asked["version"]) == ("change-board", str(promotion.id), "2")
    assert asked["answer"]["url"].startswith("https://countersign.example.com/api/v1/gate-answers/")


async def test_a_service_that_fails_is_asked_again_later_with_the_same_id(bench: Bench) -> None:
    board = Board((500, ""), (200, "nonsense"), (200, {"passed": False, "message": "No window"}))
    async with waiting(bench, board) as desk:
        promotion = await desk.settle()
        assert promotion.gates[0].message == "change-board gave no answer: it answered 500; it is asked again"
        assert len(board.received) == 1, "not before its time"
        bench.clock.advance(seconds=1)
        promotion = await desk.settle()
        assert "its answer cannot be read" in promotion.gates[0].message
        bench.clock.advance(seconds=2)
        promotion = await desk.settle()
    assert (promotion.status, promotion.gates[0].message) == (Status.PENDING, "change-board refuses: No window")
    assert len({headers["webhook-id"] for headers, _ in board.received}) == 1


async def test_a_service_may_answer_later_by_itself(bench: Bench) -> None:
    board = Board((202, ""))
    async with waiting(bench, board) as desk:
        assert (await desk.settle()).gates[0].message == "Waiting for change-board"
        answer = board.asked()["answer"]
        question_id = answer["url"].rpartition("/")[2]
        command = AnswerQuestion(UUID(question_id), answer["token"], True, "Approved by hand")
        await bench.countersign.consulting.answer(command)
        promotion = await desk.settle()
    assert promotion.gates[0].message == "change-board agrees: Approved by hand"
    assert len(board.received) == 1


async def test_without_a_secret_nobody_is_called_and_that_is_said(bench: Bench) -> None:
    board = Board()
    async with waiting(bench, board, secret="") as desk:
        promotion = await desk.settle()
    assert promotion.gates[0].message == f"change-board gave no answer: {NO_SECRET}; it is asked again"
    assert board.received == []


async def test_a_private_address_is_not_called_unless_its_network_is_named(bench: Bench) -> None:
    board = Board()
    async with waiting(bench, board, allowed=[ipaddress.ip_network("10.99.0.0/16")]) as desk:
        promotion = await desk.settle()
    assert "its address is private" in promotion.gates[0].message
    assert board.received == []


async def test_a_slow_service_holds_up_nothing_else(bench: Bench) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    class Slow(Board):
        async def handle(self, request: web.Request) -> web.Response:
            begun.set()
            await go.wait()
            return await super().handle(request)

    async with waiting(bench, Slow(), timeoutSeconds=30) as desk:
        while not begun.is_set():
            await desk.worker.run_due(0.01)
        other = await bench.promotion("3")
        while await desk.worker.run_due(0.5):
            pass
        depth = await bench.ports.transactions.read(lambda store: store.outbox.depth())
        assert depth.waiting == 1, "the question alone; all about the other promotion is told"
        assert other.status is Status.AWAITING_APPROVAL
        go.set()
        assert (await desk.settle()).status is Status.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("status", "body", "heard"),
    [
        (200, b'{"passed": true}', Heard(True)),
        (200, b'{"passed": false, "message": "no", "more": [1]}', Heard(False, "no")),
        (202, b"", Heard()),
        (202, b"whatever", Heard()),
        (204, b"", Heard(problem="it answered 204")),
        (404, b'{"passed": true}', Heard(problem="it answered 404")),
        (200, b'{"passed": 1}', Heard(problem='its answer has no "passed" that is true or false')),
        (200, b'{"passed": "true"}', Heard(problem='its answer has no "passed" that is true or false')),
        (200, b"[true]", Heard(problem='its answer has no "passed" that is true or false')),
        (200, b'{"passed": true, "message": 7}', Heard(problem='its answer has a "message" that is no text')),
    ],
)
def test_an_answer_means_one_thing_or_nothing(status: int, body: bytes, heard: Heard) -> None:
    assert heard_in(OutboundAnswer(status, {}, body)) == heard


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"passed": true, "passed": false}', b'{"passed": true, "message": "a\\u0000"}', b"[" * 999],
)
def test_what_cannot_be_read_is_no_answer(body: bytes) -> None:
    assert heard_in(OutboundAnswer(200, {}, body)).problem.startswith("its answer")
