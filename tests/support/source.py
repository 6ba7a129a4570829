"""The source code itself as something to test: which modules there are, what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

from tests.support.shared_data import ROOT


@dataclass(frozen=True)
class Module:
    """One Python file, by its dotted name."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def within(self, *packages: str) -> bool:
        """Whether this is one of the packages, or lies below one."""
        return any(lies_within(self.name, package) for package in packages)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of all that is imported, wherever it stands; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = node.module or ""
                if node.level:
                    source = ".".join(
                        [*self._package()[: len(self._package()) - node.level + 1], *filter(None, [source])]
                    )
                yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)

    def _package(self) -> list[str]:
        parts = self.name.split(".")
        return parts if self.path.name == "__init__.py" else parts[:-1]


def lies_within(name: str, package: str) -> bool:
    """Whether a dotted name is `package` or something in it."""
    return name == package or name.startswith(f"{package}.")


@cache
def modules(*roots: str) -> list[Module]:
    """All modules below these top-level folders, sorted by name; each is read and parsed once."""
    files = (path for root in roots for path in (ROOT / root).rglob("*.py"))
    return sorted((Module(_dotted(path), path) for path in files), key=lambda module: module.name)


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def expect_none(found: Iterable[str]) -> None:
    """Fail with every finding on a line of its own: pytest's own account of a long list leaves most of it out."""
    if findings := list(found):
        pytest.fail("\n".join(findings), pytrace=False)
