from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.evidence.canonical import CONTENT_DEPTH_LIMIT, canonical, content_hash
from core.strict_json import INTEGER_MAX, strict_json

JCS = ("arrays", "french", "structures", "unicode", "values", "weird")
WITH_FLOATS = {"structures": 'v["1"]["\\n"]', "values": "v.numbers[0]"}


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("name", JCS)
def test_the_published_vectors_come_out_byte_for_byte(shared_data: Path, name: str) -> None:
    folder = shared_data / "vectors" / "jcs-cyberphone"
    value = strict_json((folder / "input" / f"{name}.json").read_bytes())
    expected = (folder / "output" / f"{name}.json").read_bytes().rstrip(b"\n")

    assert bytes.fromhex((folder / "outhex" / f"{name}.txt").read_text()) == expected
    assert rfc8785.dumps(value) == expected
    if name in WITH_FLOATS:
        with pytest.raises(InvalidError, match="is a float"):
            canonical({"v": value})
    else:
        assert canonical({"v": value}) == b'{"v":' + expected + b"}"


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"gates": [{"ok": 1}, {"details": {"score": 0.5}}]}, "gates[1].details.score"),
        ({"a": float("nan")}, "a"),
        ({"a": INTEGER_MAX + 1}, "a"),
        ({"a": [-INTEGER_MAX - 1]}, "a[0]"),
        ({"a": {1: "x"}}, "a"),
        ({"a": {None: "x"}}, "a"),
        ({"a": {"\ud83d": "x"}}, "a"),
        ({"a": ["ok", "\ude02"]}, "a[1]"),
        ({"a": datetime(2026, 1, 1)}, "a"),  # noqa: DTZ001
        ({"a": UUID(int=1)}, "a"),
        ({"a": b"x"}, "a"),
        ({"a": {"x"}}, "a"),
        ({"a": Decimal(1)}, "a"),
    ],
)
def test_what_cannot_be_signed_is_refused_by_its_path(value: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        canonical(value)

    assert caught.value.field == field


def nested(levels: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for _ in range(levels - 1):
        content = {"a": content}
    return content


def test_deep_content_is_refused_before_the_stack_runs_out() -> None:
    assert strict_json(canonical(nested(CONTENT_DEPTH_LIMIT)))
    with pytest.raises(InvalidError, match="nested deeper"):
        canonical(nested(CONTENT_DEPTH_LIMIT + 1))
    with pytest.raises(InvalidError, match="nested deeper"):
        canonical(nested(100_000))


def test_any_mapping_tuple_and_text_enumeration_is_written_as_what_it_means() -> None:
    content = MappingProxyType({"b": (True, None), "a": Colour.RED, Colour.RED: 1})

    assert canonical(content) == b'{"a":"red","b":[true,null],"red":1}'


signable = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(st.text(), signable, max_size=5))
def test_reading_canonical_bytes_and_writing_them_again_changes_nothing(content: dict[str, Any]) -> None:
    signed = canonical(content)

    assert strict_json(signed, allow_floats=False) == content
    assert canonical(strict_json(signed)) == signed
    assert canonical(dict(reversed(content.items()))) == signed


def test_the_hash_names_its_algorithm() -> None:
    assert content_hash(b"{}") == "sha256:" + hashlib.sha256(b"{}").hexdigest()
