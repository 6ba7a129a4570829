"""Freeze windows."""

from __future__ import annotations

from uuid import UUID

from bot.api.endpoint import Call, Endpoint
from bot.api.paths import BASE
from bot.api.schemas.freeze_windows import (
    FreezeWindowBody,
    FreezeWindowList,
    FreezeWindowShown,
    freeze_window_of,
    freeze_windows_of,
)
from bot.api.schemas.queries import PageQuery
from core.domain.environment import FreezeWindow

TAG = "Freeze windows"
PATH = f"{BASE}/freeze-windows"


async def create_freeze_window(call: Call, body: FreezeWindowBody) -> FreezeWindowShown:
    """Create a freeze window.

    It holds from `startsAt` until just before `endsAt`, in environments that have the freeze-window gate; with a
    `recurrence` those are the times of its first occurrence, and each other one starts and ends by the zone's clock as
    that one does.
    """
    window = await call.countersign.administering.create_freeze_window(call.actor, body.draft())
    call.headers["Location"] = f"{PATH}/{window.id}"
    return _shown(call, window)


async def list_freeze_windows(call: Call, query: PageQuery) -> FreezeWindowList:
    """List freeze windows by name."""
    page = await call.countersign.reading.freeze_windows(call.actor, query.request())
    return freeze_windows_of(page, call.countersign.ports.clock())


async def get_freeze_window(call: Call, id: UUID) -> FreezeWindowShown:
    """Get a freeze window."""
    return _shown(call, await call.countersign.reading.freeze_window(call.actor, id))


async def update_freeze_window(call: Call, id: UUID, body: FreezeWindowBody) -> FreezeWindowShown:
    """Replace a freeze window.

    Open promotions that it touches are looked at again.
    """
    return _shown(call, await call.countersign.administering.update_freeze_window(call.actor, id, body.draft()))


async def delete_freeze_window(call: Call, id: UUID) -> None:
    """Delete a freeze window.

    Open promotions that it held back are looked at again.
    """
    await call.countersign.administering.delete_freeze_window(call.actor, id)


def _shown(call: Call, window: FreezeWindow) -> FreezeWindowShown:
    return freeze_window_of(window, call.countersign.ports.clock())


ENDPOINTS = (
    Endpoint("POST", PATH, create_freeze_window, TAG, 201, needs="admin", errors=("name_taken",)),
    Endpoint("GET", PATH, list_freeze_windows, TAG, needs="reader"),
    Endpoint("GET", f"{PATH}/{{id}}", get_freeze_window, TAG, needs="reader"),
    Endpoint("PUT", f"{PATH}/{{id}}", update_freeze_window, TAG, needs="admin", errors=("name_taken",)),
    Endpoint("DELETE", f"{PATH}/{{id}}", delete_freeze_window, TAG, 204, needs="admin"),
)
