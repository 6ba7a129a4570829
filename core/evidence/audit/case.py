"""A decision as an auditor reads it, taken from the signed content of its evidence packet and from nothing else.

So whoever holds the packets can work out every figure again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.domain.moment import moment_of
from core.domain.people import ActorKind
from core.domain.promotion import CloseReason, Status, VoteChoice
from core.errors import InvalidError

Content = Mapping[str, Any]


class Separation(StrEnum):
    """Whether others than the requester let a release through."""

    SEPARATE = "separate"
    """People approved, and the requester is none of them."""
    SELF_APPROVED = "self_approved"
    """The requester is among those who approved."""
    NO_PERSON = "no_person"
    """Gates alone decided: nobody approved."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something that acted. `id` is empty for the system."""

    kind: str
    id: str
    name: str

    @property
    def is_person(self) -> bool:
        """Whether it is a human."""
        return self.kind == ActorKind.PERSON

    @property
    def key(self) -> str:
        """What tells parties apart: names change, ids do not."""
        return self.id or self.kind


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's vote. `seen` is the digest of what a card showed; empty where none did."""

    voter: Party
    choice: str
    comment: str
    at: datetime
    door: str
    seen: str

    @property
    def approves(self) -> bool:
        """Whether it says yes."""
        return self.choice == VoteChoice.APPROVED


@dataclass(frozen=True, slots=True)
class Case:
    """One decided promotion. `policies` and `gates` are as they stand in the packet.

    `generated_at` is when it was signed: a promotion that ran out is decided at that moment, and signed when that was
    noticed.
    """

    packet_id: str
    promotion_id: str
    release: str
    component: str
    version: str
    source: str
    target: str
    target_id: str
    reason: str
    requested_by: Party
    requested_at: datetime
    status: str
    allowed: bool
    close_reason: str
    close_comment: str
    decided_by: Party | None
    decided_at: datetime
    generated_at: datetime
    separation_required: bool
    policies: tuple[Content, ...]
    gates: tuple[Content, ...]
    ballots: tuple[Ballot, ...]
    signer_key_ref: str

    @classmethod
    def of(cls, content: Content) -> Case:
        """Read the content of a packet. Raises InvalidError where it is not a decision's."""
        try:
            return _case(content)
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidError(f"this is not the content of a decision: {error!r}") from error

    @property
    def approvals(self) -> tuple[Ballot, ...]:
        """The votes that say yes."""
        return tuple(ballot for ballot in self.ballots if ballot.approves)

    @property
    def separation(self) -> Separation | None:
        """Whether the requester stayed apart; None where the release was not let through."""
        if not self.allowed:
            return None
        approvers = {ballot.voter.id for ballot in self.approvals}
        if not approvers:
            return Separation.NO_PERSON
        return Separation.SELF_APPROVED if self.requested_by.id in approvers else Separation.SEPARATE

    @property
    def by_people(self) -> bool:
        """Whether votes decided: not gates alone, and not a cancellation, an expiry or a newer release."""
        return self.status in {Status.APPROVED, Status.REJECTED} and bool(self.ballots)

    @property
    def time_to_decision(self) -> timedelta:
        """From the request to the decision."""
        return self.decided_at - self.requested_at

    @property
    def required_approvals(self) -> int:
        """How many approvals all policies ask for together."""
        return sum(policy["requiredApprovals"] for policy in self.policies)

    @property
    def outcome(self) -> str:
        """The status in a word that says why it was closed, where it was."""
        ended = {CloseReason.EXPIRED.value, CloseReason.SUPERSEDED.value}
        return self.close_reason if self.close_reason in ended else self.status


def _case(content: Content) -> Case:
    promotion, actors, release = content["promotion"], content["actors"], content["release"]
    source, target = content["environments"]["source"], content["environments"]["target"]
    return Case(
        packet_id=content["packetId"],
        promotion_id=promotion["id"],
        release=release["name"],
        component=release["component"],
        version=release["version"],
        source=source["name"] if source else "",
        target=target["name"],
        target_id=target["id"],
        reason=promotion["reason"],
        requested_by=_party(actors["requestedBy"]),
        requested_at=moment_of(promotion["requestedAt"]),
        status=promotion["status"],
        allowed=promotion["decision"] == "allow",
        close_reason=promotion.get("closeReason") or "",
        close_comment=promotion.get("closeComment") or "",
        decided_by=_party(actors["decidedBy"]) if actors["decidedBy"] else None,
        decided_at=moment_of(promotion["decidedAt"]),
        generated_at=moment_of(content["generatedAt"]),
        separation_required=promotion["separationOfDuties"],
        policies=tuple(content["policies"]),
        gates=tuple(content["gates"]),
        ballots=tuple(map(_ballot, content["approvals"])),
        signer_key_ref=content["signerKeyRef"],
    )


def _party(actor: Content) -> Party:
    return Party(actor["kind"], actor["id"] or "", actor["name"])


def _ballot(vote: Content) -> Ballot:
    return Ballot(
        voter=Party(ActorKind.PERSON.value, vote["approverId"], vote["approverName"]),
        choice=vote["decision"],
        comment=vote["comment"] or "",
        at=moment_of(vote["approvedAt"]),
        door=vote.get("door") or "",
        seen=vote.get("seenDigest") or "",
    )
