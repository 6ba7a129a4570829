"""The threat model names tests, and every test that it names is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.shared_data import ROOT

DOCUMENT = ROOT / "docs" / "threat-model.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
TABLE_ROW = re.compile(r"^\| (?!who tries|---)")


def named() -> list[tuple[str, str]]:
    return NAMED.findall(DOCUMENT.read_text())


@pytest.mark.parametrize(("path", "name"), sorted(set(named())))
def test_each_test_that_is_named_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in there if name else any(each.startswith("test_") for each in there)


def test_each_threat_names_a_test() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if TABLE_ROW.match(line)]
    assert len(rows) > 30
    assert [row for row in rows if not NAMED.search(row)] == []
