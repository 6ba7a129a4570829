"""Letting Slack workspaces in, and out again. Every change is in the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.app.finding import found
from core.app.installations import Installation
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.app.syncing import ask_slack
from core.domain.events import Action
from core.domain.people import Actor
from core.errors import ForbiddenError

INVITE_LIVES = timedelta(hours=1)
LONGEST_INVITE = timedelta(days=7)
"""How long an install link works, unless told otherwise and at most."""


class Installing:
    """What can be done with installations."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def admit(
        self, actor: Actor, installation: Installation, *, listed: bool, invite: str, until: datetime
    ) -> None:
        """Keep an installation: that of a `listed` workspace, of one that is known, or of one that brings an invite.

        `invite` is the digest of the invite, empty for none; it works once, and is forgotten after `until`. An invite
        that is not needed is not used up. Raises ForbiddenError, and then nothing is stored.
        """

        def body(store: Store) -> None:
            known = store.installations.get(installation.team)
            welcome = listed or known is not None
            if not welcome and not (invite and store.installations.spend(invite, until)):
                raise ForbiddenError(
                    f"The workspace {installation.name} ({installation.team}) may not use this Countersign",
                    hint="Ask an administrator of Countersign for an install link; each works once.",
                )
            store.installations.put(replace(installation, id=known.id) if known else installation)
            journal = Journal(store, actor, self._ports.clock())
            words = {"team": installation.team, "name": installation.name, "scopes": list(installation.scopes)}
            journal.note(Action.WORKSPACE_INSTALLED, known.id if known else installation.id, **words)
            ask_slack(journal)

        await self._ports.transactions.write(body)
        self._ports.wake()

    async def close(self, actor: Actor, team: str, reason: str) -> bool:
        """The workspace does not let us in any more: forget its tokens. False where that was known."""

        def body(store: Store) -> bool:
            now = self._ports.clock()
            known = store.installations.get(team)
            if known is None or not known.is_open:
                return False
            closed = replace(known, sealed="", expires_at=None, closed_at=now, closed_because=reason)
            store.installations.put(closed)
            Journal(store, actor, now).note(Action.WORKSPACE_CLOSED, known.id, team=team, reason=reason)
            return True

        return await self._ports.transactions.write(body)

    async def remove(self, actor: Actor, team: str) -> Installation:
        """Forget a workspace, and return what it was; letting it in again takes what it took first.

        Raises NotFoundError.
        """

        def body(store: Store) -> Installation:
            known = found(store.installations.get(team), "workspace", team)
            store.installations.remove(team)
            Journal(store, actor, self._ports.clock()).note(Action.WORKSPACE_REMOVED, known.id, team=team)
            return known

        return await self._ports.transactions.write(body)

    async def invited(self, actor: Actor, team: str, until: datetime) -> None:
        """Note in the audit log that an install link was made, for one workspace or (empty) for any."""

        def body(store: Store) -> None:
            journal = Journal(store, actor, self._ports.clock())
            journal.note(Action.WORKSPACE_INVITED, self._ports.new_id(), team=team, until=until.isoformat())

        await self._ports.transactions.write(body)

    async def all(self) -> tuple[Installation, ...]:
        """All installations, by workspace."""
        return await self._ports.transactions.read(lambda store: store.installations.all())
