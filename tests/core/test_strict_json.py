from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.strict_json import DEPTH_LIMIT, INTEGER_MAX, strict_json

plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def refusal(source: bytes, **options: object) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        strict_json(source, **options)  # type: ignore[arg-type]
    return caught.value


@given(plain_json, st.sampled_from([None, 2]), st.booleans())
def test_what_has_one_meaning_is_read_as_the_standard_reader_does(
    value: object, indent: int | None, ascii: bool
) -> None:
    source = json.dumps(value, indent=indent, ensure_ascii=ascii).encode()

    assert strict_json(source, allow_floats=False) == value


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"gates": [{"x": 1}, {"details": {"n": 1, "n": 2}}]}', "gates[1].details.n"),
        (b'{"a": {"b": 1, "b": 2}, "a": 1}', "a"),
        (b'{"a": [0, NaN]}', "a[1]"),
        (b'{"a": -Infinity}', "a"),
        (b'{"a": 1e999}', "a"),
        (b'{"a": 9007199254740992}', "a"),
        (b'{"a": -9007199254740992}', "a"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a"),
        (b'{"a": "\\ud83d"}', "a"),
        (b'{"a": "\\uDE02\\uD83D"}', "a"),
        (b'{"\\ud83d": 1}', r"'\ud83d'"),
        (b'{"\\u001b[2J": NaN}', r"'\x1b[2J'"),
    ],
)
def test_what_has_two_meanings_is_refused_by_its_path(source: bytes, field: str) -> None:
    error = refusal(source)

    assert error.field == field
    assert error.message.startswith(field)


def test_the_largest_integers_and_paired_surrogates_are_kept() -> None:
    assert strict_json(b'[9007199254740991, -9007199254740991, "\\ud83d\\ude02"]') == [INTEGER_MAX, -INTEGER_MAX, "😂"]


@pytest.mark.parametrize("number", [b"1.0", b"1e3", b"-0.5"])
def test_floats_are_refused_only_where_asked(number: bytes) -> None:
    assert strict_json(b'{"a": ' + number + b"}") == {"a": float(number)}
    assert refusal(b'{"a": ' + number + b"}", allow_floats=False).field == "a"


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        (b"", 1, 1),
        (b"{} {}", 1, 4),
        (b'{"a": 1,\n "b": }', 2, 7),
        (b'{"a": "\n"}', 1, 8),
        (b'{\n"a": "\xff"}', 2, 7),
        (b"\xef\xbb\xbf{}", 1, 1),
        (b"{}\x00", 1, 3),
        ("{}".encode("utf-16"), 1, 1),
    ],
)
def test_broken_text_is_refused_with_line_and_column(source: bytes, line: int, column: int) -> None:
    error = refusal(source)

    assert (error.params["line"], error.params["column"]) == (line, column)


def test_a_byte_order_mark_is_called_by_its_name() -> None:
    assert "byte order mark" in refusal(b"\xef\xbb\xbf{}").message


def test_nesting_is_measured_before_anything_is_parsed() -> None:
    assert strict_json(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
    assert f"deeper than {DEPTH_LIMIT}" in refusal(b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1)).message
    assert "deeper" in refusal(b'{"a":' * 1_000_000).message


def test_brackets_in_text_and_side_by_side_are_no_nesting() -> None:
    assert strict_json(json.dumps(["[{" * 500, '\\"[' * 500]).encode())
    assert strict_json(b"[" + b"[]," * 500 + b"[]]")


@pytest.mark.parametrize("source", [b'["' + b'\\"' * 400_000, b"[" * 65 + b'"' * 400_001, b'["' + b"\\" * 400_001])
def test_text_without_an_end_is_refused_in_linear_time(source: bytes) -> None:
    began = time.perf_counter()

    refusal(source + b"{" * 65)

    assert time.perf_counter() - began < 2
