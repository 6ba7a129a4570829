"""From an error to one clear sentence, a hint, and an exit code: a user's mistake never shows a traceback."""

from __future__ import annotations

import json
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


Mended = CommandError | DomainError | SettingsError
"""What a user can mend."""
_AS_JSON = "countersign.json"


class Commands(TyperGroup):
    """The group of all commands; what they raise is said here."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        """Note whether a program reads the answer: then errors are for it too."""
        as_json = "--json" in args
        ctx = super().make_context(info_name, args, *rest, **extra)
        ctx.meta[_AS_JSON] = as_json
        return ctx

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what a user can mend becomes a sentence, everything else is a fault of ours."""
        try:
            return super().invoke(ctx)
        except (CommandError, DomainError, SettingsError) as error:
            explain = _explain_to_program if ctx.meta.get(_AS_JSON) else _explain
            raise typer.Exit(explain(error)) from error


def complain(message: str, hint: str = "") -> None:
    """Say on standard error what is wrong and what to do about it."""
    console = err()
    console.print(Text.assemble(("Error: ", "bold red"), printable(message)), soft_wrap=True)
    if hint:
        console.print(Text.assemble(("Hint: ", "bold yellow"), printable(hint)), soft_wrap=True)


def _explain(error: Mended) -> Exit:
    complain(*_words(error))
    return _exit_code(error)


def _explain_to_program(error: Mended) -> Exit:
    """The same as one JSON object on standard error; `code` is that of the REST API where there is one."""
    message, hint = _words(error)
    code = error.code if isinstance(error, DomainError) else "command_failed"
    document = {"code": code, "message": message, "hint": hint, "exitCode": int(_exit_code(error))}
    typer.echo(json.dumps(document), err=True)
    return _exit_code(error)


def _words(error: Mended) -> tuple[str, str]:
    return (str(error), error.fix) if isinstance(error, SettingsError) else (error.message, error.hint)


def _exit_code(error: Mended) -> Exit:
    if isinstance(error, CommandError):
        return error.exit_code
    is_usage = isinstance(error, SettingsError) or _is_wrong_usage(error)
    return Exit.USAGE if is_usage else Exit.REFUSED


def _is_wrong_usage(error: DomainError) -> bool:
    """Whether a file or a setting that was named is at fault, rather than what was asked for."""
    return isinstance(error, KeyFileError) or (
        isinstance(error, InvalidError) and error.field.startswith("COUNTERSIGN_")
    )
