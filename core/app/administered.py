"""An administrator's transaction: with the right `admin`, an audit journal, and everybody's App Home afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.app.authorise import require_right
from core.app.journal import Journal
from core.app.overview import refresh_homes
from core.app.ports import Ports, Store
from core.domain.people import Actor, Right

T = TypeVar("T")


async def administered(ports: Ports, actor: Actor, body: Callable[[Journal], T]) -> T:
    """Run `body` as one transaction in the name of `actor`, and return what it returned.

    Raises ForbiddenError where the actor has not the right `admin`, UnavailableError, and what `body` raises.
    """

    def transaction(store: Store) -> T:
        require_right(store, actor, Right.ADMIN)
        journal = Journal(store, actor, ports.clock())
        done = body(journal)
        # Environments, policies, groups and freezes stand in everybody's App Home in some way.
        refresh_homes(store, store.homes.people(), journal.now)
        return done

    outcome = await ports.transactions.write(transaction)
    ports.wake()
    return outcome
