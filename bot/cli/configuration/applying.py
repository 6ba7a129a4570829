"""Bringing what is stored in line with a configuration file, in one transaction: all of it, or nothing.

Sections are stored in the order in which they name each other: people, groups, environments, policies, freeze
windows, calendars. What goes by `prune` goes in the opposite order, and only from sections that the file has, so a file
without `people` deactivates nobody. A dry run does all of it and rolls back, so it refuses whatever the real run would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bot.cli.configuration.changes import Change, Verb, changed_fields
from bot.cli.configuration.environment_sections import EnvironmentSection, PolicySection
from bot.cli.configuration.freeze_sections import CalendarSection, FreezeWindowSection
from bot.cli.configuration.one_transaction import in_one_transaction
from bot.cli.configuration.people_sections import GroupSection, PeopleSection
from bot.cli.configuration.reading import ConfigurationFile
from bot.cli.configuration.schema import Configuration, Entry
from bot.cli.configuration.section import Section, UnknownReferenceError
from bot.cli.configuration.yaml_tree import FlawedFileError, Path
from core.app.ports import Ports, Store
from core.domain.people import Actor
from core.errors import ConflictError, InUseError, InvalidError

_ORDER: tuple[type[Section[Any, Any, Any]], ...] = (
    PeopleSection,
    GroupSection,
    EnvironmentSection,
    PolicySection,
    FreezeWindowSection,
    CalendarSection,
)


async def apply_configuration(
    ports: Ports, actor: Actor, file: ConfigurationFile, *, prune: bool = False, dry_run: bool = False
) -> tuple[Change, ...]:
    """Store what the file asks for, and say what that changes for each thing.

    Raises FlawedFileError with line and place where an entry is refused, ForbiddenError, InUseError, UnavailableError.
    """

    async def work(ports: Ports, store: Store) -> tuple[Change, ...]:
        sections = [section(ports, store, actor) for section in _ORDER]
        changes: list[Change] = []
        leftovers: list[Change] = []
        kept = [await _store(section, file, changes) for section in sections]
        if prune:
            for section, ids in reversed([*zip(sections, kept, strict=True)]):
                if _named_by(file.configuration, section.key):
                    leftovers += await _remove(section, ids)
        return (*changes, *leftovers)

    return await in_one_transaction(ports, work, keep=not dry_run)


async def _store(section: Section[Any, Any, Any], file: ConfigurationFile, changes: list[Change]) -> set[UUID]:
    """Store a section's entries, note what that changes, and return the ids of all that it names."""
    kept: set[UUID] = set()
    for place, entry in section.ordered(_entries(file.configuration, section.key)):
        try:
            thing, change = await _store_one(section, entry)
        except UnknownReferenceError as error:
            raise file.flaw((section.key, place, *error.path), str(error)) from error
        except (InvalidError, ConflictError) as error:
            raise _refused(section, file, (section.key, place), error) from error
        kept.add(section.id_of(thing))
        changes.append(change)
    return kept


async def _store_one(section: Section[Any, Any, Any], entry: Entry) -> tuple[Any, Change]:
    thing = section.stored(entry)
    draft = section.wanted(entry, thing)
    after = section.shown(draft)
    name = section.name_of(entry)
    if thing is None:
        fields = tuple(field for field in changed_fields({}, after) if field.name != "name" or field.new != name)
        return await section.create(draft), Change(section.key, name, Verb.CREATE, fields)
    fields = changed_fields(section.shown(section.draft_of(thing)), after)
    if not fields:
        return thing, Change(section.key, name, Verb.UNCHANGED)
    return await section.update(thing, draft), Change(section.key, name, Verb.CHANGE, fields)


async def _remove(section: Section[Any, Any, Any], kept: set[UUID]) -> list[Change]:
    leaving = list(section.unnamed(kept))
    for name, thing in leaving:
        try:
            await section.remove(thing)
        except InUseError as error:
            raise InUseError(f"{name} cannot be pruned: {error.message}", hint=error.hint, **error.params) from error
    return [Change(section.key, name, section.removal) for name, _ in leaving]


def _refused(
    section: Section[Any, Any, Any], file: ConfigurationFile, path: Path, error: InvalidError | ConflictError
) -> FlawedFileError:
    field = str(getattr(error, "field", "") or error.params.get("field", ""))
    named = section.field_paths.get(field, field).split(".") if field else []
    steps = [int(step) if step.isdecimal() else step for step in named]
    return file.flaw((*path, *steps), error.message, error.hint)


def _attribute(key: str) -> str:
    return next(name for name, field in Configuration.model_fields.items() if field.alias == key)


def _entries(configuration: Configuration, key: str) -> Sequence[Entry]:
    entries: Sequence[Entry] = getattr(configuration, _attribute(key))
    return entries


def _named_by(configuration: Configuration, key: str) -> bool:
    return _attribute(key) in configuration.model_fields_set
