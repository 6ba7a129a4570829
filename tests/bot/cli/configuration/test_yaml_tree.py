from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.configuration.yaml_tree import LARGEST_FILE, FlawedFileError, path_text, yaml_tree


def flaws_of(source: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(FlawedFileError) as refused:
        yaml_tree(source if isinstance(source, bytes) else source.encode())
    return [(flaw.line, flaw.path, flaw.message) for flaw in refused.value.flaws]


def test_values_come_with_their_lines() -> None:
    tree = yaml_tree(b"people:\n  - name: Alice\n    roles:\n      - requester\n")
    assert tree.value == {"people": [{"name": "Alice", "roles": ["requester"]}]}
    assert tree.line_of(("people", 0, "roles")) == 3
    assert tree.line_of(("people", 0, "roles", 0)) == 4


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    tree = yaml_tree(b"people:\n  - name: Alice\n")
    assert tree.line_of(("people", 0, "slack", 0, "team")) == 2


@pytest.mark.parametrize(
    ("source", "line", "path", "part"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "there twice (first on line 1)"),
        ("a:\n  - b: 1\n    b: 2\n", 3, "a[0].b", "there twice"),
        ("a: 1\non: 2\n", 2, "", "'on' is not text"),
        ("? [a]\n: 1\n", 1, "", "cannot be a key"),
        ("a: !!python/object:os.system x\n", 1, "a", "is not known here"),
        ("a: !secret x\n", 1, "a", "is not known here"),
        ("a: &x [*x]\n", 1, "a[0]", "contains itself"),
        ("a: 2026-13-45T00:00:00Z\n", 1, "a", "cannot be read"),
        ("a: [1\nb: 2\n", 2, "", "not YAML"),
        ("a: 1\n--- \nb: 2\n", 2, "", "not YAML"),
        ("a: \x00\n", 0, "", "not YAML"),
        ("", 0, "", "the file is empty"),
        ("# nothing but words\n", 0, "", "the file is empty"),
        (b"a: 1\nb: \xff\n", 2, "", "not UTF-8"),
        ("[" * 2_000, 0, "", "nested too deeply"),
        ("a: " + "x" * LARGEST_FILE, 0, "", "at most"),
    ],
)
def test_what_has_no_single_meaning_is_refused(source: str | bytes, line: int, path: str, part: str) -> None:
    flaws = flaws_of(source)
    assert (flaws[0][0], flaws[0][1]) == (line, path)
    assert part in flaws[0][2]


def test_all_flaws_are_told_at_once() -> None:
    assert [line for line, _, _ in flaws_of("a: 1\na: 2\nb: !x 3\nb: 4\n")] == [2, 3, 4]


def test_aliases_cannot_unfold_a_small_file_into_a_huge_one() -> None:
    lines = ["x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert "unfolds to too much" in flaws_of("\n".join(lines))[0][2]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert yaml_tree("\ufeffa: 1\n".encode()).value == {"a": 1}


def test_paths_read_as_people_write_them() -> None:
    assert path_text(("people", 0, "roles", 1)) == "people[0].roles[1]"


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="ab:-[]{}&*!#?|>'\"\n \t0:", max_size=80).map(str.encode)))
def test_whatever_is_in_a_file_is_read_or_refused(source: bytes) -> None:
    try:
        yaml_tree(source)
    except FlawedFileError as refused:
        assert refused.flaws
