"""Every error of core has its place in HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.api.answers import problem_of
from bot.api.catalogue import CODES, FAMILIES, kind_of
from core.errors import DomainError, ForbiddenError, InvalidError, UnavailableError


def everything(of: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for error in of.__subclasses__():
        if error.__module__ == "core.errors":
            yield error
            yield from everything(error)


@pytest.mark.parametrize("error", list(everything()), ids=lambda error: str(error.code))
def test_every_domain_error_is_in_the_catalogue_under_its_familys_status(error: type[DomainError]) -> None:
    family = next(status for family, status in FAMILIES if issubclass(error, family))
    assert CODES[error.code].status == family


def test_an_error_that_is_new_takes_its_familys_status() -> None:
    class QuotaError(ForbiddenError):
        code = "quota_used_up"

    kind = kind_of(QuotaError("No more"))
    assert (kind.status, kind.title) == (403, "Quota used up")


def test_parameters_do_not_overwrite_the_members_of_a_problem() -> None:
    answer = problem_of(InvalidError("No", field="a.b", status="approved", code="x", hint="Try b"), "/here")
    assert answer.status == 400
    assert b'"status": 400' in answer.body
    assert b'"code": "invalid_request"' in answer.body
    assert b'"currentStatus": "approved"' in answer.body
    assert b'"errors": [{"field": "a.b", "message": "No"}]' in answer.body


def test_unavailable_says_when_to_try_again() -> None:
    answer = problem_of(UnavailableError("The database is away"), "/here")
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "5")
