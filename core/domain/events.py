"""What happened, in the past tense: the audit log, and the history that a promotion's thread shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.domain.people import ActorRef


class Action(StrEnum):
    """`subject:action`, one word for one thing that can happen."""

    PROMOTION_REQUESTED = "promotion:requested"
    GATES_BLOCKED = "promotion:gates_blocked"
    GATES_PASSED = "promotion:gates_passed"
    GATES_CHANGED = "promotion:gates_changed"
    """What cards show of the gates is not what they showed before, and what it is now."""
    GATE_ANSWERED = "promotion:gate_answered"
    """A service that a gate had asked has said yes or no."""
    ITEM_TICKED = "promotion:item_ticked"
    ITEM_UNTICKED = "promotion:item_unticked"
    QUESTION_ASKED = "promotion:question_asked"
    APPROVERS_REMINDED = "promotion:approvers_reminded"
    FREEZE_LIFTED = "promotion:freeze_lifted"
    PROMOTION_DEFERRED = "promotion:deferred"
    VOTE_APPROVED = "promotion:vote_approved"
    PROMOTION_APPROVED = "promotion:approved"
    PROMOTION_REJECTED = "promotion:rejected"
    PROMOTION_CANCELLED = "promotion:cancelled"
    PROMOTION_EXPIRED = "promotion:expired"
    PROMOTION_SUPERSEDED = "promotion:superseded"
    DEPLOYMENT_REPORTED = "promotion:deployment_reported"
    ENVIRONMENT_CREATED = "environment:created"
    ENVIRONMENT_UPDATED = "environment:updated"
    ENVIRONMENT_DELETED = "environment:deleted"
    POLICY_CREATED = "approval_policy:created"
    POLICY_UPDATED = "approval_policy:updated"
    POLICY_DELETED = "approval_policy:deleted"
    GROUP_CREATED = "approver_group:created"
    GROUP_UPDATED = "approver_group:updated"
    GROUP_DELETED = "approver_group:deleted"
    FREEZE_WINDOW_CREATED = "freeze_window:created"
    FREEZE_WINDOW_UPDATED = "freeze_window:updated"
    FREEZE_WINDOW_DELETED = "freeze_window:deleted"
    CALENDAR_CREATED = "calendar:created"
    CALENDAR_UPDATED = "calendar:updated"
    CALENDAR_DELETED = "calendar:deleted"
    CALENDAR_READ = "calendar:read"
    RELEASE_REGISTERED = "release:registered"
    SCAN_REPORT_SUBMITTED = "scan_report:submitted"
    VEX_SUBMITTED = "vex:submitted"
    """A VEX document for the release that is the subject."""
    KNOWN_EXPLOITED_IMPORTED = "known_exploited:imported"
    WAIVER_CREATED = "waiver:created"
    WAIVER_REVOKED = "waiver:revoked"
    PERSON_CREATED = "person:created"
    PERSON_UPDATED = "person:updated"
    SERVICE_CREATED = "service_account:created"
    TOKEN_CREATED = "token:created"
    TOKEN_REVOKED = "token:revoked"
    WORKSPACE_INVITED = "workspace:invited"
    WORKSPACE_INSTALLED = "workspace:installed"
    WORKSPACE_CLOSED = "workspace:closed"
    WORKSPACE_REMOVED = "workspace:removed"
    CLOCK_MOVED = "clock:moved"
    """The server's clock was set back or forward: times before and after cannot be compared."""
    KEY_REGISTERED = "signing_key:registered"
    KEY_ENDED = "signing_key:ended"
    KEY_REVOKED = "signing_key:revoked"


LOGGED = frozenset(
    {
        Action.POLICY_CREATED,
        Action.POLICY_UPDATED,
        Action.POLICY_DELETED,
        Action.GROUP_CREATED,
        Action.GROUP_UPDATED,
        Action.GROUP_DELETED,
        Action.ENVIRONMENT_CREATED,
        Action.ENVIRONMENT_UPDATED,
        Action.ENVIRONMENT_DELETED,
        Action.KEY_REGISTERED,
        Action.KEY_ENDED,
        Action.KEY_REVOKED,
        Action.WAIVER_CREATED,
        Action.WAIVER_REVOKED,
        Action.FREEZE_LIFTED,
        Action.FREEZE_WINDOW_CREATED,
        Action.FREEZE_WINDOW_UPDATED,
        Action.FREEZE_WINDOW_DELETED,
        Action.CALENDAR_CREATED,
        Action.CALENDAR_UPDATED,
        Action.CALENDAR_DELETED,
        Action.PERSON_CREATED,
        Action.PERSON_UPDATED,
        Action.CLOCK_MOVED,
    }
)
"""What becomes a leaf of the transparency log, in the transaction that writes the audit entry.

Decisions do so by their evidence packets. Who may approve is decided by policies, by the groups that they name, by
people's roles and accounts, and by the environment's separation of duties, gates and freezes, so all of these are here.
Details of these entries are signed content: no
floats, no personal facts that somebody may want forgotten, for a leaf stays.
"""

UNLOGGED_DETAILS = frozenset({"members", "email"})
"""What of an entry's details is not in its leaf: e-mail addresses. For members the leaf has their digest."""


@dataclass(frozen=True, slots=True)
class Event:
    """One audit entry. `subject_id` is the thing named before the colon of `action`; `details` are JSON-able facts.

    `sequence` numbers the entries in the order in which they were committed by one writer; None before it is stored.
    """

    action: Action
    at: datetime
    actor: ActorRef
    door: str
    subject_id: UUID
    details: Mapping[str, Any]
    correlation_id: str = ""
    sequence: int | None = None
