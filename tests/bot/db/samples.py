"""Small things of every kind to store, and one transaction that stores what others refer to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.app.ports import Store
from core.domain.environment import Environment, EnvironmentRef
from core.domain.events import Action, Event
from core.domain.gate_result import GateResult
from core.domain.people import SYSTEM_REF, ActorKind, ActorRef, Person, Right, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.promotion import Promotion, Vote, VoteChoice
from core.domain.release import Artifact, Release, ScanReport
from tests.support.clock import MORNING, nth_id

STAGING = Environment(nth_id(1), "staging")
PRODUCTION = Environment(
    nth_id(2), "Production", STAGING.id, True, "#releases", {"security-gate": {"maxCritical": 0, "maxHigh": 5}}, True
)
ALICE = Person(nth_id(11), "alice@example.com", "Alice", frozenset({Right.REQUESTER}), (SlackAccount("T01", "U01"),))
BOB = Person(
    nth_id(12),
    "bob@example.com",
    "Bob",
    frozenset({Right.APPROVER, Right.ADMIN}),
    (SlackAccount("T01", "U02"), SlackAccount("T02", "U02", "is_restricted")),
)
CAROL = Person(nth_id(13), "carol@example.com", "Carol")
MANAGERS = ApproverGroup(nth_id(21), "release-managers", frozenset({BOB.id, CAROL.id}))
SRES = ApproverGroup(nth_id(22), "sre-team", frozenset({CAROL.id}), "S01")
POLICY = ApprovalPolicy(
    nth_id(31),
    "production-policy",
    PRODUCTION.id,
    2,
    (GroupRef(SRES.id, SRES.name), GroupRef(MANAGERS.id, MANAGERS.name)),
    auto_expire_hours=24,
)
GATES = (
    GateResult(
        "security-gate", True, False, "No findings", {"criticalCount": 0, "highCount": 3, "nested": [None, "é"]}
    ),
)


def fill(store: Store) -> None:
    """Store everything above, and one release."""
    for environment in (STAGING, PRODUCTION):
        store.environments.add(environment)
    for person in (ALICE, BOB, CAROL):
        store.people.add(person)
    for group in (MANAGERS, SRES):
        store.groups.add(group)
    store.policies.add(POLICY)
    store.releases.add(release())


def release(number: int = 1, **changes: Any) -> Release:
    fields: dict[str, Any] = {
        "id": nth_id(100 + number),
        "name": f"App-v{number}",
        "component": "app",
        "version": f"v{number}",
        "created_at": MORNING + timedelta(minutes=number),
        "artifacts": (Artifact("image", "sha256:" + "a" * 64),),
        "authors": ("alice@example.com", "Zoë"),
        "source_ref": "refs/tags/v1",
        "changes_url": "https://git.example.com/app/compare/v0...v1",
    }
    return Release(**{**fields, **changes})


def promotion(number: int = 1, **changes: Any) -> Promotion:
    """An open promotion of release 1 to production, asked for `number` minutes after MORNING."""
    of = changes.pop("release", release())
    fields: dict[str, Any] = {
        "id": nth_id(200 + number),
        "release_id": of.id,
        "release_name": of.name,
        "component": of.component,
        "source": STAGING.ref,
        "target": PRODUCTION.ref,
        "reason": "Deploying with a fix",
        "requested_by": ActorRef(ActorKind.PERSON, ALICE.id, ALICE.name),
        "requested_at": MORNING + timedelta(minutes=number),
        "policies": (POLICY,),
        "separation_of_duties": True,
        "artifacts_digest": of.artifacts_digest,
        "expires_at": MORNING + timedelta(days=1, minutes=number),
    }
    return Promotion(**{**fields, **changes})


def vote(person: Person, choice: VoteChoice = VoteChoice.APPROVED, at: datetime = MORNING) -> Vote:
    return Vote(person.id, person.name, choice, f"{person.name} says so", at, "slack", "sha256:" + "5" * 64)


def scan(number: int, release_id: UUID | None = None, critical: int = 0) -> ScanReport:
    return ScanReport(nth_id(300 + number), release_id or release().id, "trivy", MORNING, critical=critical, low=2)


def event(number: int, subject_id: UUID, action: Action = Action.PROMOTION_REQUESTED) -> Event:
    return Event(action, MORNING, SYSTEM_REF, "system", subject_id, {"number": number, "z": 1, "a": [True]}, "corr")


def ref(environment: Environment) -> EnvironmentRef:
    return environment.ref
