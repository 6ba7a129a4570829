"""The schemas of all models that the route table mentions, under the names they have in the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from bot.api.endpoint import Endpoint
from bot.api.schemas.environments import GATES_MARK, MAX_GATES
from core.gates.registry import GateRegistry

REF = "#/components/schemas/"
GATES = "Gates"
Schema = dict[str, Any]


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's title says nothing that its name does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def sort(self, value: Any, parent_key: str | None = None) -> Any:  # noqa: ARG002 - pydantic's signature
        """Fields and examples stay in the order in which they were written."""
        return value


class Components:
    """JSON Schemas (2020-12) by name; bodies, queries and answers are looked up by endpoint."""

    def __init__(self, endpoints: Iterable[Endpoint], gates: GateRegistry) -> None:
        inputs = list(_inputs(endpoints))
        found, shared = TypeAdapter.json_schemas(
            [(key, mode, adapter) for key, mode, adapter in inputs],
            ref_template=REF + "{model}",
            schema_generator=_WithoutFieldTitles,
        )
        definitions: dict[str, Schema] = shared.get("$defs", {})
        names = {name: schema.get("title", name) for name, schema in definitions.items()}
        if len(set(names.values())) < len(names):
            raise ValueError(f"Two models have one name: {sorted(names.values())}")
        self.schemas: dict[str, Schema] = {names[name]: _renamed(definitions[name], names) for name in definitions}
        self.schemas.update(_gates(gates))
        self._found: dict[str, Schema] = {key: _renamed(found[key, mode], names) for key, mode, _ in inputs}

    def body(self, endpoint: Endpoint) -> Schema:
        """The schema of an endpoint's body."""
        return self._found[f"{endpoint.name}.body"]

    def answer(self, endpoint: Endpoint, content_type: str = "") -> Schema:
        """The schema of an endpoint's answer; with a content type, of the other one that it may give."""
        return self._found[f"{endpoint.name}.answer{content_type}"]

    def query(self, endpoint: Endpoint) -> Schema:
        """The schema of an endpoint's query parameters, as one object."""
        return self.resolved(self._found[f"{endpoint.name}.query"])

    def resolved(self, schema: Schema) -> Schema:
        """What a reference stands for."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].removeprefix(REF)]
        return schema


def _inputs(endpoints: Iterable[Endpoint]) -> Iterable[tuple[str, JsonSchemaMode, TypeAdapter[Any]]]:
    for endpoint in endpoints:
        contract = endpoint.contract
        if body := contract.body or endpoint.document:
            yield f"{endpoint.name}.body", "validation", TypeAdapter(body)
        if contract.query:
            yield f"{endpoint.name}.query", "validation", TypeAdapter(contract.query)
        shown = contract.answer or (TypeAdapter(endpoint.shows) if endpoint.shows else None)
        if shown:
            yield f"{endpoint.name}.answer", "serialization", shown
        for content_type, model in endpoint.also_shows.items():
            yield f"{endpoint.name}.answer{content_type}", "serialization", TypeAdapter(model)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same schema with references by the documents' names, and the gates in the place that is kept for them."""
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if GATES_MARK in value:
        kept = {key: member for key, member in value.items() if key != GATES_MARK}
        return {**kept, "$ref": REF + GATES}
    return {
        key: REF + names[member.removeprefix(REF)] if key == "$ref" else _renamed(member, names)
        for key, member in value.items()
    }


def _gates(gates: GateRegistry) -> dict[str, Schema]:
    """Settings by gate name, for the gates that are installed here, and the parts that they are made of."""
    schemas: dict[str, Schema] = {}
    properties: dict[str, Schema] = {}
    for gate in gates.gates:
        # Parts are named after their gate: two gates may both have a Service.
        schema = gate.settings_model.model_json_schema(
            by_alias=True, schema_generator=_WithoutFieldTitles, ref_template=f"{REF}{gate.name}.{{model}}"
        )
        for part, described in schema.pop("$defs", {}).items():
            schemas[f"{gate.name}.{part}"] = {**described, "title": f"{gate.name}.{part}"}
        properties[gate.name] = {**schema, "description": gate.summary}
    schemas[GATES] = {
        "type": "object",
        "title": GATES,
        "description": "The gates of an environment, each with its settings.",
        "properties": properties,
        "additionalProperties": False,
        "maxProperties": MAX_GATES,
        "examples": [{"security-gate": {"maxCritical": 0, "maxHigh": 5}, "freeze-window-gate": {}}],
    }
    return schemas
