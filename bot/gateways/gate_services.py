"""Asking the services that webhook gates wait for, by signed calls (Standard Webhooks, standardwebhooks.com).

The body is `{"type": "gate.asked", "timestamp": ..., "data": {...}}`; `webhook-id` is the same for every repetition of
one question. A service answers 200 with `{"passed": true, "message": "..."}`, or 202 and later, with the token that
`data.answer` holds, at `POST /api/v1/gate-answers/{id}`. Anything else is no answer, and it is asked again.
"""

from __future__ import annotations

import asyncio
import json

from standardwebhooks.webhooks import Webhook

from bot.gateways.outbound import Outbound, OutboundAnswer, OutboundError
from core.app.consulting import Consulting, Heard, Inquiry, readable
from core.app.outbox import OutboxEntry
from core.app.ports import Clock
from core.domain.moment import moment_text
from core.errors import InvalidError
from core.strict_json import strict_json

ANSWERS_PATH = "/api/v1/gate-answers"
NO_SECRET = "no secret signs the call; set COUNTERSIGN_GATE_WEBHOOK_SECRET"
_AT_ONCE = 8


class ServicesSilentError(Exception):
    """Services did not answer; the text names them and why, never their addresses."""


class GateServices:
    """Asks what is to be asked about a promotion. `public_url` is where Countersign is reached from outside, if set."""

    def __init__(
        self, consulting: Consulting, outbound: Outbound, clock: Clock, *, secret: str = "", public_url: str = ""
    ) -> None:
        self._consulting = consulting
        self._outbound = outbound
        self._clock = clock
        self._signing = Webhook(secret) if secret else None
        self._public_url = public_url.rstrip("/")
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, entry: OutboxEntry) -> None:
        """Make the calls that are due and store what comes of them. Raises ServicesSilentError to be run again."""
        inquiries = await self._consulting.begin(entry.subject_id)
        heard = await asyncio.gather(*(self._asked(inquiry, entry) for inquiry in inquiries))
        pairs = zip(inquiries, heard, strict=True)
        silent = [f"{inquiry.service.name}: {each.problem}" for inquiry, each in pairs if each.problem]
        if silent:
            raise ServicesSilentError("; ".join(silent))

    async def _asked(self, inquiry: Inquiry, entry: OutboxEntry) -> Heard:
        async with self._places:
            heard = await self._called(inquiry)
        await self._consulting.heard(inquiry.question.id, heard, entry.correlation_id)
        return heard

    async def _called(self, inquiry: Inquiry) -> Heard:
        if self._signing is None:
            return Heard(problem=NO_SECRET)
        body = json.dumps(self._event(inquiry), separators=(",", ":"))
        now, identifier = self._clock(), f"gate_question_{inquiry.question.id}"
        headers = {
            "content-type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signing.sign(identifier, now, body),
        }
        service = inquiry.service
        try:
            answer = await self._outbound.call(
                "POST", service.url, headers=headers, body=body.encode(), seconds=service.timeout_seconds
            )
        except OutboundError as error:
            return Heard(problem=str(error))
        return heard_in(answer)

    def _event(self, inquiry: Inquiry) -> dict[str, object]:
        promotion, release, source = inquiry.promotion, inquiry.release, inquiry.promotion.source
        path = f"{ANSWERS_PATH}/{inquiry.question.id}"
        return {
            "type": "gate.asked",
            "timestamp": moment_text(self._clock()),
            "data": {
                "service": inquiry.service.name,
                "promotionId": str(promotion.id),
                "reason": promotion.reason,
                "requestedBy": promotion.requested_by.name,
                "requestedAt": moment_text(promotion.requested_at),
                "releaseId": str(release.id),
                "releaseName": release.name,
                "component": release.component,
                "version": release.version,
                "artifacts": [{"name": artifact.name, "digest": artifact.digest} for artifact in release.artifacts],
                "sourceEnvironmentName": source.name if source else None,
                "targetEnvironmentName": promotion.target.name,
                "answer": {"url": f"{self._public_url}{path}", "token": inquiry.token},
            },
        }


def heard_in(answer: OutboundAnswer) -> Heard:
    """What a service's answer means; a problem where it means nothing."""
    if answer.status == 202:
        return Heard()
    if answer.status != 200:
        return Heard(problem=f"it answered {answer.status}")
    try:
        found = strict_json(answer.body)
        if not isinstance(found, dict) or not isinstance(found.get("passed"), bool):
            return Heard(problem='its answer has no "passed" that is true or false')
        message = found.get("message", "")
        if not isinstance(message, str):
            return Heard(problem='its answer has a "message" that is no text')
        return Heard(found["passed"], readable(message))
    except InvalidError as error:
        return Heard(problem=f"its answer cannot be read: {error.message}"[:300])
