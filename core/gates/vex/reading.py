"""From a file to VEX statements; the format is found in the content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.text import checked_name, checked_text
from core.domain.vex import MAX_STATEMENTS, VexStatement
from core.errors import InvalidError
from core.gates.cyclonedx import is_cyclonedx
from core.gates.documents import json_object
from core.gates.vex import cyclonedx, openvex


@dataclass(frozen=True, slots=True)
class ReadVex:
    """A document as read."""

    format: str
    author: str
    statements: tuple[VexStatement, ...]


def read_vex(source: bytes, received_at: datetime) -> ReadVex:
    """Read an OpenVEX 0.2 or CycloneDX VEX document. Raises InvalidError that names what is wrong and where.

    `received_at` is the time of statements that give none.
    """
    tree = json_object(source)
    if is_cyclonedx(tree) == openvex.looks_like_it(tree):
        message = "The document is no VEX document of a format that is read here"
        raise InvalidError(message, hint="Send OpenVEX 0.2 or CycloneDX with an analysis, as JSON.")
    format, read = (cyclonedx.FORMAT, cyclonedx.read) if is_cyclonedx(tree) else (openvex.FORMAT, openvex.read)
    author, statements = read(tree, received_at)
    if not statements:
        raise InvalidError("The document has no statements", field="statements")
    if len(statements) > MAX_STATEMENTS:
        raise InvalidError(f"The document has {len(statements)} statements; at most {MAX_STATEMENTS} are taken")
    for statement in statements:
        checked_text(statement.explanation, "explanation")
    return ReadVex(format, checked_name(author, "author", 500), statements)
