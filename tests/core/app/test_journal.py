from __future__ import annotations

from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Store
from core.domain.events import Action
from core.domain.people import SYSTEM_REF, Actor
from tests.core.domain.samples import BOB_REF
from tests.support.clock import MORNING, nth_id
from tests.support.memory import MemoryTransactions

BOB = Actor(BOB_REF, "slack", correlation_id="c-1")


async def test_an_entry_says_who_did_what_when_and_through_which_door() -> None:
    memory = MemoryTransactions()

    await memory.write(lambda store: Journal(store, BOB, MORNING).note(Action.VOTE_APPROVED, nth_id(1), comment="LGTM"))

    (entry,) = memory.tables.audit
    assert (entry.action, entry.at, entry.actor, entry.door) == (Action.VOTE_APPROVED, MORNING, BOB_REF, "slack")
    assert (entry.subject_id, entry.details, entry.correlation_id) == (nth_id(1), {"comment": "LGTM"}, "c-1")


async def test_errands_carry_the_correlation_id() -> None:
    memory = MemoryTransactions()

    def body(store: Store) -> None:
        Journal(store, BOB, MORNING).tell(nth_id(1), Errand.CARD, Errand.NOTICES)
        Journal(store, BOB, MORNING).look_again([nth_id(2), nth_id(3)])

    await memory.write(body)

    entries = [row.entry for row in memory.tables.outbox.values()]
    assert {(entry.errand, entry.subject_id) for entry in entries} == {
        (Errand.CARD, nth_id(1)),
        (Errand.NOTICES, nth_id(1)),
        (Errand.EVALUATE, nth_id(2)),
        (Errand.EVALUATE, nth_id(3)),
    }
    assert {entry.correlation_id for entry in entries} == {"c-1"}


async def test_what_follows_of_itself_is_the_systems_and_belongs_to_the_same_story() -> None:
    memory = MemoryTransactions()

    def body(store: Store) -> None:
        Journal(store, BOB, MORNING).by_system().note(Action.PROMOTION_EXPIRED, nth_id(1))

    await memory.write(body)

    (entry,) = memory.tables.audit
    assert (entry.actor, entry.door, entry.at, entry.correlation_id) == (SYSTEM_REF, "system", MORNING, "c-1")
