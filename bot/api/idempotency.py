"""`Idempotency-Key`: the same request, sent again, is answered again and not done again.

A key is reserved before the work and holds the answer after it; both are transactions of their own. That the work was
done is written in the transaction that does it, so nothing is ever done twice: where the answer got lost (the server
was killed, or no answer came to a commit), the next request is told so. A reservation whose request has vanished
undone can be taken over after LEASE. What failed on our side (5xx) is forgotten, so trying again is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.api.answers import Answer, RefusedError
from core.app.ports import ANSWER_LOST, ANSWERS_KEPT, CARRIED_OUT, Ports, Store, StoredAnswer
from core.app.receipts import receipt_written
from core.errors import ConflictError, UnavailableError

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
        with receipt_written(partial(_carried_out, reserved=reserved)):
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
    if earlier.status not in {0, CARRIED_OUT, ANSWER_LOST}:
        return earlier
    # Either way: a clock that was set back must not keep the key of a request that is gone for as long as that.
    if earlier.status != ANSWER_LOST and abs(wanted.created_at - earlier.created_at) < LEASE:
        raise RefusedError(
            "request_in_flight",
            "The first request with this Idempotency-Key is still being worked on",
            hint="Ask again in a moment.",
            headers={"Retry-After": "1"},
        )
    if earlier.status:
        raise RefusedError(
            "answer_lost",
            "The first request with this Idempotency-Key was dealt with, and its answer was lost",
            hint="Look at what is there: it may have been refused. Only then send it again, with another key.",
        )
    store.answers.put(wanted)
    return None


def _carried_out(store: Store, reserved: StoredAnswer) -> None:
    """Say, as part of the work, that it is done. Whoever was overtaken does it no more."""
    if store.answers.get(reserved.owner, reserved.key) != reserved:
        raise ConflictError("A later request with this Idempotency-Key has taken this over")
    store.answers.put(replace(reserved, status=CARRIED_OUT))


async def _settle(ports: Ports, reserved: StoredAnswer, answer: Answer | None) -> None:
    """Keep the answer, or free the key; unless the reservation was taken over meanwhile."""

    def body(store: Store) -> None:
        current = store.answers.get(reserved.owner, reserved.key)
        if current is None or replace(current, status=0) != reserved:
            return
        if answer is not None and answer.status < 500:
            kept = replace(reserved, status=answer.status, headers=answer.headers, body=answer.body)
            store.answers.put(kept)
        elif current.status == CARRIED_OUT:
            store.answers.put(replace(reserved, status=ANSWER_LOST))
        else:
            store.answers.forget(reserved.owner, reserved.key)

    await ports.transactions.write(body)
