"""Approver groups."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.people import GroupBody, GroupList, GroupShown, emails_of, group_of, groups_of
from bot.api.schemas.queries import PageQuery
from core.domain.policy import ApproverGroup

TAG = "Approver groups"
PATH = f"{BASE}/approver-groups"


async def create_approver_group(call: Call, body: GroupBody) -> GroupShown:
    """Create an approver group."""
    group = await call.countersign.administering.create_group(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{group.id}"
    return await _shown(call, group)


async def list_approver_groups(call: Call, query: PageQuery) -> GroupList:
    """List approver groups by name."""
    page = await call.countersign.reading.groups(call.actor, query.request())
    ids = frozenset[UUID]().union(*(group.member_ids for group in page.items))
    return groups_of(page, emails_of(await call.countersign.reading.people_among(call.actor, ids)))


async def get_approver_group(call: Call, id: UUID) -> GroupShown:
    """Get an approver group."""
    return await _shown(call, await call.countersign.reading.group(call.actor, id))


async def update_approver_group(call: Call, id: UUID, body: GroupBody) -> GroupShown:
    """Replace an approver group.

    What is left out goes back to its default. The votes of people who have left no longer count.
    """
    return await _shown(call, await call.countersign.administering.update_group(call.actor, id, body.draft()))


async def delete_approver_group(call: Call, id: UUID) -> None:
    """Delete an approver group.

    One that no policy names.
    """
    await call.countersign.administering.delete_group(call.actor, id)


async def _shown(call: Call, group: ApproverGroup) -> GroupShown:
    return group_of(group, emails_of(await call.countersign.reading.people_among(call.actor, group.member_ids)))


ENDPOINTS = (
    Endpoint("POST", PATH, create_approver_group, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_approver_groups, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_approver_group, TAG, needs="reader"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_approver_group, TAG, needs="admin", errors=("name_taken",)),
    Endpoint("DELETE", f"{PATH}/{{id}}", delete_approver_group, TAG, 204, needs="admin", errors=("in_use",)),
)
