"""A promotion: somebody asks for a release to go to an environment, gates check it, people decide.

    pending            --evaluate (no gate blocks)-->  awaiting_approval
    pending, awaiting  --reject-->                     rejected
    pending, awaiting  --cancel, expire, supersede-->  cancelled
    awaiting_approval  --approve (quorum, gates)-->    approved
    approved           --begin-->                      deploying
    deploying          --succeed, fail, roll back-->   deployed, failed, rolled_back
    deployed, failed   --roll back-->                  rolled_back

TRANSITIONS is that law; nothing else changes a status. Values are immutable: each step gives a new promotion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from core.domain.environment import EnvironmentRef
from core.domain.exemption import FreezeExemption
from core.domain.gate_result import GateResult, blocking
from core.domain.outlook import NO_OUTLOOK, Outlook
from core.domain.people import SYSTEM_REF, ActorRef
from core.domain.policy import ApprovalPolicy, Electorate, Quorum, quorum
from core.domain.release import DeploymentStatus
from core.errors import AlreadyDecidedError, TransitionError


class Status(StrEnum):
    """Where a promotion stands."""

    PENDING = "pending"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


OPEN = frozenset({Status.PENDING, Status.AWAITING_APPROVAL})
"""Still to be decided: votes, cancelling and expiry are possible."""


class Step(StrEnum):
    """What moves a promotion from one status to another."""

    PASS_GATES = "pass_gates"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    BEGIN_DEPLOYMENT = "deploying"
    FINISH_DEPLOYMENT = "deployed"
    FAIL_DEPLOYMENT = "failed"
    ROLL_BACK = "rolled_back"


TRANSITIONS: Mapping[tuple[Status, Step], Status] = MappingProxyType(
    {
        (Status.PENDING, Step.PASS_GATES): Status.AWAITING_APPROVAL,
        (Status.PENDING, Step.REJECT): Status.REJECTED,
        (Status.PENDING, Step.CANCEL): Status.CANCELLED,
        (Status.AWAITING_APPROVAL, Step.APPROVE): Status.APPROVED,
        (Status.AWAITING_APPROVAL, Step.REJECT): Status.REJECTED,
        (Status.AWAITING_APPROVAL, Step.CANCEL): Status.CANCELLED,
        (Status.APPROVED, Step.BEGIN_DEPLOYMENT): Status.DEPLOYING,
        (Status.DEPLOYING, Step.FINISH_DEPLOYMENT): Status.DEPLOYED,
        (Status.DEPLOYING, Step.FAIL_DEPLOYMENT): Status.FAILED,
        (Status.DEPLOYING, Step.ROLL_BACK): Status.ROLLED_BACK,
        (Status.DEPLOYED, Step.ROLL_BACK): Status.ROLLED_BACK,
        (Status.FAILED, Step.ROLL_BACK): Status.ROLLED_BACK,
    }
)


class CloseReason(StrEnum):
    """Why a promotion was cancelled."""

    BY_REQUESTER = "cancelled_by_requester"
    BY_ADMIN = "cancelled_by_admin"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class VoteChoice(StrEnum):
    """What a person says to a promotion."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's approval record. `door` is where it was given (`slack`, `rest`, `cli`).

    `seen` is the digest of what the voter had before the eyes (`core.domain.seen`); empty where no card showed it.
    """

    person_id: UUID
    person_name: str
    choice: VoteChoice
    comment: str
    at: datetime
    door: str
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One request for a release to go to an environment, with everything that was fixed when it was requested.

    `artifacts_digest` is the release's own as it was (empty for requests made before it was kept). `policies` are
    copies; `separation_of_duties` says whether the requester's approval is refused; `version` counts
    the stored changes and is what races are decided by. `evaluated_at` is when `gates` were last looked at, `outlook`
    what time will bring to them. `exemption` lifts freezes; `deferred_until` is when somebody wants approvers asked.
    """

    id: UUID
    release_id: UUID
    release_name: str
    component: str
    source: EnvironmentRef | None
    target: EnvironmentRef
    reason: str
    requested_by: ActorRef
    requested_at: datetime
    policies: tuple[ApprovalPolicy, ...]
    separation_of_duties: bool
    artifacts_digest: str = ""
    expires_at: datetime | None = None
    status: Status = Status.PENDING
    gates: tuple[GateResult, ...] = ()
    evaluated_at: datetime | None = None
    votes: tuple[Vote, ...] = ()
    decided_at: datetime | None = None
    decided_by: ActorRef | None = None
    close_reason: CloseReason | None = None
    close_comment: str = ""
    external_url: str = ""
    deployment_message: str = ""
    outlook: Outlook = NO_OUTLOOK
    exemption: FreezeExemption | None = None
    deferred_until: datetime | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it can still be voted on, cancelled, or expire."""
        return self.status in OPEN

    def expired_at(self, now: datetime) -> bool:
        """Whether it is open past its time."""
        return self.is_open and self.expires_at is not None and self.expires_at <= now

    def vote_of(self, person_id: UUID) -> Vote | None:
        """The vote that a person has given."""
        return next((vote for vote in self.votes if vote.person_id == person_id), None)

    @property
    def approvers(self) -> frozenset[UUID]:
        """Everybody who has voted to approve."""
        return frozenset(vote.person_id for vote in self.votes if vote.choice is VoteChoice.APPROVED)

    @property
    def _kept_apart(self) -> frozenset[UUID]:
        """Whose approval separation of duties refuses."""
        apart = {self.requested_by.id} if self.separation_of_duties else set()
        if self.exemption:
            apart.update(self.exemption.lifters)
        return frozenset(each for each in apart if each is not None)

    def quorum(self, electorate: Electorate) -> Quorum:
        """How far the policies are satisfied by the stored votes of people who may vote now.

        Under separation of duties the requester counts for nothing, however the vote came to be stored; nor does
        whoever has lifted a freeze for it.
        """
        return quorum(self.policies, self.approvers - self._kept_apart, electorate)

    def may_still_approve(self, electorate: Electorate) -> frozenset[UUID]:
        """The people whose approval is possible and would count for a policy that is not satisfied yet.

        Where voters who did not count have come back, all policies may be satisfied without a vote that decided: then
        the approval of anybody left decides.
        """
        reached = self.quorum(electorate)
        asking = [step.policy for step in reached.policies if reached.met or not step.satisfied]
        people = frozenset[UUID]().union(*(electorate.of(policy) for policy in asking if policy.required_approvals))
        voted = {vote.person_id for vote in self.votes}
        return people - voted - self._kept_apart if self.is_open else frozenset()

    def with_gates(self, gates: tuple[GateResult, ...], at: datetime, outlook: Outlook = NO_OUTLOOK) -> Promotion:
        """The same with fresh gate results; a pending one moves on where none of them blocks."""
        self.require_open()
        looked_at = replace(self, gates=gates, evaluated_at=at, outlook=outlook)
        if self.status is Status.PENDING and not blocking(gates):
            return looked_at._moved(Step.PASS_GATES)
        return looked_at

    def exempt(self, exemption: FreezeExemption) -> Promotion:
        """The same with freezes lifted; who may do that is `core.domain.separation`'s question."""
        self.require_open()
        earlier = self.exemption.lifters if self.exemption else ()
        return replace(self, exemption=replace(exemption, earlier=earlier))

    def defer(self) -> Promotion:
        """The same, to be decided when the gates are forecast to pass: approvers then have their full time.

        Raises TransitionError where it is not pending, or no time is known at which the gates pass.
        """
        self.require_open()
        passes_at = self.outlook.passes_at
        if self.status is not Status.PENDING or passes_at is None:
            raise TransitionError(
                "Only a promotion that waits for a known time can be put off until then",
                status=self.status.value,
                step="defer",
            )
        ends = expiry(self.policies, passes_at)
        expires_at = max(self.expires_at, ends) if self.expires_at and ends else self.expires_at
        return replace(self, deferred_until=passes_at, expires_at=expires_at)

    def with_vote(self, vote: Vote) -> Promotion:
        """The same with one more vote. Whether the person may vote is `core.domain.separation`'s question."""
        self.require_open()
        return replace(self, votes=(*self.votes, vote))

    def approve(self, by: ActorRef, at: datetime) -> Promotion:
        """Decided: the release may go."""
        return replace(self._moved(Step.APPROVE), decided_at=at, decided_by=by)

    def reject(self, by: ActorRef, at: datetime, comment: str = "") -> Promotion:
        """Decided: the release may not go."""
        self.require_open()
        return replace(self._moved(Step.REJECT), decided_at=at, decided_by=by, close_comment=comment)

    def cancel(self, reason: CloseReason, by: ActorRef, at: datetime, comment: str = "") -> Promotion:
        """Closed without a decision of people."""
        self.require_open()
        closed = replace(self._moved(Step.CANCEL), decided_at=at, decided_by=by)
        return replace(closed, close_reason=reason, close_comment=comment)

    def expire(self) -> Promotion:
        """Closed by time, dated at the moment it ran out, whenever that was noticed."""
        if self.expires_at is None:
            raise TransitionError("A promotion without a time limit cannot expire")
        return self.cancel(CloseReason.EXPIRED, SYSTEM_REF, self.expires_at)

    def deploy(self, status: DeploymentStatus, external_url: str = "", message: str = "") -> Promotion:
        """The deployer's word on an approved promotion."""
        moved = self._moved(Step(status.value))
        return replace(moved, external_url=external_url or self.external_url, deployment_message=message)

    def require_open(self) -> None:
        """Raise AlreadyDecidedError, with who and when, where the promotion is no longer open."""
        if self.is_open:
            return
        who = self.decided_by.name if self.decided_by else "nobody"
        decided_at = self.decided_at.isoformat().replace("+00:00", "Z") if self.decided_at else ""
        raise AlreadyDecidedError(
            f"{self.release_name} to {self.target.name} is already {self.outcome}, by {who} at {decided_at}",
            status=self.status.value,
            decidedBy=who,
            decidedAt=decided_at,
            closeReason=self.close_reason.value if self.close_reason else None,
        )

    @property
    def outcome(self) -> str:
        """The status in a word that says why it was closed, where it was."""
        words = {CloseReason.EXPIRED: "expired", CloseReason.SUPERSEDED: "superseded"}
        if self.close_reason in words:
            return words[self.close_reason]
        return self.status.value.replace("_", " ")

    def _moved(self, step: Step) -> Promotion:
        try:
            return replace(self, status=TRANSITIONS[self.status, step])
        except KeyError:
            raise TransitionError(
                f"A promotion that is {self.status.value.replace('_', ' ')} cannot go on to {step.value}",
                status=self.status.value,
                step=step.value,
            ) from None


def expiry(policies: tuple[ApprovalPolicy, ...], requested_at: datetime) -> datetime | None:
    """When a request made at that time runs out: the shortest limit of its policies."""
    hours = [policy.auto_expire_hours for policy in policies if policy.auto_expire_hours is not None]
    return requested_at + timedelta(hours=min(hours)) if hours else None
