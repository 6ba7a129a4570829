from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from core.canonical_json import canonical_json
from core.strict_json import INTEGER_MAX

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | TEXTS,
    lambda parts: st.lists(parts) | st.dictionaries(TEXTS, parts),
    max_leaves=30,
)


@given(VALUES)
@example({"\ue000": 1, "\U00010000": 2})
@example({"\U0001f600": {"b": "\u2028", "a": '\x7f\x1f\x00"\\/\b\f\n\r\t'}, "\ufb33": [[], {}]})
@example({"": -INTEGER_MAX, "é": True, "e\u0301": None})
def test_the_bytes_are_those_of_the_rfc8785_library(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(("value", "calls"), [({"é": "\uffff"}, 0), ({"\U00010000": 1}, 1), (["\U0001f600"], 1)])
def test_the_library_writes_what_lies_beyond_the_basic_plane(
    value: Any, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []

    def dumps(value: Any) -> bytes:
        written.append(value)
        return b""

    monkeypatch.setattr(rfc8785, "dumps", dumps)
    canonical_json(value)
    assert len(written) == calls
