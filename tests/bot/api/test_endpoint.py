"""A handler's signature is its contract."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.api.endpoint import Call, Endpoint, Handler, OpenCall, Raw, contract_of
from bot.api.schemas.decisions import Approve, Reject
from bot.api.schemas.queries import PageQuery


async def approve_a_thing(call: Call, id: UUID, body: Approve) -> list[str]:
    """Approve a thing.

    With a comment.
    """
    return [str(id), body.comment, call.actor.ref.name]


async def show(call: OpenCall, query: PageQuery) -> Raw:
    """Show."""
    return Raw(str(query.page), str(call).encode())


async def lost(id: UUID) -> None:
    """Takes no call."""


async def greedy(call: Call, request: str) -> None:
    """Takes what nobody has."""


async def named(call: Call, id: str) -> None:
    """Takes an id that is none."""


def test_what_a_signature_says() -> None:
    contract = contract_of(approve_a_thing)
    assert (contract.is_open, contract.takes_id, contract.body, contract.query) == (False, True, Approve, None)
    assert not contract.body_required, "every field of it can be left out"
    assert contract.answer is not None
    opened = contract_of(show)
    assert (opened.is_open, opened.takes_id, opened.query, opened.answer) == (True, False, PageQuery, None)


def test_a_body_with_a_field_that_is_needed_is_needed() -> None:
    async def reject(call: Call, body: Reject) -> None:
        """Reject."""

    assert contract_of(reject).body_required


def test_the_docstring_is_the_documentation() -> None:
    endpoint = Endpoint("POST", "/api/v1/things/{id}/approve", approve_a_thing, "Things")
    assert (endpoint.name, endpoint.summary, endpoint.description) == (
        "approveAThing",
        "Approve a thing",
        "With a comment.",
    )


@pytest.mark.parametrize("handler", [lost, greedy, named])
def test_a_handler_that_could_not_be_called_is_refused(handler: Handler) -> None:
    with pytest.raises(TypeError, match=handler.__name__):
        Endpoint("GET", "/api/v1/things", handler, "Things")
