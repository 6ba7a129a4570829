"""Telling the pipeline that deploys, by a signed call (Standard Webhooks, standardwebhooks.com).

The body is `{"type": "promotion.approved", "timestamp": ..., "data": {...}}`; the `webhook-id` is the same for every
repetition of one decision, so a receiver that keeps ids acts once.
"""

from __future__ import annotations

import json

from aiohttp import ClientSession, ClientTimeout
from standardwebhooks.webhooks import Webhook

from core.app.outbox import OutboxEntry
from core.app.ports import Ports
from core.app.reading import PromotionView, promotion_view
from core.domain.decision import Decision, decision_of
from core.domain.moment import moment_text

_TIMEOUT = ClientTimeout(total=10)


class WebhookRefusedError(Exception):
    """The pipeline did not answer with 2xx; only the status is told, never the address."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the deploy webhook answered {status}")


class DeployWebhook:
    """Calls one address for each decision until it answers 2xx."""

    def __init__(self, url: str, secret: str, session: ClientSession, ports: Ports) -> None:
        self._url = url
        self._signing = Webhook(secret)
        self._session = session
        self._ports = ports

    async def tell(self, entry: OutboxEntry) -> None:
        """Tell of one decision. Raises WebhookRefusedError, and what the connection raises."""
        view = await self._ports.transactions.read(lambda store: promotion_view(store, entry.subject_id))
        body = json.dumps(_event(view), separators=(",", ":"))
        now = self._ports.clock()
        identifier = f"promotion_{entry.subject_id}_decision"
        headers = {
            "content-type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signing.sign(identifier, now, body),
        }
        async with self._session.post(
            self._url, data=body.encode(), headers=headers, timeout=_TIMEOUT, allow_redirects=False
        ) as answer:
            if not 200 <= answer.status < 300:
                raise WebhookRefusedError(answer.status)


def _event(view: PromotionView) -> dict[str, object]:
    promotion, release = view.promotion, view.release
    decided_at = moment_text(promotion.decided_at) if promotion.decided_at else None
    denied = decision_of(promotion) is Decision.DENY
    return {
        "type": f"promotion.{promotion.status.value}" if denied else "promotion.approved",
        "timestamp": decided_at,
        "data": {
            "promotionId": str(promotion.id),
            "status": promotion.status.value,
            "releaseId": str(release.id),
            "releaseName": release.name,
            "artifacts": [{"name": artifact.name, "digest": artifact.digest} for artifact in release.artifacts],
            "targetEnvironmentId": str(promotion.target.id),
            "targetEnvironmentName": promotion.target.name,
            "decidedAt": decided_at,
        },
    }
