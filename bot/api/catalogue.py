"""Every error code of the REST API with its HTTP status: for the answers, the OpenAPI document and the docs page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    GatesBlockedError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What a code means: `title` is the same in every answer with that code, `meaning` is for the docs page."""

    status: int
    title: str
    meaning: str


FAMILIES: tuple[tuple[type[DomainError], int], ...] = (
    (InvalidError, 400),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (GatesBlockedError, 422),
    (UnavailableError, 503),
)
"""The families of domain errors and what each is in HTTP."""

CODES: Mapping[str, ErrorKind] = {
    "invalid_request": ErrorKind(
        400, "Invalid request", "The request makes no sense; `field` and `errors` say where. Nothing was stored."
    ),
    "unauthenticated": ErrorKind(401, "Unauthenticated", "No token, or one that is unknown, expired or revoked."),
    "forbidden": ErrorKind(403, "Forbidden", "The token's scopes or the person's roles do not allow this."),
    "separation_of_duties": ErrorKind(
        403, "Separation of duties", "The requester may not approve their own promotion."
    ),
    "not_in_approver_list": ErrorKind(403, "Not in approver list", "The person is in none of the approver groups."),
    "may_not_vote": ErrorKind(403, "May not vote", "Only active people vote: no service account, nobody deactivated."),
    "unknown_person": ErrorKind(403, "Unknown person", "The account at the door belongs to nobody who is known."),
    "not_found": ErrorKind(404, "Not found", "There is no such thing, or no such path."),
    "method_not_allowed": ErrorKind(405, "Method not allowed", "The path has other methods; `Allow` names them."),
    "request_timeout": ErrorKind(408, "Request timeout", "The body did not come in time. Nothing of it was looked at."),
    "conflict": ErrorKind(409, "Conflict", "The thing is not in a state that allows this."),
    "already_decided": ErrorKind(
        409,
        "Already decided",
        "The promotion has been decided or closed, by `decidedBy` at `decidedAt`.",
    ),
    "already_voted": ErrorKind(409, "Already voted", "One person has one vote, and this one has been given."),
    "card_drifted": ErrorKind(
        409,
        "Changed since you saw it",
        "What `seenDigest` stands for is no longer so: `changes` say what, `seenDigest` is what is so now.",
    ),
    "reminded_lately": ErrorKind(409, "Reminded lately", "The approvers can be reminded again at `availableAt`."),
    "promotion_already_open": ErrorKind(
        409, "Promotion already open", "The release has an open promotion to that environment: `promotionId`."
    ),
    "transition_not_allowed": ErrorKind(
        409, "Transition not allowed", "The promotion's status (`currentStatus`) does not allow that step."
    ),
    "name_taken": ErrorKind(409, "Name taken", "Another thing of the same kind has that name."),
    "in_use": ErrorKind(409, "In use", "Something else refers to the thing."),
    "stale_version": ErrorKind(409, "Changed meanwhile", "Somebody else changed it first. Try again."),
    "request_in_flight": ErrorKind(
        409, "Request in flight", "The first request with this Idempotency-Key is still being worked on."
    ),
    "answer_lost": ErrorKind(
        409,
        "Answer lost",
        "The first request with this Idempotency-Key was dealt with, and its answer was lost. Look at what is there.",
    ),
    "body_too_large": ErrorKind(413, "Body too large", "The body is larger than is taken here."),
    "unsupported_media_type": ErrorKind(415, "Unsupported media type", "The body must be JSON and say so."),
    "gates_blocked": ErrorKind(
        422, "Gate evaluation failed", "A blocking gate does not pass now; `gates` has the results. No vote was stored."
    ),
    "idempotency_key_reused": ErrorKind(
        422, "Idempotency-Key reused", "The key was used for another request in the last 24 hours."
    ),
    "too_many_requests": ErrorKind(
        429,
        "Too many requests",
        "The token, its holder, or an address without a good one, calls too often. Go on after `Retry-After`.",
    ),
    "internal_error": ErrorKind(500, "Internal error", "A defect of Countersign. The log has it by `correlationId`."),
    "unavailable": ErrorKind(
        503,
        "Unavailable",
        "Something that is needed cannot be reached. Try again after `Retry-After`.",
    ),
    "outcome_unknown": ErrorKind(
        503,
        "Outcome unknown",
        "The connection to the database was lost while it stored this: all of it is there, or nothing. Look, or send "
        "it again with the same Idempotency-Key.",
    ),
    "log_inconsistent": ErrorKind(
        503,
        "Log inconsistent",
        "The log in the database does not begin with what was signed before, so nothing is signed from it.",
    ),
    "signing_unavailable": ErrorKind(
        503,
        "Signing unavailable",
        "The signing key does not sign, or has ended. Nothing was stored.",
    ),
    "membership_unknown": ErrorKind(
        503,
        "Members unknown",
        "Slack keeps the members of `approverGroups`, was not asked lately and does not answer. No vote was stored.",
    ),
}


def kind_of(error: DomainError) -> ErrorKind:
    """What a domain error is in HTTP: by its code, and by its family where the code is new."""
    if error.code in CODES:
        return CODES[error.code]
    status = next((status for family, status in FAMILIES if isinstance(error, family)), 400)
    title = error.code.replace("_", " ").capitalize()
    return ErrorKind(status, title, "")
