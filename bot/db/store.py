"""Everything that is kept, on one connection inside one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.db.accounts import Services, Tokens
from bot.db.answers import Answers
from bot.db.audit import Audit
from bot.db.calendars import Calendars
from bot.db.catalogue import Environments, FreezeWindows
from bot.db.evidence import Evidence
from bot.db.gate_records import GateQuestions, Ticks
from bot.db.homes import OpenedHomes
from bot.db.installations import SlackInstallations
from bot.db.leases import Leases
from bot.db.log import Log
from bot.db.outbox import Outbox
from bot.db.people import People
from bot.db.policies import Groups, Policies
from bot.db.promotions import Promotions
from bot.db.releases import Releases
from bot.db.rules_lock import RulesLock
from bot.db.scans import ScanReports
from bot.db.sent import Sent
from bot.db.steps import WorkflowSteps
from bot.db.telling import ChannelTroubles, Notices, PreferencesRows
from bot.db.vex import KnownExploitedVulnerabilities, VexDocuments
from bot.db.waivers import Waivers
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

T = TypeVar("T")


class SqlStore:
    """Store of `core.app.ports`. `locking` is for transactions that write: what they read stays theirs."""

    def __init__(self, connection: Connection, *, locking: bool) -> None:
        rules = RulesLock(connection, locking=locking)
        self.environments: catalogues.Catalogue[Environment] = Environments(connection, rules)
        self.freeze_windows: catalogues.FreezeWindows = FreezeWindows(connection, rules)
        self.calendars: catalogues.Calendars = Calendars(connection, rules)
        self.groups: catalogues.Catalogue[ApproverGroup] = Groups(connection, rules)
        self.policies: ports.Policies = Policies(connection, rules)
        self.people: ports.People = People(connection, rules, locking=locking)
        self.connection = connection
        self.services: ports.Services = Services(connection)
        self.tokens: tokens.Tokens = Tokens(connection)
        self.releases: ports.Releases = Releases(connection)
        self.scans: scans.ScanReports = ScanReports(connection, rules)
        self.vex: scans.VexDocuments = VexDocuments(connection, rules)
        self.waivers: scans.Waivers = Waivers(connection, rules)
        self.known_exploited: scans.KnownExploitedVulnerabilities = KnownExploitedVulnerabilities(connection, rules)
        self.promotions: ports.Promotions = Promotions(connection, rules, locking=locking)
        self.audit: auditing.Audit = Audit(connection)
        self.evidence: evidence_records.Evidence = Evidence(connection)
        self.outbox: outbox.Outbox = Outbox(connection)
        self.sent: outbox.Sent = Sent(connection)
        self.homes: homes.Homes = OpenedHomes(connection)
        self.answers: ports.Answers = Answers(connection, locking=locking)
        self.leases: ports.Leases = Leases(connection)
        self.notices: telling.Notices = Notices(connection)
        self.preferences: telling.PreferencesRows = PreferencesRows(connection)
        self.troubles: telling.ChannelTroubles = ChannelTroubles(connection)
        self.installations: installations.Installations = SlackInstallations(connection, locking=locking)
        self.steps: steps.Steps = WorkflowSteps(connection, locking=locking)
        self.ticks: gate_records.Ticks = Ticks(connection)
        self.questions: gate_records.GateQuestions = GateQuestions(connection)
        self._log = Log(connection)
        self.log: transparency.TransparencyLog = self._log

    def settle(self) -> None:
        """What is left for the end of a transaction: leaves of the log get their numbers."""
        self._log.settle()


def on_connection(body: Callable[[ports.Store], T], *, locking: bool) -> Callable[[Connection], T]:
    """The transaction body as a function of a connection, with what is left for its end."""

    def whole(connection: Connection) -> T:
        store = SqlStore(connection, locking=locking)
        value = body(store)
        store.settle()
        return value

    return whole
