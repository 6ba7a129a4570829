"""What an administrator writes to create or change something; ids and resolved names come in the use case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.environment import DEFAULT_GATES
from core.domain.notify import Via
from core.domain.people import Right, SlackAccount
from core.domain.recurrence import Recurrence
from core.domain.release import Artifact


@dataclass(frozen=True, slots=True)
class EnvironmentDraft:
    """See Environment."""

    name: str
    source_environment_id: UUID | None = None
    require_sod: bool = False
    slack_channel: str = ""
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFAULT_GATES)
    announce: bool = False
    slack_team: str = ""


@dataclass(frozen=True, slots=True)
class NotifyDraft:
    """See Notify; `escalate_to_group` is a name."""

    via: Via = Via.DM
    remind_at_percent: int | None = 50
    escalate_at_percent: int | None = None
    escalate_to_group: str | None = None


DEFAULT_NOTIFY_DRAFT = NotifyDraft()


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """See ApprovalPolicy; `approver_groups` are names."""

    name: str
    environment_id: UUID
    required_approvals: int
    approver_groups: tuple[str, ...]
    require_separation_of_duties: bool = True
    auto_expire_hours: int | None = None
    notify: NotifyDraft = DEFAULT_NOTIFY_DRAFT


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """See ApproverGroup; `members` are e-mail addresses."""

    name: str
    members: tuple[str, ...] = ()
    slack_usergroup: str = ""


@dataclass(frozen=True, slots=True)
class FreezeWindowDraft:
    """See FreezeWindow."""

    name: str
    environment_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    components: tuple[str, ...] = ()
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """See Person."""

    email: str
    name: str
    roles: frozenset[Right] = frozenset()
    slack: tuple[SlackAccount, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """See Release; an empty `name` becomes `component-version`."""

    component: str
    version: str
    name: str = ""
    artifacts: tuple[Artifact, ...] = ()
    authors: tuple[str, ...] = ()
    source_ref: str = ""
    changes_url: str = ""


@dataclass(frozen=True, slots=True)
class ScanDraft:
    """See ScanReport."""

    release_id: UUID
    scanner: str
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    unknown: int = 0
