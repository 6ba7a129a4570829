"""Use cases on a real database, without a server."""

from __future__ import annotations

from bot.cli.configuration.applying import apply_configuration
from bot.cli.configuration.changes import Change
from bot.cli.configuration.reading import read_configuration
from core.app.ports import Ports
from core.domain.people import SYSTEM_REF, Actor

CLI = Actor(SYSTEM_REF, "cli")


async def applied(ports: Ports, source: str, *, prune: bool = False, dry_run: bool = False) -> dict[str, Change]:
    """Apply a file; the changes by section and name."""
    file = read_configuration(source.encode())
    changes = await apply_configuration(ports, CLI, file, prune=prune, dry_run=dry_run)
    return {f"{change.section} {change.name}": change for change in changes}


def verbs(changes: dict[str, Change]) -> dict[str, str]:
    """What happens to each thing."""
    return {name: change.verb.value for name, change in changes.items()}


def fields(change: Change) -> dict[str, tuple[object, object]]:
    """Old and new of each changed key."""
    return {field.name: (field.old, field.new) for field in change.fields}
