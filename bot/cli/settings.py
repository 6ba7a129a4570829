"""`countersign settings`: everything that can be set, and where its value comes from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from rich.text import Text

from bot.cli.console import out, print_json, table
from bot.cli.lesson import lesson
from bot.cli.masking import MASK, without_password
from bot.settings import Settings, load_settings

HELP = lesson(
    """
Show every setting: what it means, its value, and where that comes from: the environment, .env in this folder, or the
default. The environment wins. Secrets are masked. Exit code 2 if a setting is wrong.
""",
    ("countersign settings", "a table"),
    ("countersign settings --markdown", "the table of the documentation"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as shown; secrets are masked in `value`."""

    name: str
    meaning: str
    default: str
    value: str
    source: str


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Names, meanings and defaults as a Markdown table.")
    ] = False,
) -> None:
    """Run the command."""
    shown = all_settings()
    if markdown:
        typer.echo(_markdown(shown))
        return
    if as_json:
        print_json([_as_json(each) for each in shown])
    else:
        _print(shown)
    load_settings()  # whatever is wrong is said after the table that shows where it was set


def all_settings() -> list[Shown]:
    """Every setting as it stands, whether or not it makes sense."""
    environment = {name.upper(): value for name, value in os.environ.items()}
    file = {name.upper(): value or "" for name, value in dotenv_values(_env_file()).items()}
    return [_shown(field, environment, file) for field in Settings.model_fields.values()]


def _env_file() -> str:
    return str(Settings.model_config.get("env_file") or ".env")


def _shown(field: FieldInfo, environment: dict[str, str], file: dict[str, str]) -> Shown:
    name = str(field.validation_alias)
    secret = isinstance(field.default, SecretStr)
    default = "" if secret else _text(field.default)
    if name in environment:
        value, source = environment[name], "environment"
    elif name in file:
        value, source = file[name], ".env"
    else:
        value, source = default, "default"
    return Shown(name, field.description or "", default, _masked(value, secret=secret), source)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _masked(value: str, *, secret: bool) -> str:
    if secret:
        return MASK if value else ""
    return without_password(value)


def _print(shown: list[Shown]) -> None:
    rows = table("From", "Setting", "Value")
    for each in shown:
        value = Text(each.value or "(not set)", style="" if each.value else "dim")
        rows.add_row(
            Text(each.source, style="green" if each.source != "default" else "dim"),
            Text.assemble((each.name, "bold"), "\n", (each.meaning, "dim")),
            value,
        )
    out().print(rows)


def _markdown(shown: list[Shown]) -> str:
    lines = ["| Setting | Meaning | Default |", "|---|---|---|"]
    for each in shown:
        default = f"`{each.default}`" if each.default else ""
        lines.append(f"| `{each.name}` | {each.meaning.replace('|', '&#124;')} | {default} |")
    return "\n".join(lines)


def _as_json(shown: Shown) -> dict[str, str | None]:
    return {
        "name": shown.name,
        "meaning": shown.meaning,
        "default": shown.default,
        "value": shown.value,
        "source": shown.source,
    }
