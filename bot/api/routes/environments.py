"""Environments."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.environments import (
    EnvironmentBody,
    EnvironmentDetail,
    EnvironmentList,
    EnvironmentShown,
    environment_detail,
    environment_of,
    environments_of,
)
from bot.api.schemas.queries import PageQuery

TAG = "Environments"
PATH = f"{BASE}/environments"


async def create_environment(call: Call, body: EnvironmentBody) -> EnvironmentShown:
    """Create an environment."""
    environment = await call.countersign.administering.create_environment(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{environment.id}"
    return environment_of(environment)


async def list_environments(call: Call, query: PageQuery) -> EnvironmentList:
    """List environments by name."""
    return environments_of(await call.countersign.reading.environments(call.actor, query.request()))


async def get_environment(call: Call, id: UUID) -> EnvironmentDetail:
    """Get an environment.

    With the release that it runs.
    """
    return environment_detail(await call.countersign.reading.environment_view(call.actor, id))


async def update_environment(call: Call, id: UUID, body: EnvironmentBody) -> EnvironmentShown:
    """Replace an environment.

    What is left out goes back to its default. The gates of open promotions to it are looked at again.
    """
    return environment_of(await call.countersign.administering.update_environment(call.actor, id, body.draft()))


async def delete_environment(call: Call, id: UUID) -> None:
    """Delete an environment.

    One that nothing refers to.
    """
    await call.countersign.administering.delete_environment(call.actor, id)


ENDPOINTS = (
    Endpoint("POST", PATH, create_environment, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_environments, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_environment, TAG, needs="reader"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_environment, TAG, needs="admin", errors=("name_taken",)),
    Endpoint("DELETE", f"{PATH}/{{id}}", delete_environment, TAG, 204, needs="admin", errors=("in_use",)),
)
