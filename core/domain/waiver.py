"""Waivers: a person lets one finding pass for a time, and says why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.findings import Finding
from core.domain.people import ActorRef
from core.domain.text import checked_name, checked_text
from core.errors import ConflictError, InvalidError

LONGEST_WAIVER = timedelta(days=366)
"""A waiver is for a time. What should hold for good is a matter of the gate's settings or of VEX."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Leave to go on with one vulnerability, in all releases of one component on their way to one environment.

    `package` narrows it to one package; empty for whichever has it. It holds from `created_at` until just before
    `ends_at`, or until it is revoked. It never changes otherwise, and is never deleted.
    """

    id: UUID
    vulnerability: str
    package: str
    component: str
    environment_id: UUID
    reason: str
    ends_at: datetime
    created_by: ActorRef
    created_at: datetime
    revoked_at: datetime | None = None
    revoked_by: ActorRef | None = None
    revoked_because: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "vulnerability", checked_name(self.vulnerability, "vulnerabilityId"))
        object.__setattr__(self, "package", checked_name(self.package, "package", 500) if self.package.strip() else "")
        object.__setattr__(self, "component", checked_name(self.component, "component"))
        object.__setattr__(self, "reason", checked_text(self.reason, "reason", required=True))
        if self.ends_at.tzinfo is None:
            raise InvalidError("endsAt must say its time zone", field="endsAt", hint="Write 2026-12-20T00:00:00Z.")
        if self.ends_at <= self.created_at:
            raise InvalidError("endsAt must lie ahead", field="endsAt", hint="A waiver holds from now on.")
        if self.ends_at > self.created_at + LONGEST_WAIVER:
            days = LONGEST_WAIVER.days
            message = f"endsAt may lie at most {days} days ahead"
            raise InvalidError(message, field="endsAt", hint="Make a new waiver when this one has ended.")

    def holds_at(self, at: datetime) -> bool:
        """Whether it has begun, has not ended, and was not revoked by then."""
        return self.created_at <= at < self.ends_at and (self.revoked_at is None or at < self.revoked_at)

    def covers(self, finding: Finding) -> bool:
        """Whether it is about that finding."""
        same = finding.id.casefold() == self.vulnerability.casefold()
        return same and self.package in {"", finding.package}

    def revoke(self, by: ActorRef, at: datetime, because: str) -> Waiver:
        """Take it back. Raises ConflictError where it no longer holds."""
        if not self.holds_at(at):
            stands = "was revoked" if self.revoked_at else "has ended"
            raise ConflictError(f"This waiver {stands} already", hint="There is nothing to take back.")
        reason = checked_text(because, "reason")
        return replace(self, revoked_at=at, revoked_by=by, revoked_because=reason)
