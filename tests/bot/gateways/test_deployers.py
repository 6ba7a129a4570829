from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession, web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.gateways.deployers import DeployWebhook, WebhookRefusedError
from bot.listening import listening
from bot.settings import Address
from bot.workers.errands import runners
from bot.workers.outbox import OutboxWorker
from core.app.deciding import CastVote
from core.domain.promotion import VoteChoice
from tests.support.bench import Bench
from tests.support.clock import MORNING

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Pipeline:
    """A receiver that keeps what it was sent and answers as told."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.received: list[tuple[dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.received.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204, headers={"Location": "http://x/"})


@pytest.mark.parametrize(
    ("choice", "kind"), [(VoteChoice.APPROVED, "promotion.approved"), (VoteChoice.REJECTED, "promotion.rejected")]
)
async def test_the_pipeline_is_told_of_a_decision_signed(bench: Bench, choice: VoteChoice, kind: str) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, choice, "because"))
    pipeline = Pipeline()
    await deliver(bench, pipeline)
    ((headers, body),) = pipeline.received
    lowered = {name.lower(): value for name, value in headers.items()}
    event = json.loads(body)
    assert event["type"] == kind
    assert event["data"]["promotionId"] == str(promotion.id)
    assert lowered["webhook-id"] == f"promotion_{promotion.id}_decision"
    signature = Webhook(SECRET).sign(lowered["webhook-id"], MORNING, body.decode())
    assert lowered["webhook-signature"] == signature
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", lowered)


async def test_it_is_told_again_until_it_listens_with_the_same_id(bench: Bench) -> None:
    promotion = await bench.promotion()
    await bench.countersign.deciding.vote(bench.actor("bob"), CastVote(promotion.id, VoteChoice.APPROVED))
    pipeline = Pipeline(500, 302)
    await deliver(bench, pipeline)
    assert len(pipeline.received) == 3
    assert len({headers["webhook-id"] for headers, _ in pipeline.received}) == 1


def test_a_refusal_tells_the_status_and_not_the_address() -> None:
    assert str(WebhookRefusedError(500)) == "the deploy webhook answered 500"


async def deliver(bench: Bench, pipeline: Pipeline) -> None:
    app = web.Application()
    app.router.add_post("/hook", pipeline.handle)
    async with listening(app, Address("127.0.0.1", 0)) as address, ClientSession() as session:
        webhook = DeployWebhook(f"http://127.0.0.1:{address.port}/hook", SECRET, session, bench.ports)
        worker = OutboxWorker(bench.ports, runners(bench.countersign, None, webhook, bench.metrics), bench.metrics)
        for _ in range(4):
            while await worker.run_due():
                pass
            bench.clock.advance(seconds=10)
