"""The way into the room behind the doors: settings, a database, the use cases, and who is asking."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from bot.logs import configure_logging, correlated
from bot.settings import Settings, load_settings
from core.domain.people import SYSTEM_REF, Actor

if TYPE_CHECKING:
    from bot.bootstrap import Core

T = TypeVar("T")


def inside(work: Callable[[Core, Actor], Awaitable[T]], settings: Settings | None = None, *, signs: bool = False) -> T:
    """Run `work` with the use cases and the actor that the command line is.

    `signs` is for commands that bring the key in use into the registry, even of a database that has others.

    Raises SettingsError, DomainError.
    """
    settings = settings or load_settings()
    quiet_logging(settings)

    async def opened() -> T:
        from bot.bootstrap import build_core  # half of the program: not loaded for `--help` or `verify`

        with correlated() as correlation_id:
            async with build_core(settings, signs=signs) as core:
                return await work(core, Actor(SYSTEM_REF, "cli", correlation_id=correlation_id))

    return asyncio.run(opened())


def quiet_logging(settings: Settings) -> None:
    """Of a command's log lines, show what a person must know."""
    level = max(logging.WARNING, logging.getLevelNamesMapping()[settings.log_level])
    configure_logging(settings.log_format, logging.getLevelName(level))
