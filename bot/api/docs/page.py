"""The docs page: the OpenAPI document as HTML, complete without scripts and without anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from bot.api.catalogue import CODES
from bot.api.docs.fields import Fields, Schema
from bot.api.docs.style import STYLE
from bot.api.docs.words import inline, paragraphs

_PROBLEM = "application/problem+json"


def page_policy() -> str:
    """The Content-Security-Policy that allows the page its own style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def docs_page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    info = document["info"]
    sections = _by_tag(document)
    fields = Fields(document["components"]["schemas"])
    bodies = "".join(_section(tag, operations, fields) for tag, operations in sections.items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(info["title"])} API</title><style>{STYLE}</style></head>
<body><div class="page">
<main><p class="jump"><a href="#contents">Contents</a></p><h1>{escape(info["title"])} API</h1>
<p class="version">Version {escape(info["version"])} · <a href="/api/v1/openapi.json">OpenAPI 3.1 document</a> ·
<a href="/.well-known/jwks.json">Public keys</a></p>
{paragraphs(info["description"])}
<pre>export COUNTERSIGN=http://127.0.0.1:8080
export TOKEN="$(countersign token create --person you@example.com)"
curl -H "Authorization: Bearer $TOKEN" "$COUNTERSIGN/api/v1/me"</pre>
{bodies}{_errors(fields)}
</main>
{_navigation(sections)}
</div></body></html>
"""


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Schema]]]:
    found: dict[str, list[tuple[str, str, Schema]]] = {tag["name"]: [] for tag in document["tags"]}
    parameters = document["components"]["parameters"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            whole = [
                parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
                for each in operation["parameters"]
            ]
            found[operation["tags"][0]].append((method, path, {**operation, "parameters": whole}))
    return found


def _navigation(sections: Mapping[str, list[tuple[str, str, Schema]]]) -> str:
    parts = []
    for tag, operations in sections.items():
        links = "".join(
            f'<li><a href="#{operation["operationId"]}">{inline(operation["summary"])}</a></li>'
            for _, _, operation in operations
        )
        parts.append(f"<h2>{escape(tag)}</h2><ul>{links}</ul>")
    parts.append('<h2>Errors</h2><ul><li><a href="#errors">Error codes</a></li></ul>')
    return f'<nav id="contents" aria-label="Contents">{"".join(parts)}</nav>'


def _section(tag: str, operations: list[tuple[str, str, Schema]], fields: Fields) -> str:
    articles = "".join(_article(method, path, operation, fields) for method, path, operation in operations)
    return f'<section id="{_anchor(tag)}"><h2>{escape(tag)}</h2>{articles}</section>'


def _article(method: str, path: str, operation: Schema, fields: Fields) -> str:
    about, _, needs = (
        operation["description"].rpartition("\n\n")
        if "\n\n" in operation["description"]
        else ("", "", operation["description"])
    )
    request = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    # Where a body may be one of several things, the first is what is made for this call; the words name the others.
    request = request.get("anyOf", [request])[0] if request else None
    call = _curl(method, path, request, fields, operation)
    return (
        f'<article id="{operation["operationId"]}"><h3>{inline(operation["summary"])}</h3>'
        f'<p class="call"><span class="verb {method}">{method.upper()}</span><code>{escape(path)}</code></p>'
        f'{paragraphs(about)}<p class="needs">{inline(needs)}</p>'
        f"{_parameters(operation, fields)}{_request(request, fields)}"
        f'<div class="sides"><div><h4>Call</h4><pre>{escape(call)}</pre></div>'
        f"<div>{''.join(_answer(operation, fields))}</div></div>"
        f"{_answer_fields(operation, fields)}{_statuses(operation)}</article>"
    )


def _parameters(operation: Schema, fields: Fields) -> str:
    listed = [each for each in operation["parameters"] if each["in"] != "path"]
    if not listed:
        return ""
    properties = {each["name"]: {**each["schema"], "description": each.get("description", "")} for each in listed}
    return "<h4>Query and headers</h4>" + fields.table({"properties": properties}, mark_required=False)


def _request(schema: Schema | None, fields: Fields) -> str:
    return f"<h4>Body</h4>{fields.table(schema, mark_required=True)}" if schema else ""


def _curl(method: str, path: str, request: Schema | None, fields: Fields, operation: Schema) -> str:
    target = path.replace("{id}", "$ID")
    verb = "" if method == "get" else f"-X {method.upper()} "
    lines = [f'curl {verb}"$COUNTERSIGN{target}"']
    if operation["security"]:
        lines.append('  -H "Authorization: Bearer $TOKEN"')
    if request:
        lines.append('  -H "Content-Type: application/json"')
        lines.append(f"  -d '{fields.example(request)}'")
    return " \\\n".join(lines)


def _success(operation: Schema) -> tuple[str, Schema | None]:
    status, response = next(iter(operation["responses"].items()))
    content = response.get("content", {})
    return status, content.get("application/json", {}).get("schema")


def _answer(operation: Schema, fields: Fields) -> Iterator[str]:
    status, schema = _success(operation)
    example = fields.example(schema) if schema else ""
    yield f"<h4>Answer {status}</h4>"
    yield f"<pre>{escape(example)}</pre>" if example else "<p>No body.</p>" if status == "204" else ""


def _answer_fields(operation: Schema, fields: Fields) -> str:
    _, schema = _success(operation)
    table = fields.table(schema, mark_required=False) if schema else ""
    return f'<details class="more"><summary>Fields of the answer</summary>{table}</details>' if table else ""


def _statuses(operation: Schema) -> str:
    entries = []
    for status, response in operation["responses"].items():
        codes = response.get("content", {}).get(_PROBLEM, {}).get("examples", {})
        if codes:
            links = ", ".join(f'<a href="#{code}"><code>{code}</code></a>' for code in codes)
            entries.append(f"<li><b>{status}</b>{links}</li>")
    return f'<h4>Errors</h4><ul class="codes">{"".join(entries)}</ul>'


def _errors(fields: Fields) -> str:
    rows = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{kind.status}</td><td>{inline(kind.meaning)}</td></tr>'
        for code, kind in sorted(CODES.items(), key=lambda item: item[1].status)
    )
    head = "<thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>"
    members = fields.table({"$ref": "#/components/schemas/Problem"}, mark_required=False)
    return (
        f'<section id="errors"><h2>Error codes</h2><table class="errors">{head}<tbody>{rows}</tbody></table>'
        f"<h4>Members of every problem</h4>{members}</section>"
    )


def _anchor(tag: str) -> str:
    return tag.lower().replace(" ", "-")
