"""A store in memory with the rules of the real ones, for tests of use cases: the same contract tests hold all three.

A transaction works on a copy of the tables, which takes their place when the body returns and is thrown away when it
raises. Everything stored is immutable, so copying a table copies references only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.app import (
    auditing,
    catalogues,
    evidence_records,
    gate_records,
    homes,
    installations,
    outbox,
    ports,
    scans,
    steps,
    telling,
    tokens,
    transparency,
)
from core.domain.environment import Environment
from core.domain.policy import ApproverGroup
from tests.support.memory.accounts import MemoryTokens
from tests.support.memory.catalogue import (
    MemoryCalendars,
    MemoryCatalogue,
    MemoryFreezeWindows,
    MemoryPolicies,
    users_of_environment,
    users_of_group,
)
from tests.support.memory.gate_records import MemoryGateQuestions, MemoryTicks
from tests.support.memory.homes import MemoryHomes
from tests.support.memory.installations import MemoryInstallations
from tests.support.memory.log import MemoryLog
from tests.support.memory.outbox import MemoryOutbox, MemorySent
from tests.support.memory.people import MemoryPeople
from tests.support.memory.promotions import MemoryPromotions
from tests.support.memory.records import MemoryAnswers, MemoryAudit, MemoryEvidence, MemoryLeases
from tests.support.memory.releases import MemoryReleases
from tests.support.memory.scans import (
    MemoryKnownExploited,
    MemoryScanReports,
    MemoryVexDocuments,
    MemoryWaivers,
)
from tests.support.memory.steps import MemorySteps
from tests.support.memory.tables import Tables
from tests.support.memory.telling import MemoryNotices, MemoryPreferences, MemoryTroubles

T = TypeVar("T")


class MemoryTransactions:
    """`Transactions` of `core.app.ports` without a database."""

    def __init__(self) -> None:
        self.tables = Tables()

    async def write(self, body: Callable[[ports.Store], T]) -> T:
        working = self.tables.copy()
        result = body(MemoryStore(working))
        self.tables = working
        return result

    async def read(self, body: Callable[[ports.Store], T]) -> T:
        return body(MemoryStore(self.tables.copy()))


class MemoryStore:
    """`Store` of `core.app.ports` on `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self.environments: catalogues.Catalogue[Environment] = MemoryCatalogue(
            tables.environments, users_of_environment(tables)
        )
        self.freeze_windows: catalogues.FreezeWindows = MemoryFreezeWindows(tables.freeze_windows)
        self.calendars: catalogues.Calendars = MemoryCalendars(tables.calendars)
        self.groups: catalogues.Catalogue[ApproverGroup] = MemoryCatalogue(tables.groups, users_of_group(tables))
        self.policies: ports.Policies = MemoryPolicies(tables)
        self.people: ports.People = MemoryPeople(tables)
        self.services: ports.Services = MemoryCatalogue(tables.services)
        self.tokens: tokens.Tokens = MemoryTokens(tables.tokens)
        self.releases: ports.Releases = MemoryReleases(tables)
        self.scans: scans.ScanReports = MemoryScanReports(tables)
        self.vex: scans.VexDocuments = MemoryVexDocuments(tables)
        self.waivers: scans.Waivers = MemoryWaivers(tables)
        self.known_exploited: scans.KnownExploitedVulnerabilities = MemoryKnownExploited(tables)
        self.promotions: ports.Promotions = MemoryPromotions(tables.promotions)
        self.audit: auditing.Audit = MemoryAudit(tables.audit)
        self.evidence: evidence_records.Evidence = MemoryEvidence(tables)
        self.outbox: outbox.Outbox = MemoryOutbox(tables.outbox)
        self.sent: outbox.Sent = MemorySent(tables.sent)
        self.homes: homes.Homes = MemoryHomes(tables)
        self.answers: ports.Answers = MemoryAnswers(tables.answers)
        self.leases: ports.Leases = MemoryLeases(tables.leases)
        self.notices: telling.Notices = MemoryNotices(tables.notices, tables.promotions)
        self.preferences: telling.PreferencesRows = MemoryPreferences(tables.preferences)
        self.troubles: telling.ChannelTroubles = MemoryTroubles(tables.troubles)
        self.installations: installations.Installations = MemoryInstallations(tables)
        self.steps: steps.Steps = MemorySteps(tables.steps)
        self.ticks: gate_records.Ticks = MemoryTicks(tables.ticks)
        self.questions: gate_records.GateQuestions = MemoryGateQuestions(tables.questions)
        self.log: transparency.TransparencyLog = MemoryLog(tables.log, tables.packets)
