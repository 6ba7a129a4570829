"""Approval policies."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.policies import PolicyBody, PolicyList, PolicyShown, policies_of, policy_of
from bot.api.schemas.queries import PageQuery

TAG = "Approval policies"
PATH = f"{BASE}/approval-policies"


async def create_approval_policy(call: Call, body: PolicyBody) -> PolicyShown:
    """Create an approval policy.

    It holds for requests made from now on. All policies of an environment must be satisfied.
    """
    policy = await call.countersign.administering.create_policy(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{policy.id}"
    return policy_of(policy)


async def list_approval_policies(call: Call, query: PageQuery) -> PolicyList:
    """List approval policies by name."""
    return policies_of(await call.countersign.reading.policies(call.actor, query.request()))


async def get_approval_policy(call: Call, id: UUID) -> PolicyShown:
    """Get an approval policy."""
    return policy_of(await call.countersign.reading.policy(call.actor, id))


async def update_approval_policy(call: Call, id: UUID, body: PolicyBody) -> PolicyShown:
    """Replace an approval policy.

    What is left out goes back to its default. Open promotions keep the policy they were requested under.
    """
    return policy_of(await call.countersign.administering.update_policy(call.actor, id, body.draft()))


async def delete_approval_policy(call: Call, id: UUID) -> None:
    """Delete an approval policy.

    Open promotions keep their copy.
    """
    await call.countersign.administering.delete_policy(call.actor, id)


ENDPOINTS = (
    Endpoint("POST", PATH, create_approval_policy, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_approval_policies, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_approval_policy, TAG, needs="reader"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_approval_policy, TAG, needs="admin", errors=("name_taken",)),
    Endpoint("DELETE", f"{PATH}/{{id}}", delete_approval_policy, TAG, 204, needs="admin"),
)
