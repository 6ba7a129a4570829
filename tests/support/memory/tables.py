"""The tables of a store in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from core.app.homes import OpenedHome
from core.app.installations import Installation
from core.app.outbox import SentMessage
from core.app.pages import Mark, Page, PageRequest, page_from
from core.app.ports import StoredAnswer
from core.app.steps import WorkflowStep
from core.app.telling import ChannelTrouble
from core.app.tokens import Token
from core.domain.calendar import Calendar
from core.domain.checklist import Tick
from core.domain.environment import Environment, FreezeWindow
from core.domain.events import Event
from core.domain.findings import Finding
from core.domain.gate_question import GateQuestion
from core.domain.known_exploited import KnownExploited
from core.domain.notices import Notice
from core.domain.people import Person, ServiceAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup
from core.domain.promotion import Promotion
from core.domain.quiet import Preferences
from core.domain.release import Deployment, Release, ScanReport
from core.domain.vex import VexDocument
from core.domain.waiver import Waiver
from core.errors import InvalidError
from core.evidence.envelope import EvidencePacket
from core.evidence.exports import Attestation
from core.evidence.public_key import PublicKeyRecord
from core.evidence.timestamp import Timestamp
from tests.support.memory.log import LogTables
from tests.support.memory.outbox import OutboxRow

T = TypeVar("T")


@dataclass
class Tables:
    """Everything that is stored."""

    environments: dict[UUID, Environment] = field(default_factory=dict)
    freeze_windows: dict[UUID, FreezeWindow] = field(default_factory=dict)
    calendars: dict[UUID, Calendar] = field(default_factory=dict)
    groups: dict[UUID, ApproverGroup] = field(default_factory=dict)
    policies: dict[UUID, ApprovalPolicy] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    services: dict[UUID, ServiceAccount] = field(default_factory=dict)
    tokens: dict[UUID, Token] = field(default_factory=dict)
    releases: dict[UUID, Release] = field(default_factory=dict)
    scans: list[ScanReport] = field(default_factory=list)
    findings: dict[UUID, tuple[Finding, ...]] = field(default_factory=dict)
    vex: list[VexDocument] = field(default_factory=list)
    waivers: dict[UUID, Waiver] = field(default_factory=dict)
    known_exploited: list[KnownExploited] = field(default_factory=list)
    promotions: dict[UUID, Promotion] = field(default_factory=dict)
    deployments: list[Deployment] = field(default_factory=list)
    packets: dict[UUID, EvidencePacket] = field(default_factory=dict)
    keys: dict[str, PublicKeyRecord] = field(default_factory=dict)
    attestations: dict[tuple[UUID, str], Attestation] = field(default_factory=dict)
    timestamps: dict[UUID, Timestamp] = field(default_factory=dict)
    audit: list[Event] = field(default_factory=list)
    outbox: dict[str, OutboxRow] = field(default_factory=dict)
    sent: dict[str, SentMessage] = field(default_factory=dict)
    homes: dict[tuple[str, str], OpenedHome] = field(default_factory=dict)
    answers: dict[tuple[str, str], StoredAnswer] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    notices: dict[tuple[UUID, UUID, str], Notice] = field(default_factory=dict)
    preferences: dict[UUID, Preferences] = field(default_factory=dict)
    troubles: dict[UUID, ChannelTrouble] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    spent: dict[str, datetime] = field(default_factory=dict)
    steps: dict[UUID, WorkflowStep] = field(default_factory=dict)
    ticks: dict[tuple[UUID, str], Tick] = field(default_factory=dict)
    questions: dict[tuple[UUID, str], GateQuestion] = field(default_factory=dict)
    log: LogTables = field(default_factory=LogTables)

    def copy(self) -> Tables:
        return Tables(**{each.name: getattr(self, each.name).copy() for each in fields(self)})


def paged(items: Sequence[T], request: PageRequest, mark: Callable[[T], Mark]) -> Page[T]:
    """A page of what is in order already; `mark` says where an entry stands."""
    if request.after is None:
        return page_from(items[request.offset :], request, len(items), mark)
    if items and mark(items[0]).of != request.after.of:
        raise InvalidError("The cursor belongs to another list", field="cursor")
    marks = [mark(each) for each in items]
    first = marks.index(request.after) + 1 if request.after in marks else 0
    return page_from(items[first:], request, None, mark)
