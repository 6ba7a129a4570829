"""The lock between deciding and changing who and what decides, so that the audit log's order is the order of things.

Transactions on PostgreSQL see what others committed before each statement. So a vote could count the members of a
group while somebody takes one out, and stand in the audit log after the removal: to whoever reads it later, a vote
that was not allowed. So whoever decides keeps the rules as they are until the commit, beside others who decide;
whoever changes them waits for those, and lets new ones wait. SQLite has one writer: there nobody need wait.

What changes under the lock: people, groups, policies, environments with their gates, freeze windows, calendars, scan
reports, VEX documents, waivers, and the catalogue of known exploited vulnerabilities. Who decides keeps it before the
promotion's row is locked; so it comes first, and the row after it, for everybody.

What does not: a checklist's ticks and services' answers belong to one promotion, whose row is locked before they are
written. Releases and deployments are not covered: a rollback elsewhere that is stored while somebody decides may stand
in the audit log just before the decision that did not see it.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

_KEY = 0x5275_6C65_73
"""Any number that no other advisory lock in the database has: `Rules`."""
_KEEP = select(func.pg_advisory_xact_lock_shared(_KEY))
_CHANGE = select(func.pg_advisory_xact_lock(_KEY))


class RulesLock:
    """The lock as one transaction holds it; `locking` is False for one that only looks."""

    def __init__(self, connection: Connection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking and connection.dialect.name == "postgresql"
        self._kept = False

    def keep(self) -> None:
        """All that changes under the lock stays as it is read from now on."""
        if self._locking and not self._kept:
            self._connection.execute(_KEEP)
            self._kept = True

    def change(self) -> None:
        """Wait until nobody decides by what is about to change."""
        if self._locking:
            self._connection.execute(_CHANGE)
