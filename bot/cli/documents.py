"""Files that are handed in: read within a limit, for a release by name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failures import CommandError
from bot.settings import load_settings
from core.domain.people import Actor
from core.domain.release import Release
from core.errors import NotFoundError

if TYPE_CHECKING:
    from bot.bootstrap import Core

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file; - for standard input.", show_default=False)]
ReleaseName = Annotated[
    str, typer.Option("--release", metavar="NAME", help="The release, by its name.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def document(file: Path) -> bytes:
    """A file whole. Raises CommandError where it cannot be read or is larger than the setting allows."""
    limit = load_settings().document_limit
    try:
        if str(file) == "-":
            source = sys.stdin.buffer.read(limit * 1024 * 1024 + 1)
        else:
            with file.open("rb") as opened:
                source = opened.read(limit * 1024 * 1024 + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    if len(source) > limit * 1024 * 1024:
        hint = "COUNTERSIGN_DOCUMENT_LIMIT sets the limit."
        raise CommandError(f"{file} is larger than {limit} MiB", hint)
    return source


async def release_named(core: Core, actor: Actor, name: str) -> Release:
    """The release of that name. Raises NotFoundError that says what is near."""
    reading = core.countersign.reading
    try:
        return await reading.release_named(actor, name)
    except NotFoundError as error:
        near = await reading.search_releases(actor, name, 5)
        named = ", ".join(release.name for release in near)
        hint = f"Releases like it: {named}." if near else "Register it first, with POST /api/v1/releases."
        raise NotFoundError(error.message, hint=hint, **error.params) from error
