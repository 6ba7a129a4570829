"""Everything the domain may refuse, as one tree of errors.

An error carries a stable `code` (part of the REST contract), a sentence for a person, a `hint` that says what would
work, and `params`, JSON-able facts for programs. It knows nothing of HTTP or Slack: each door maps the five
families below to its own answers.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a reason.

    `message` is one plain sentence, `hint` says what to do about it (may be empty), `params` are facts by
    lowerCamelCase name.
    """

    code: ClassVar[str] = "domain_error"

    def __init__(self, message: str, *, hint: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.params = params


class InvalidError(DomainError):
    """What was asked for makes no sense; `field` (a dotted path, lowerCamelCase) names the place."""

    code = "invalid_request"

    def __init__(self, message: str, *, field: str = "", hint: str = "", **params: Any) -> None:
        super().__init__(message, hint=hint, **params)
        self.field = field


class ForbiddenError(DomainError):
    """The actor may not do this."""

    code = "forbidden"


class NotFoundError(DomainError):
    """There is no such thing."""

    code = "not_found"


class ConflictError(DomainError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class GatesBlockedError(DomainError):
    """A blocking gate did not pass at the moment of the decision; `params["gates"]` are the results."""

    code = "gates_blocked"


class UnavailableError(DomainError):
    """Something that is needed cannot be reached now; nothing was stored and trying again is right."""

    code = "unavailable"


class OutcomeUnknownError(UnavailableError):
    """The connection was lost while the database stored it: it is there whole, or nothing of it is."""

    code = "outcome_unknown"


class MembershipUnknownError(UnavailableError):
    """Slack keeps the members of a group that may decide, and what it last said is too old to decide by."""

    code = "membership_unknown"


class LogInconsistentError(UnavailableError):
    """The log in the database does not begin with what was signed; `params` say how large either is."""

    code = "log_inconsistent"


class SigningUnavailableError(UnavailableError):
    """The signing key does not sign, or may not: nothing can be decided; `params["keyRef"]` names it."""

    code = "signing_unavailable"


class UnauthenticatedError(DomainError):
    """Nobody we know: no token, or one that is unknown, expired or revoked."""

    code = "unauthenticated"


class SeparationOfDutiesError(ForbiddenError):
    """The requester may not approve the own promotion."""

    code = "separation_of_duties"


class NotEligibleError(ForbiddenError):
    """The actor is in none of the approver groups."""

    code = "not_in_approver_list"


class NotAVoterError(ForbiddenError):
    """Only active people of the own workspaces vote: no service account, bot, guest, stranger or deactivated user."""

    code = "may_not_vote"


class UnknownPersonError(ForbiddenError):
    """The account at the door belongs to nobody we know."""

    code = "unknown_person"


class AlreadyDecidedError(ConflictError):
    """The promotion has been decided or closed; `params` say how, by whom and when."""

    code = "already_decided"


class AlreadyVotedError(ConflictError):
    """This person has voted already; one person has one vote."""

    code = "already_voted"


class CardDriftedError(ConflictError):
    """What the voter saw is no longer so; `params` say what has changed, and `seenDigest` is what is so now."""

    code = "card_drifted"


class RemindedLatelyError(ConflictError):
    """Everybody was reminded a short while ago; `params["availableAt"]` says when it can be done again."""

    code = "reminded_lately"


class PromotionAlreadyOpenError(ConflictError):
    """The release has an open promotion to that environment; `params["promotionId"]` names it."""

    code = "promotion_already_open"


class TransitionError(ConflictError):
    """The status does not allow that step."""

    code = "transition_not_allowed"


class NameTakenError(ConflictError):
    """Another thing of the same kind has that name."""

    code = "name_taken"


class InUseError(ConflictError):
    """Something else refers to the thing."""

    code = "in_use"


class StaleVersionError(ConflictError):
    """Somebody else changed the row first; the transaction is run again from the start."""

    code = "stale_version"
