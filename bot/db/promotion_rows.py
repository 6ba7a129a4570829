"""A promotion and its votes as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row as TableRow

from bot.db.snapshots import exemption_from, exemption_json, gates_from, gates_json, policies_from, policies_json
from bot.db.statements import Row
from core.domain.environment import EnvironmentRef
from core.domain.outlook import Outlook
from core.domain.people import ActorKind, ActorRef
from core.domain.promotion import CloseReason, Promotion, Status, Vote, VoteChoice


def whole_row(promotion: Promotion) -> Row:
    """All columns: what was fixed by the request, and where it stands."""
    return {
        "id": promotion.id,
        "release_id": promotion.release_id,
        "release_name": promotion.release_name,
        "component": promotion.component,
        "source_environment_id": promotion.source.id if promotion.source else None,
        "source_environment_name": promotion.source.name if promotion.source else "",
        "target_environment_id": promotion.target.id,
        "target_environment_name": promotion.target.name,
        "reason": promotion.reason,
        "requested_by_kind": promotion.requested_by.kind.value,
        "requested_by_id": promotion.requested_by.id,
        "requested_by_name": promotion.requested_by.name,
        "requested_at": promotion.requested_at,
        "policies": policies_json(promotion.policies),
        "separation_of_duties": promotion.separation_of_duties,
        "artifacts_digest": promotion.artifacts_digest,
        "version": promotion.version,
        **standing_row(promotion),
    }


def standing_row(promotion: Promotion) -> Row:
    """The columns that change while a promotion lives, but for the version."""
    by = promotion.decided_by
    return {
        "status": promotion.status.value,
        "gates": gates_json(promotion.gates),
        "evaluated_at": promotion.evaluated_at,
        "decided_at": promotion.decided_at,
        "decided_by_kind": by.kind.value if by else None,
        "decided_by_id": by.id if by else None,
        "decided_by_name": by.name if by else "",
        "close_reason": promotion.close_reason.value if promotion.close_reason else None,
        "close_comment": promotion.close_comment,
        "external_url": promotion.external_url,
        "deployment_message": promotion.deployment_message,
        "expires_at": promotion.expires_at,
        "passes_at": promotion.outlook.passes_at,
        "changes_at": promotion.outlook.changes_at,
        "exemption": exemption_json(promotion.exemption),
        "deferred_until": promotion.deferred_until,
    }


def vote_row(promotion_id: UUID, position: int, vote: Vote) -> Row:
    """A vote's columns; `position` counts the votes of its promotion from 0."""
    return {
        "promotion_id": promotion_id,
        "position": position,
        "person_id": vote.person_id,
        "person_name": vote.person_name,
        "choice": vote.choice.value,
        "comment": vote.comment,
        "at": vote.at,
        "door": vote.door,
        "seen": vote.seen,
    }


def promotion_from(row: TableRow[Any], votes: Iterable[TableRow[Any]]) -> Promotion:
    """The promotion of a row, with its votes in their order."""
    return Promotion(
        id=row.id,
        release_id=row.release_id,
        release_name=row.release_name,
        component=row.component,
        source=_environment(row.source_environment_id, row.source_environment_name),
        target=EnvironmentRef(row.target_environment_id, row.target_environment_name),
        reason=row.reason,
        requested_by=ActorRef(ActorKind(row.requested_by_kind), row.requested_by_id, row.requested_by_name),
        requested_at=row.requested_at,
        policies=policies_from(row.policies),
        separation_of_duties=row.separation_of_duties,
        artifacts_digest=row.artifacts_digest,
        expires_at=row.expires_at,
        status=Status(row.status),
        gates=gates_from(row.gates),
        evaluated_at=row.evaluated_at,
        votes=tuple(_vote(vote) for vote in votes),
        decided_at=row.decided_at,
        decided_by=_decider(row),
        close_reason=CloseReason(row.close_reason) if row.close_reason else None,
        close_comment=row.close_comment,
        external_url=row.external_url,
        deployment_message=row.deployment_message,
        outlook=Outlook(row.passes_at, row.changes_at),
        exemption=exemption_from(row.exemption),
        deferred_until=row.deferred_until,
        version=row.version,
    )


def _environment(id: UUID | None, name: str) -> EnvironmentRef | None:
    return None if id is None else EnvironmentRef(id, name)


def _decider(row: TableRow[Any]) -> ActorRef | None:
    if row.decided_by_kind is None:
        return None
    return ActorRef(ActorKind(row.decided_by_kind), row.decided_by_id, row.decided_by_name)


def _vote(row: TableRow[Any]) -> Vote:
    return Vote(row.person_id, row.person_name, VoteChoice(row.choice), row.comment, row.at, row.door, row.seen)
