"""Named things in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from core.app.pages import Mark, Page, PageRequest
from core.domain.calendar import Calendar
from core.domain.environment import FreezeWindow
from core.domain.policy import ApprovalPolicy, GroupRef
from core.domain.text import name_key
from core.errors import (
    InUseError,
    NameTakenError,
    StaleVersionError,
)
from tests.support.memory.tables import Tables, paged


class Named(Protocol):
    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def _nobody(_id: UUID) -> list[str]:
    return []


class MemoryCatalogue(Generic[N]):
    def __init__(self, things: dict[UUID, N], users: Callable[[UUID], list[str]] = _nobody) -> None:
        self._things = things
        self._users = users

    def get(self, id: UUID) -> N | None:
        return self._things.get(id)

    def named(self, name: str) -> N | None:
        return next((thing for thing in self.all() if name_key(thing.name) == name_key(name)), None)

    def all(self) -> tuple[N, ...]:
        return tuple(sorted(self._things.values(), key=lambda thing: name_key(thing.name)))

    def page(self, request: PageRequest) -> Page[N]:
        return paged(self.all(), request, lambda each: Mark(type(each).__name__, name_key(each.name)))

    def add(self, thing: N) -> None:
        self._put(thing)

    def replace(self, thing: N) -> None:
        if thing.id not in self._things:
            raise StaleVersionError(f"{thing.name} was removed meanwhile")
        self._put(thing)

    def remove(self, id: UUID) -> None:
        if users := self._users(id):
            raise InUseError(f"This is still used by {users}", usedBy=users)
        self._things.pop(id, None)

    def _put(self, thing: N) -> None:
        other = self.named(thing.name)
        if other is not None and other.id != thing.id:
            raise NameTakenError(f"Another one is named {thing.name}", field="name", name=thing.name)
        assert thing.id is not None
        self._things[thing.id] = thing


class MemoryFreezeWindows(MemoryCatalogue[FreezeWindow]):
    def ahead(self, environment_id: UUID, now: datetime) -> tuple[FreezeWindow, ...]:
        windows = [
            each
            for each in self.all()
            if environment_id in each.environment_ids and (each.recurrence or each.ends_at > now)
        ]
        return tuple(sorted(windows, key=lambda window: window.starts_at))


class MemoryCalendars(MemoryCatalogue[Calendar]):
    def of_environment(self, environment_id: UUID) -> tuple[Calendar, ...]:
        return tuple(each for each in self.all() if environment_id in each.environment_ids)


class MemoryPolicies(MemoryCatalogue[ApprovalPolicy]):
    def __init__(self, tables: Tables) -> None:
        super().__init__(tables.policies)
        self._groups = tables.groups

    def get(self, id: UUID) -> ApprovalPolicy | None:
        return next((policy for policy in self.all() if policy.id == id), None)

    def all(self) -> tuple[ApprovalPolicy, ...]:
        return tuple(map(self._resolved, super().all()))

    def of_environment(self, environment_id: UUID) -> tuple[ApprovalPolicy, ...]:
        return tuple(policy for policy in self.all() if policy.environment_id == environment_id)

    def _resolved(self, policy: ApprovalPolicy) -> ApprovalPolicy:
        groups = (self._groups[group.id] for group in policy.approver_groups)
        return replace(policy, approver_groups=tuple(GroupRef(group.id, group.name) for group in groups))


def users_of_environment(tables: Tables) -> Callable[[UUID], list[str]]:
    def users(id: UUID) -> list[str]:
        found = {
            "another environment": any(each.source_environment_id == id for each in tables.environments.values()),
            "a freeze window": any(id in each.environment_ids for each in tables.freeze_windows.values()),
            "a calendar": any(id in each.environment_ids for each in tables.calendars.values()),
            "an approval policy": any(each.environment_id == id for each in tables.policies.values()),
            "a promotion": any(
                id in {each.target.id, each.source and each.source.id} for each in tables.promotions.values()
            ),
            "a deployment": any(each.environment_id == id for each in tables.deployments),
        }
        return sorted(word for word, is_used in found.items() if is_used)

    return users


def users_of_group(tables: Tables) -> Callable[[UUID], list[str]]:
    def users(id: UUID) -> list[str]:
        policies = tables.policies.values()
        used = any(id == group.id for policy in policies for group in policy.approver_groups)
        return ["an approval policy"] if used else []

    return users
