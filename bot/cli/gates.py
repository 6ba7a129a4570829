"""`countersign gates`: the gates that are installed here, with their settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from bot.cli.console import Exit, out, print_json, printable, symbol
from bot.cli.lesson import lesson
from bot.gateways.gate_plugins import FoundGate, found_gates

HELP = lesson(
    """
List the gates that environments can name: what each wants, its settings, and where it comes from.

Gates of other distributions are found by the entry-point group `countersign.gates`. One that cannot be used is listed
with the reason, and makes the exit code 1.
""",
    ("countersign gates", "all of them"),
    ("countersign gates manual-gate", "one of them"),
    ("countersign gates --json | jq '.[].name'", "for a script"),
)

Schema = dict[str, Any]
_WORDS = {"integer": "whole number", "string": "text", "boolean": "true or false", "object": "mapping"}


def gates(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run the command."""
    everything = found_gates()
    known = {each.name for each in everything}
    if unknown := [name for name in names or () if name not in known]:
        raise typer.BadParameter(f"There is no gate called {unknown[0]}. There are {', '.join(sorted(known))}.")
    found = [each for each in everything if not names or each.name in names]
    if as_json:
        print_json([_as_json(each) for each in found])
    else:
        for each in found:
            _tell(out(), each)
    if any(each.problem for each in found):
        raise typer.Exit(Exit.REFUSED)


def _tell(console: Console, found: FoundGate) -> None:
    heading = Text.assemble((printable(found.name), "bold"), (f"  {printable(found.origin)}", "dim"))
    console.print(heading, soft_wrap=True)
    if found.gate is None:
        words = f"  {symbol(console, 'failed')} cannot be used: {printable(found.problem)}"
        console.print(Text(words, style="bold red"), soft_wrap=True)
        return
    console.print(Text(f"  {printable(found.gate.summary)}"), soft_wrap=True)
    for setting in _settings(found):
        console.print(_line(setting), soft_wrap=True)
    console.print()


def _line(setting: dict[str, Any]) -> Text:
    default = "required" if setting["required"] else f"default {json.dumps(setting['default'])}"
    line = Text.assemble(
        (f"    {printable(setting['name']):<28}", "cyan"), f"{printable(setting['type'])}, {printable(default)}"
    )
    if setting["meaning"]:
        line.append(f"  {printable(setting['meaning'])}", style="dim")
    return line


def _as_json(found: FoundGate) -> dict[str, Any]:
    return {
        "name": found.name,
        "origin": found.origin,
        "summary": found.gate.summary if found.gate else None,
        "settings": [*_settings(found)],
        "problem": found.problem or None,
    }


def _settings(found: FoundGate) -> Iterator[dict[str, Any]]:
    """Each setting by its path, with type, default and meaning, as the model's JSON Schema has them."""
    if found.gate:
        schema = found.gate.settings_model.model_json_schema(by_alias=True)
        yield from _fields(schema, schema.get("$defs", {}), "")


def _fields(schema: Schema, parts: dict[str, Schema], place: str) -> Iterator[dict[str, Any]]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield {
            "name": f"{place}{name}",
            "type": _type(field, parts),
            "required": name in required,
            "default": field.get("default"),
            "meaning": field.get("description", ""),
        }
        item = _plain(field.get("items", {}), parts)
        if "properties" in item and not place:
            yield from _fields(item, parts, f"{name}[].")


def _type(field: Schema, parts: dict[str, Schema]) -> str:
    plain = _plain(field, parts)
    if "anyOf" in plain:
        return " or ".join(_type(choice, parts) for choice in plain["anyOf"])
    if "enum" in plain:
        return " or ".join(map(str, plain["enum"]))
    kind = str(plain.get("type", "anything"))
    if kind != "array":
        return _WORDS.get(kind, kind)
    item = _plain(plain.get("items", {}), parts)
    return f"list of {'entries' if 'properties' in item else _type(item, parts)}"


def _plain(schema: Schema, parts: dict[str, Schema]) -> Schema:
    return parts.get(schema["$ref"].rpartition("/")[2], {}) if "$ref" in schema else schema
