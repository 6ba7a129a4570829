"""YAML that has one meaning only, with the line of everything in it.

PyYAML's loaders take the last of two equal keys, make objects of tags and forget where things stood. Here the nodes
are read, so each flaw can name its line. The pure Python reader is meant: libyaml's crashes on deep nesting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

LARGEST_FILE = 2_000_000
MOST_NODES = 100_000
"""Aliases can unfold a small file into a huge one; nobody configures that much."""

_SCALARS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a file: its line (counted from 1, 0 for the file as a whole), place and reason."""

    line: int
    path: str
    message: str
    hint: str = ""


class FlawedFileError(Exception):
    """The file cannot be used. `flaws` are all that were found, in the order of the file."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("; ".join(flaw.message for flaw in flaws))
        self.flaws = tuple(sorted(flaws, key=lambda flaw: flaw.line))


@dataclass(frozen=True, slots=True)
class YamlTree:
    """What a file says, and the line on which each value (or the key that names it) stands."""

    value: Any
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def yaml_tree(source: bytes) -> YamlTree:
    """Read one YAML document. Raises FlawedFileError for anything with two meanings, or with none."""
    if len(source) > LARGEST_FILE:
        raise FlawedFileError([Flaw(0, "", f"the file has {len(source)} bytes; at most {LARGEST_FILE} are read")])
    reader = _NodeReader()
    try:
        node = _composed(source)
        value = reader.read(node, ()) if node else None
    except RecursionError as error:
        raise FlawedFileError([Flaw(0, "", "the file is nested too deeply")]) from error
    if node is None:
        raise FlawedFileError([Flaw(0, "", "the file is empty", "`countersign apply --help` shows an example.")])
    if reader.flaws:
        raise FlawedFileError(reader.flaws)
    return YamlTree(value, reader.lines)


def path_text(path: Path) -> str:
    """The path as people write it: `people[0].roles`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _composed(source: bytes) -> yaml.Node | None:
    try:
        return yaml.compose(source.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise FlawedFileError([Flaw(line, "", "the file is not UTF-8 text")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"not YAML: {error.problem or error.context}"
        raise FlawedFileError([Flaw(mark.line + 1 if mark else 0, "", message)]) from error
    except yaml.YAMLError as error:
        raise FlawedFileError([Flaw(0, "", f"not YAML: {str(error).splitlines()[0]}")]) from error


@dataclass
class _NodeReader:
    lines: dict[Path, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)
    _count: int = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, _line(node))
        self._count += 1
        if self._count > MOST_NODES:
            raise FlawedFileError([Flaw(_line(node), path_text(path), "the file unfolds to too much")])
        if id(node) in self._open:
            return self._flaw(node, path, "this alias contains itself")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node, path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode):
                self._flaw(key_node, path, "a list or mapping cannot be a key")
            elif key_node.tag != "tag:yaml.org,2002:str":
                self._flaw(key_node, path, f"the key {_excerpt(key)} is not text", "Put it in quotes.")
            elif key in mapping:
                first = self.lines[(*path, key)]
                self._flaw(key_node, (*path, key), f"the key {key!r} is there twice (first on line {first})")
            else:
                self.lines[(*path, key)] = _line(key_node)
                mapping[key] = self.read(value_node, (*path, key))
        return mapping

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if node.tag not in _SCALARS:
            return self._flaw(node, path, f"the tag {node.tag} is not known here", "Leave it out.")
        try:
            return SafeConstructor().construct_object(node)
        except (ValueError, ConstructorError) as error:
            return self._flaw(node, path, f"{_excerpt(node.value)} cannot be read: {error}")

    def _flaw(self, node: yaml.Node, path: Path, message: str, hint: str = "") -> None:
        self.flaws.append(Flaw(_line(node), path_text(path), message, hint))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _excerpt(text: str) -> str:
    return repr(text[:60])
