from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.evidence.canonical import canonical, content_hash
from core.gates.facts import FACTS_DEPTH_LIMIT, INPUTS_LIMIT, sound, sound_inputs
from core.gates.gate import Verdict
from core.strict_json import INTEGER_MAX


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class LooksLikeAVerdict(NamedTuple):
    passed: bool
    message: str
    details: dict[str, Any]


def nested(levels: int) -> dict[str, Any]:
    return {} if levels == 1 else {"in": nested(levels - 1)}


def test_a_sound_answer_comes_back_in_plain_values_whatever_it_was_made_of() -> None:
    answer = Verdict(True, " fine ", MappingProxyType({"list": (1, None, True), "colour": Colour.RED, "n": Level.HIGH}))

    found = sound(answer)

    assert found == Verdict(True, "fine", {"list": [1, None, True], "colour": "red", "n": 3})
    assert [type(each) for each in found.details.values()] == [list, str, int]
    assert json.loads(json.dumps(found.details)) == found.details, "so that what is stored equals what was found"


def test_what_a_gate_changes_afterwards_changes_nothing() -> None:
    details: dict[str, Any] = {"found": [1]}
    found = sound(Verdict(True, "fine", details))

    details["found"].append(2)

    assert found.details == {"found": [1]}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        True,
        "passed",
        {"passed": True, "message": "fine", "details": {}},
        LooksLikeAVerdict(True, "fine", {}),
        Verdict("no", "truthy", {}),  # type: ignore[arg-type]
        Verdict(1, "truthy", {}),  # type: ignore[arg-type]
        Verdict(None, "falsy", {}),  # type: ignore[arg-type]
        Verdict(True, None, {}),  # type: ignore[arg-type]
        Verdict(True, "fine", None),  # type: ignore[arg-type]
        Verdict(True, "fine", [("a", 1)]),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_verdict_is_no_answer(answer: object) -> None:
    with pytest.raises(TypeError):
        sound(answer)


@pytest.mark.parametrize("message", ["", "  ", "a\0b", "\ud800", "x" * 10_001])
def test_a_message_says_something_that_can_be_shown(message: str) -> None:
    with pytest.raises(InvalidError):
        sound(Verdict(True, message, {}))


@pytest.mark.parametrize(
    "fact",
    [
        0.5,
        float("nan"),
        Decimal(1),
        b"bytes",
        {"a", "b"},
        object(),
        datetime(2026, 3, 2),  # noqa: DTZ001
        UUID(int=1),
        {1: "number as key"},
        {None: "nothing as key"},
        {"\ud800": 1},
        {"a\0b": 1},
        "\udfff",
        "a\0b",
        [[{"deep": 0.5}]],
    ],
)
def test_a_fact_that_cannot_be_sealed_or_stored_is_refused(fact: object) -> None:
    with pytest.raises(TypeError):
        sound(Verdict(True, "fine", {"fact": fact}))


@pytest.mark.parametrize("number", [INTEGER_MAX + 1, -INTEGER_MAX - 1, 10**400])
def test_an_integer_that_not_every_reader_keeps_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="integer beyond"):
        sound(Verdict(True, "fine", {"fact": number}))


def test_facts_are_nested_as_deep_as_allowed_and_not_deeper() -> None:
    sound(Verdict(True, "fine", nested(FACTS_DEPTH_LIMIT)))
    with pytest.raises(ValueError, match="nested deeper than 20"):
        sound(Verdict(True, "fine", nested(FACTS_DEPTH_LIMIT + 1)))


def test_facts_that_hold_themselves_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless

    with pytest.raises(ValueError, match="nested deeper"):
        sound(Verdict(True, "fine", endless))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), anything, max_size=4))
def test_whatever_is_sound_can_be_sealed(details: dict[str, Any]) -> None:
    try:
        found = sound(Verdict(True, "fine", details))
    except (TypeError, ValueError):
        return
    assert canonical({"gates": [{"details": found.details}]})


@pytest.mark.parametrize("inputs", [None, [], "facts", [("a", 1)], {"score": 0.5}, {1: "number as key"}])
def test_inputs_that_cannot_be_kept_are_refused(inputs: object) -> None:
    with pytest.raises(TypeError):
        sound_inputs(inputs)


def test_inputs_are_as_large_as_allowed_and_not_larger() -> None:
    frame = len('{"text":""}')
    sound_inputs({"text": "x" * (INPUTS_LIMIT - frame)})
    with pytest.raises(ValueError, match="take 65537 bytes; 65536 are kept"):
        sound_inputs({"text": "x" * (INPUTS_LIMIT - frame + 1)})


@given(st.dictionaries(st.text(max_size=3), anything, max_size=4))
def test_the_digest_of_inputs_is_that_of_their_canonical_bytes(inputs: dict[str, Any]) -> None:
    try:
        facts, digest = sound_inputs(inputs)
    except (TypeError, ValueError):
        return
    assert digest == content_hash(canonical(facts))
