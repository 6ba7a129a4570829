"""What the use cases need from outside: a clock, ids, secrets, a signer, and transactions over a store.

A transaction body is a plain synchronous function of a Store: it runs whole on a database connection, with no other
I/O. It may be run again from the start when somebody else changed the same row first, so it keeps nothing outside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from core.app.aside import Aside, at_once
from core.app.auditing import Audit
from core.app.catalogues import Calendars, Catalogue, FreezeWindows
from core.app.evidence_records import Evidence
from core.app.gate_records import GateQuestions, Ticks
from core.app.homes import Homes
from core.app.installations import Installations
from core.app.outbox import Outbox, Sent
from core.app.pages import Page, PageRequest
from core.app.scans import KnownExploitedVulnerabilities, ScanReports, VexDocuments, Waivers
from core.app.steps import Steps
from core.app.telling import ChannelTroubles, Notices, PreferencesRows
from core.app.tokens import Tokens
from core.app.transparency import TransparencyLog
from core.app.usergroups import MAX_AGE, NO_USERGROUPS, UserGroups
from core.domain.environment import Environment
from core.domain.people import Person, ServiceAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup, Electorate
from core.domain.promotion import Promotion, Status
from core.domain.release import Deployment, Release
from core.evidence.log.cosignatures import WitnessKey
from core.evidence.signing import Signer
from core.gates.registry import GateRegistry

T = TypeVar("T")

Clock = Callable[[], datetime]
"""The time now, in UTC."""
NewId = Callable[[], UUID]
NewSecret = Callable[[], str]
"""256 random bits, URL-safe."""
SignElsewhere = Callable[[Sequence[bytes]], Awaitable[Sequence[bytes]]]
"""Has messages signed by a key that is not in memory, in their order; UnavailableError where it does not answer."""


class Policies(Catalogue[ApprovalPolicy], Protocol):
    """Approval policies, with their groups resolved."""

    def of_environment(self, environment_id: UUID) -> tuple[ApprovalPolicy, ...]:
        """All policies of an environment by name."""
        ...


class People(Protocol):
    """People and their Slack accounts."""

    def get(self, id: UUID) -> Person | None:
        """The person with that id, active or not."""
        ...

    def by_email(self, email: str) -> Person | None:
        """The person with that e-mail address, whatever its letter case."""
        ...

    def by_slack(self, team: str, user: str) -> Person | None:
        """The person a Slack account belongs to."""
        ...

    def with_user(self, user: str) -> tuple[Person, ...]:
        """Everybody who has an account with that Slack user id, in whatever workspace, by name."""
        ...

    def all(self) -> tuple[Person, ...]:
        """Everybody by name."""
        ...

    def page(self, request: PageRequest) -> Page[Person]:
        """One page of everybody by name."""
        ...

    def among(self, ids: Iterable[UUID]) -> tuple[Person, ...]:
        """Those people, by name."""
        ...

    def add(self, person: Person) -> None:
        """Store a new person; NameTakenError where the e-mail address or a Slack account is somebody else's."""
        ...

    def replace(self, person: Person) -> None:
        """Store the changed person with all accounts; NameTakenError as for `add`."""
        ...

    def electorate(self, policies: Iterable[ApprovalPolicy], among: Set[UUID] | None = None) -> Electorate:
        """Who may vote under these policies now: active people by group and by role, or those `among` some people."""
        ...

    def groups_of(self, id: UUID) -> tuple[ApproverGroup, ...]:
        """The approver groups a person is in."""
        ...


class Services(Protocol):
    """Service accounts."""

    def get(self, id: UUID) -> ServiceAccount | None:
        """The one with that id."""
        ...

    def named(self, name: str) -> ServiceAccount | None:
        """The one with that name."""
        ...

    def add(self, service: ServiceAccount) -> None:
        """Store a new one; NameTakenError where another has its name."""
        ...


class Releases(Protocol):
    """Releases, and where they were deployed."""

    def get(self, id: UUID) -> Release | None:
        """The one with that id."""
        ...

    def named(self, name: str) -> Release | None:
        """The one with that name, whatever its letter case."""
        ...

    def page(self, request: PageRequest) -> Page[Release]:
        """One page, newest first."""
        ...

    def search(self, text: str, limit: int) -> tuple[Release, ...]:
        """The newest releases whose name contains `text`, whatever its letter case."""
        ...

    def add(self, release: Release) -> None:
        """Store a new release; NameTakenError where another has its name."""
        ...

    def has_component(self, component: str) -> bool:
        """Whether there is a release of that component, by exactly that name."""
        ...

    def add_deployment(self, deployment: Deployment) -> None:
        """Store the deployer's word; the newest one of a promotion replaces the earlier ones in `deployment`."""
        ...

    def deployment(self, release_id: UUID, environment_id: UUID) -> Deployment | None:
        """The newest word on a release in an environment."""
        ...

    def deployments(self, environment_id: UUID, component: str, limit: int) -> tuple[Deployment, ...]:
        """The newest words on promotions of a component to an environment, one for each, newest first."""
        ...

    def current(self, environment_id: UUID, component: str = "") -> Deployment | None:
        """What an environment runs (of one component): the newest deployment that succeeded, not rolled back."""
        ...


@dataclass(frozen=True, slots=True)
class PromotionFilter:
    """Which promotions are wanted; what is None or empty does not restrict. `environment_id` is the target."""

    statuses: frozenset[Status] = field(default_factory=frozenset)
    release_id: UUID | None = None
    environment_id: UUID | None = None
    requested_by: UUID | None = None


class Promotions(Protocol):
    """Promotions with their votes."""

    def get(self, id: UUID) -> Promotion | None:
        """The promotion as it stands; inside `write`, the row is locked where the database can."""
        ...

    def add(self, promotion: Promotion) -> None:
        """Store a new one; PromotionAlreadyOpenError where the release has an open one to that environment."""
        ...

    def save(self, promotion: Promotion) -> Promotion:
        """Store the changed one with its new votes and return it with the next version.

        Raises StaleVersionError where the stored version is not `promotion.version`.
        """
        ...

    def page(self, wanted: PromotionFilter, request: PageRequest) -> Page[Promotion]:
        """One page, newest request first."""
        ...

    def open_ids(self, *, release_id: UUID | None = None, environment_id: UUID | None = None) -> tuple[UUID, ...]:
        """The open promotions of a release or to a target environment, oldest first; of all without either."""
        ...

    def open_of_component(self, component: str, environment_id: UUID) -> tuple[Promotion, ...]:
        """The open promotions of a component's releases to an environment, oldest first."""
        ...

    def awaiting(self) -> tuple[Promotion, ...]:
        """Everything that awaits approval, oldest request first."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        """Open promotions past their time, longest overdue first."""
        ...

    def to_look_at(self, now: datetime, limit: int) -> tuple[UUID, ...]:
        """Open promotions whose outlook names a moment up to `now`, longest overdue first."""
        ...

    def next_look(self) -> datetime | None:
        """The earliest moment that an open promotion's outlook names."""
        ...


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer to a request with an Idempotency-Key; `status` 0 while the first request is in flight.

    CARRIED_OUT says, from the transaction that did the work, that it is done; ANSWER_LOST that nobody knows what was
    answered.
    """

    owner: str
    key: str
    fingerprint: str
    created_at: datetime
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


CARRIED_OUT, ANSWER_LOST = 1, 2
"""Values of `status` below any of HTTP."""
ANSWERS_KEPT = timedelta(hours=24)
"""How long a key stands for its request; after that it is free, and the answer may be forgotten."""


class Answers(Protocol):
    """Answers that are given again to the same request."""

    def get(self, owner: str, key: str) -> StoredAnswer | None:
        """The answer stored for a caller's key."""
        ...

    def put(self, answer: StoredAnswer) -> None:
        """Store an answer in place of what was there."""
        ...

    def forget(self, owner: str, key: str) -> None:
        """The key is free again."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Forget answers older than that, and say how many."""
        ...


class Leases(Protocol):
    """Work that one holder at a time does."""

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or keep the lease; False where another holds it."""
        ...


class Store(Protocol):
    """Everything that is kept, inside one transaction."""

    environments: Catalogue[Environment]
    freeze_windows: FreezeWindows
    calendars: Calendars
    groups: Catalogue[ApproverGroup]
    policies: Policies
    people: People
    services: Services
    tokens: Tokens
    releases: Releases
    scans: ScanReports
    vex: VexDocuments
    waivers: Waivers
    known_exploited: KnownExploitedVulnerabilities
    promotions: Promotions
    evidence: Evidence
    audit: Audit
    outbox: Outbox
    sent: Sent
    homes: Homes
    answers: Answers
    leases: Leases
    notices: Notices
    preferences: PreferencesRows
    troubles: ChannelTroubles
    installations: Installations
    steps: Steps
    ticks: Ticks
    questions: GateQuestions
    log: TransparencyLog


class Transactions(Protocol):
    """Runs transaction bodies. UnavailableError where the database cannot be reached."""

    async def write(self, body: Callable[[Store], T]) -> T:
        """Run `body` and commit durably, or roll back what it did where it raises."""
        ...

    async def read(self, body: Callable[[Store], T]) -> T:
        """Run `body` on one consistent view; nothing it does is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What every use case is handed. `wake` is called after commits that put errands into the outbox.

    `sign_elsewhere` is there where the key is not in memory; then `signer` may not be asked inside a transaction
    (`core.app.sealing`). `timestamps` says whether decisions are timestamped by somebody else.
    """

    transactions: Transactions
    clock: Clock
    new_id: NewId
    new_secret: NewSecret
    signer: Signer
    gates: GateRegistry
    wake: Callable[[], None] = lambda: None
    usergroups: UserGroups = NO_USERGROUPS
    usergroup_max_age: timedelta = MAX_AGE
    aside: Aside = at_once
    witnesses: tuple[WitnessKey, ...] = ()
    sign_elsewhere: SignElsewhere | None = None
    timestamps: bool = False
