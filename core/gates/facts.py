"""What of a gate's answer can be kept: stored by any database, sealed in evidence, read the same everywhere.

Evidence that cannot be sealed would keep a promotion from ever being decided, rejected or closed. So it is found here,
where a gate that answers nonsense blocks by its name, and not at the decision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from core.canonical_json import canonical_json
from core.domain.text import checked_text
from core.gates.gate import Verdict
from core.strict_json import INTEGER_MAX, is_unicode

FACTS_DEPTH_LIMIT = 20
"""Mappings and lists inside each other, `details` included; far less than evidence can hold."""


INPUTS_LIMIT = 64 * 1024
"""Bytes that the inputs of one gate may take in RFC 8785 form: they are stored and sealed with every decision."""


def sound_inputs(inputs: object) -> tuple[dict[str, Any], str]:
    """Return what a gate judges by, copied into plain JSON values, and `sha256:` over its RFC 8785 bytes.

    Raises TypeError and ValueError as `sound` does, and ValueError for more than INPUTS_LIMIT bytes.
    """
    if not isinstance(inputs, Mapping):
        raise TypeError(f"a gate's inputs are a mapping of facts, not {type(inputs).__name__}")
    facts: dict[str, Any] = _plain(inputs, FACTS_DEPTH_LIMIT)
    written = canonical_json(facts)
    if len(written) > INPUTS_LIMIT:
        raise ValueError(f"a gate's inputs take {len(written)} bytes; {INPUTS_LIMIT} are kept")
    return facts, _digest(written)


def digest_of(facts: dict[str, Any]) -> str:
    """`sha256:` over the RFC 8785 bytes of plain facts."""
    return _digest(canonical_json(facts))


def _digest(written: bytes) -> str:
    return f"sha256:{hashlib.sha256(written).hexdigest()}"


def sound(answer: object) -> Verdict:
    """Return a gate's answer with its facts copied into plain JSON values.

    Raises TypeError for anything but a Verdict of the declared types, floats, texts that no database takes; ValueError
    for integers beyond 2^53-1 and deep nesting; InvalidError for a message that says nothing or cannot be shown.
    """
    if not isinstance(answer, Verdict) or not isinstance(answer.passed, bool):
        raise TypeError(f"a gate answers with a Verdict, not with {type(answer).__name__}")
    if not isinstance(answer.message, str) or not isinstance(answer.details, Mapping):
        raise TypeError("a Verdict has a text and a mapping of facts")
    message = checked_text(answer.message, "message", required=True)
    return Verdict(answer.passed, message, _plain(answer.details, FACTS_DEPTH_LIMIT))


def _plain(value: object, levels: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise ValueError("an integer beyond 2^53-1 is not read the same everywhere")
        return int(value)
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, Mapping | list | tuple):
        raise TypeError(f"{type(value).__name__} cannot be sealed in evidence")
    if levels == 0:
        raise ValueError(f"facts are nested deeper than {FACTS_DEPTH_LIMIT} levels")
    if isinstance(value, Mapping):
        return {_text(key): _plain(member, levels - 1) for key, member in value.items()}
    return [_plain(member, levels - 1) for member in value]


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value or not is_unicode(value):
        raise TypeError("a text that no database takes, or a key that is no text")
    return str(value)
