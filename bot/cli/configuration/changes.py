"""What applying a configuration does to each thing: values for a diff on the screen, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What becomes of one thing."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    DELETE = "delete"
    DEACTIVATE = "deactivate"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One key of a thing as it was (None for a new thing) and as it is to be, in JSON terms."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one thing of a file's section."""

    section: str
    name: str
    verb: Verb
    fields: tuple[FieldChange, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The change for programs."""
        fields = [{"name": field.name, "old": field.old, "new": field.new} for field in self.fields]
        return {"section": self.section, "name": self.name, "action": self.verb.value, "fields": fields}


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The keys whose values differ; for a new thing (`before` empty) those that say something."""
    names = dict.fromkeys((*after, *before))
    if not before:
        names = {name: None for name in names if after[name] not in ("", None, [])}
    changes = (FieldChange(name, before.get(name), after.get(name)) for name in names)
    return tuple(change for change in changes if change.old != change.new)


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many things each verb happens to."""
    counts = Counter(change.verb for change in changes)
    return {verb.value: counts[verb] for verb in Verb}
