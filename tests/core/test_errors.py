"""The codes are part of the REST contract: whoever changes one changes this table, and knows it."""

from __future__ import annotations

import pytest

from core import errors
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

CODES = {
    "DomainError": ("domain_error", None),
    "InvalidError": ("invalid_request", InvalidError),
    "ForbiddenError": ("forbidden", ForbiddenError),
    "NotFoundError": ("not_found", NotFoundError),
    "ConflictError": ("conflict", ConflictError),
    "GatesBlockedError": ("gates_blocked", GatesBlockedError),
    "UnavailableError": ("unavailable", UnavailableError),
    "OutcomeUnknownError": ("outcome_unknown", UnavailableError),
    "MembershipUnknownError": ("membership_unknown", UnavailableError),
    "LogInconsistentError": ("log_inconsistent", UnavailableError),
    "SigningUnavailableError": ("signing_unavailable", UnavailableError),
    "UnauthenticatedError": ("unauthenticated", UnauthenticatedError),
    "SeparationOfDutiesError": ("separation_of_duties", ForbiddenError),
    "NotEligibleError": ("not_in_approver_list", ForbiddenError),
    "NotAVoterError": ("may_not_vote", ForbiddenError),
    "UnknownPersonError": ("unknown_person", ForbiddenError),
    "AlreadyDecidedError": ("already_decided", ConflictError),
    "AlreadyVotedError": ("already_voted", ConflictError),
    "CardDriftedError": ("card_drifted", ConflictError),
    "RemindedLatelyError": ("reminded_lately", ConflictError),
    "PromotionAlreadyOpenError": ("promotion_already_open", ConflictError),
    "TransitionError": ("transition_not_allowed", ConflictError),
    "NameTakenError": ("name_taken", ConflictError),
    "InUseError": ("in_use", ConflictError),
    "StaleVersionError": ("stale_version", ConflictError),
}
"""Class -> its code and its family, which is what a door answers by."""

FAMILIES = {family for _, family in CODES.values() if family}


def all_errors() -> list[type[DomainError]]:
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DomainError)]


def test_every_error_has_the_code_that_was_promised() -> None:
    assert {each.__name__: each.code for each in all_errors()} == {name: code for name, (code, _) in CODES.items()}


def test_no_two_errors_share_a_code() -> None:
    codes = [each.code for each in all_errors()]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_is_of_exactly_one_family(error: type[DomainError]) -> None:
    families = [family for family in FAMILIES if issubclass(error, family)]

    assert families == [family for family in [CODES[error.__name__][1]] if family]


def test_an_error_carries_a_sentence_a_hint_and_facts() -> None:
    error = ConflictError("It is open", hint="Wait.", promotionId="7")

    assert (str(error), error.message, error.hint, error.params) == (
        "It is open",
        "It is open",
        "Wait.",
        {"promotionId": "7"},
    )


def test_an_invalid_request_names_the_field() -> None:
    error = InvalidError("name must not be empty", field="name", given="")

    assert (error.field, error.params, error.hint) == ("name", {"given": ""}, "")
