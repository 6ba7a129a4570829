"""Tables of fields out of JSON Schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.api.docs.words import inline

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table; `name` is a path like `artifacts[].digest`."""

    name: str
    type: str
    required: bool
    description: str


class Fields:
    """Reads fields out of the schemas of a document."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas

    def table(self, schema: Schema, *, mark_required: bool) -> str:
        """The fields of an object or of a list of objects; empty where there are none."""
        rows = "".join(_row(field, mark_required) for field in self._fields(self._plain(schema), "", ()))
        head = "<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>"
        return f'<div class="scroll"><table class="fields">{head}<tbody>{rows}</tbody></table></div>' if rows else ""

    def type_of(self, schema: Schema) -> str:
        """The type in words, with its limits."""
        choices = schema.get("anyOf", [])
        if choices:
            return " or ".join(self.type_of(choice) for choice in choices)
        plain = self._plain(schema)
        if values := plain.get("enum") or ([plain["const"]] if "const" in plain else []):
            return " | ".join(map(str, values))
        if plain.get("type") == "array":
            return f"list of {self.type_of(plain.get('items', {}))}"
        if plain.get("type") == "object":
            return "object"
        kind = plain.get("format") or {"string": "text"}.get(plain.get("type", ""), plain.get("type", "any"))
        return f"{kind}{_limits(plain)}"

    def example(self, schema: Schema) -> str:
        """The model's own example as JSON text; empty where it has none."""
        plain = self._plain(schema)
        if plain.get("type") == "array":
            item = self._plain(plain["items"]).get("examples", [])
            return json.dumps(item[:1], indent=2, ensure_ascii=False) if item else ""
        examples = plain.get("examples", [])
        return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""

    def _fields(self, schema: Schema, path: str, seen: tuple[str, ...]) -> Iterator[Field]:
        if schema.get("type") == "array":
            yield from self._fields(self._plain(schema.get("items", {})), f"{path}[]", seen)
            return
        required = schema.get("required", [])
        for name, member in schema.get("properties", {}).items():
            place = f"{path}.{name}" if path else name
            plain = self._plain(_only(member))
            about = member.get("description") or ("" if "$ref" in member else plain.get("description", ""))
            yield Field(place, self.type_of(member), name in required, _with_default(about, member))
            title = plain.get("title", "")
            if title not in seen or not title:
                yield from self._fields(plain, place, (*seen, title))

    def _plain(self, schema: Schema) -> Schema:
        reference = schema.get("$ref", "")
        return self._schemas[reference.rpartition("/")[2]] if reference else schema


def _row(field: Field, mark_required: bool) -> str:
    must = ' <span class="must">required</span>' if mark_required and field.required else ""
    return (
        f"<tr><td><code>{escape(field.name)}</code>{must}</td>"
        f'<td class="type">{escape(field.type)}</td><td>{inline(field.description)}</td></tr>'
    )


def _only(schema: Schema) -> Schema:
    """The choice that is not null, where there is one such choice."""
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema


def _with_default(description: str, schema: Schema) -> str:
    default = schema.get("default")
    if default in (None, "", [], {}):
        return description
    return f"{description} Default: `{json.dumps(default)}`.".strip()


def _limits(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    longest = schema.get("maxLength")
    return f", up to {longest} characters" if longest else ""
