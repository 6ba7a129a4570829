"""`freezeWindows` and `calendars`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bot.cli.configuration.environment_sections import environment_id, environment_name
from bot.cli.configuration.schema import CalendarEntry, FreezeWindowEntry
from bot.cli.configuration.section import Section
from core.app.calendars import CalendarDraft
from core.app.drafts import FreezeWindowDraft
from core.domain.calendar import Calendar, WhenStale
from core.domain.environment import FreezeWindow


class FreezeWindowSection(Section[FreezeWindowEntry, FreezeWindow, FreezeWindowDraft]):
    """Freeze windows."""

    key = "freezeWindows"
    field_paths = {"environmentIds": "environments"}  # noqa: RUF012

    def name_of(self, entry: FreezeWindowEntry) -> str:
        return entry.name

    def stored(self, entry: FreezeWindowEntry) -> FreezeWindow | None:
        return self.store.freeze_windows.named(entry.name)

    def draft_of(self, thing: FreezeWindow) -> FreezeWindowDraft:
        return FreezeWindowDraft(
            thing.name,
            thing.environment_ids,
            thing.starts_at,
            thing.ends_at,
            thing.reason,
            thing.components,
            thing.recurrence,
        )

    def wanted(self, entry: FreezeWindowEntry, thing: FreezeWindow | None) -> FreezeWindowDraft:
        given = entry.given("name", "starts_at", "ends_at", "reason")
        given["environment_ids"] = environments_of(self, entry.environments)
        if "components" in entry.model_fields_set:
            given["components"] = tuple(entry.components)
        if "recurrence" in entry.model_fields_set:
            given["recurrence"] = entry.recurrence.value() if entry.recurrence else None
        draft = self.draft_of(thing) if thing else FreezeWindowDraft(entry.name, (), entry.starts_at, entry.ends_at)
        return replace(draft, **given)

    def shown(self, draft: FreezeWindowDraft) -> dict[str, Any]:
        return {
            "name": draft.name,
            "environments": sorted({environment_name(self.store, id) for id in draft.environment_ids}),
            "startsAt": _moment(draft.starts_at),
            "endsAt": _moment(draft.ends_at),
            "reason": draft.reason,
            **_shown_scope(draft),
        }

    async def create(self, draft: FreezeWindowDraft) -> FreezeWindow:
        return await self.administering.create_freeze_window(self.actor, draft)

    async def update(self, thing: FreezeWindow, draft: FreezeWindowDraft) -> FreezeWindow:
        return await self.administering.update_freeze_window(self.actor, thing.id, draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, FreezeWindow]]:
        return [(window.name, window) for window in self.store.freeze_windows.all() if window.id not in kept]

    async def remove(self, thing: FreezeWindow) -> None:
        await self.administering.delete_freeze_window(self.actor, thing.id)

    @staticmethod
    def id_of(thing: FreezeWindow) -> UUID:
        return thing.id


class CalendarSection(Section[CalendarEntry, Calendar, CalendarDraft]):
    """Calendars that are read from an address; a file is imported with `countersign freeze import`."""

    key = "calendars"
    field_paths = {"environmentIds": "environments"}  # noqa: RUF012

    def name_of(self, entry: CalendarEntry) -> str:
        return entry.name

    def stored(self, entry: CalendarEntry) -> Calendar | None:
        return self.store.calendars.named(entry.name)

    def draft_of(self, thing: Calendar) -> CalendarDraft:
        return CalendarDraft(
            name=thing.name,
            environment_ids=thing.environment_ids,
            components=thing.components,
            url=thing.url,
            time_zone=thing.time_zone,
            refresh_minutes=thing.refresh_minutes,
            stale_after_hours=thing.stale_after_hours,
            when_stale=thing.when_stale,
        )

    def wanted(self, entry: CalendarEntry, thing: Calendar | None) -> CalendarDraft:
        given = entry.given("name", "url", "time_zone", "refresh_minutes", "stale_after_hours")
        if "environments" in entry.model_fields_set:
            given["environment_ids"] = environments_of(self, entry.environments)
        if "components" in entry.model_fields_set:
            given["components"] = tuple(entry.components)
        if "when_stale" in entry.model_fields_set:
            given["when_stale"] = WhenStale(entry.when_stale)
        return replace(self.draft_of(thing) if thing else CalendarDraft(entry.name), **given)

    def shown(self, draft: CalendarDraft) -> dict[str, Any]:
        return {
            "name": draft.name,
            "environments": sorted({environment_name(self.store, id) for id in draft.environment_ids}),
            "components": list(draft.components),
            "url": draft.url,
            "timeZone": draft.time_zone,
            "refreshMinutes": draft.refresh_minutes,
            "staleAfterHours": draft.stale_after_hours,
            "whenStale": draft.when_stale.value,
        }

    async def create(self, draft: CalendarDraft) -> Calendar:
        return await self.calendars.create(self.actor, draft)

    async def update(self, thing: Calendar, draft: CalendarDraft) -> Calendar:
        return await self.calendars.update(self.actor, thing.id, draft)

    def unnamed(self, kept: set[UUID]) -> Iterable[tuple[str, Calendar]]:
        return [(each.name, each) for each in self.store.calendars.all() if each.id not in kept]

    async def remove(self, thing: Calendar) -> None:
        await self.calendars.delete(self.actor, thing.id)

    @staticmethod
    def id_of(thing: Calendar) -> UUID:
        return thing.id


def environments_of(section: Section[Any, Any, Any], names: Iterable[str]) -> tuple[UUID, ...]:
    """The ids of the environments that an entry names. Raises UnknownReferenceError with the place."""
    places = enumerate(names)
    return tuple(environment_id(section.store, name, ("environments", place)) for place, name in places)


def _shown_scope(draft: FreezeWindowDraft) -> dict[str, Any]:
    """What is not as usual, so that a file that says nothing of it shows nothing."""
    shown: dict[str, Any] = {"components": list(draft.components)} if draft.components else {}
    if recurrence := draft.recurrence:
        shown["recurrence.rule"] = recurrence.rule
        shown["recurrence.timeZone"] = recurrence.time_zone
        shown["recurrence.exceptDates"] = [day.isoformat() for day in recurrence.except_dates]
    return shown


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
