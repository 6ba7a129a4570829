"""From an error to one clear sentence, a hint, and an exit code: a user's mistake never shows a traceback."""

from __future__ import annotations

from typing import Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from bot.cli.console import Exit, err, printable
from bot.gateways.key_files import KeyFileError
from bot.settings import SettingsError
from core.errors import DomainError, InvalidError


class CommandError(Exception):
    """A command cannot go on."""

    def __init__(self, message: str, hint: str = "", exit_code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class Commands(TyperGroup):
    """The group of all commands; what they raise is said here."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what a user can mend becomes a sentence, everything else is a fault of ours."""
        try:
            return super().invoke(ctx)
        except (CommandError, DomainError, SettingsError) as error:
            raise typer.Exit(_explain(error)) from error


def complain(message: str, hint: str = "") -> None:
    """Say on standard error what is wrong and what to do about it."""
    console = err()
    console.print(Text.assemble(("Error: ", "bold red"), printable(message)), soft_wrap=True)
    if hint:
        console.print(Text.assemble(("Hint: ", "bold yellow"), printable(hint)), soft_wrap=True)


def _explain(error: CommandError | DomainError | SettingsError) -> Exit:
    match error:
        case SettingsError():
            complain(str(error), error.fix)
            return Exit.USAGE
        case CommandError():
            complain(error.message, error.hint)
            return error.exit_code
    complain(error.message, error.hint)
    return Exit.USAGE if _is_wrong_usage(error) else Exit.REFUSED


def _is_wrong_usage(error: DomainError) -> bool:
    """Whether a file or a setting that was named is at fault, rather than what was asked for."""
    return isinstance(error, KeyFileError) or (
        isinstance(error, InvalidError) and error.field.startswith("COUNTERSIGN_")
    )
