"""`Idempotency-Key`: the same request, sent again, is answered again and not done again.

A key is reserved before the work and holds the answer after it; both are transactions of their own. A reservation whose
request has vanished (the server was killed) can be taken over after LEASE. What failed on our side (5xx) is
forgotten, so trying again is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.api.answers import Answer, RefusedError
from core.app.ports import ANSWERS_KEPT, Ports, Store, StoredAnswer
from core.errors import UnavailableError

LEASE = timedelta(seconds=60)

_log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[Answer]]


def fingerprint_of(method: str, target: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and body."""
    digest = hashlib.sha256()
    for part in (method.encode(), target.encode(), body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


async def once(ports: Ports, owner: str, key: str, fingerprint: str, work: Work) -> Answer:
    """Do `work` for the first request with this key; give later ones its answer. Raises RefusedError."""
    reserved = StoredAnswer(owner, key, fingerprint, ports.clock())
    earlier = await ports.transactions.write(lambda store: _reserve(store, reserved))
    if earlier is not None:
        return Answer(earlier.status, earlier.body, earlier.headers).with_header("Idempotency-Replayed", "true")
    try:
        answer = await work()
    except BaseException:
        await _settle(ports, reserved, None)
        raise
    try:
        await _settle(ports, reserved, answer)
    except UnavailableError as error:
        # The work is done and its answer is right; only a repetition within the lease will be told to wait.
        _log.warning("an answer could not be stored for its Idempotency-Key", problem=error.message)
    return answer


def _reserve(store: Store, wanted: StoredAnswer) -> StoredAnswer | None:
    """Take the key, or return the answer that is stored under it."""
    earlier = store.answers.get(wanted.owner, wanted.key)
    if earlier is None or earlier.created_at + ANSWERS_KEPT <= wanted.created_at:
        store.answers.put(wanted)
        return None
    if earlier.fingerprint != wanted.fingerprint:
        raise RefusedError(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request",
            hint="Take a new key for a new request.",
            field="Idempotency-Key",
        )
    if earlier.status:
        return earlier
    # Either way: a clock that was set back must not keep the key of a request that is gone for as long as that.
    if abs(wanted.created_at - earlier.created_at) < LEASE:
        raise RefusedError(
            "request_in_flight",
            "The first request with this Idempotency-Key is still being worked on",
            hint="Ask again in a moment.",
            headers={"Retry-After": "1"},
        )
    store.answers.put(wanted)
    return None


async def _settle(ports: Ports, reserved: StoredAnswer, answer: Answer | None) -> None:
    """Keep the answer, or free the key; unless the reservation was taken over meanwhile."""

    def body(store: Store) -> None:
        current = store.answers.get(reserved.owner, reserved.key)
        if current != reserved:
            return
        if answer is None or answer.status >= 500:
            store.answers.forget(reserved.owner, reserved.key)
            return
        store.answers.put(
            StoredAnswer(
                owner=reserved.owner,
                key=reserved.key,
                fingerprint=reserved.fingerprint,
                created_at=reserved.created_at,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
            )
        )

    await ports.transactions.write(body)
