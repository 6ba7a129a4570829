"""From a file to a Configuration, or to a list of flaws that each name line, place and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.cli.configuration.schema import Configuration, NamedEntry
from bot.cli.configuration.yaml_tree import Flaw, FlawedFileError, Path, YamlTree, path_text, yaml_tree
from core.domain.text import name_key

_WANTED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "datetime_type": "must be a time such as 2026-12-20T00:00:00Z",
}
_WORDS = {dict: "keys with values", list: "a list", bool: "true or false", type(None): "nothing"}


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """What a file asks for, and where in it."""

    configuration: Configuration
    tree: YamlTree

    def flaw(self, path: Path, message: str, hint: str = "") -> FlawedFileError:
        """The error that something at `path` cannot be as it is."""
        return FlawedFileError([Flaw(self.tree.line_of(path), path_text(path), message, hint)])


def read_configuration(source: bytes) -> ConfigurationFile:
    """Read a file's bytes. Raises FlawedFileError with every flaw that the file alone shows."""
    tree = yaml_tree(source)
    if not isinstance(tree.value, dict):
        raise FlawedFileError([Flaw(1, "", "the file must have keys such as environments and people")])
    try:
        configuration = Configuration.model_validate(tree.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise FlawedFileError([_flaw(tree, each) for each in details]) from error
    if twice := list(_named_twice(configuration, tree)):
        raise FlawedFileError(twice)
    return ConfigurationFile(configuration, tree)


def _flaw(tree: YamlTree, error: ErrorDetails) -> Flaw:
    path: Path = tuple(error["loc"])
    place, hint = path, ""
    match error["type"]:
        case "missing":
            place, message = path[:-1], f"the key {path[-1]!r} is missing"
        case "extra_forbidden":
            place, message, hint = path[:-1], f"unknown key {path[-1]!r}", _nearest(path)
        case "literal_error":
            message = f"{error['input']!r} is not one of {error['ctx']['expected']}"
        case "too_short" | "string_too_short":
            message = "must not be empty"
        case "value_error":
            message = str(error["ctx"]["error"])
        case kind if kind in _WANTED:
            message, hint = f"{_WANTED[kind]}, not {_kind(error['input'])}", _remedy(error)
        case _:
            message = error["msg"]
    return Flaw(tree.line_of(path), path_text(place), message, hint)


def _remedy(error: ErrorDetails) -> str:
    given = error["input"]
    if error["type"] == "list_type":
        return "Write [] for none."
    if error["type"] == "string_type" and given is None:
        return "A # begins a comment in YAML; a name that starts with it needs quotes."
    if error["type"] == "string_type" and not isinstance(given, list | dict):
        return "Put it in quotes."
    return ""


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"{value[:60]!r}"
    return _WORDS.get(type(value), str(value))


def _nearest(path: Path) -> str:
    known = _keys_at(Configuration, path[:-1])
    close = get_close_matches(str(path[-1]), known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known keys are {', '.join(known)}."


def _keys_at(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    for step in path:
        if isinstance(step, str):
            by_alias = {field.alias: field for field in model.model_fields.values()}
            model = _model_in(by_alias[step].annotation)
    return [str(field.alias) for field in model.model_fields.values()]


def _model_in(annotation: Any) -> type[BaseModel]:
    inner: type[BaseModel] = annotation.__args__[0]
    return inner


def _named_twice(configuration: Configuration, tree: YamlTree) -> Iterable[Flaw]:
    """Two entries of one name, or one Slack account with two people: which of them would be meant?"""
    people = configuration.people
    yield from _twice(tree, [(("people", i, "email"), person.email) for i, person in enumerate(people)])
    accounts = [
        (("people", i, "slack", k), f"{account.team} {account.user}")
        for i, person in enumerate(people)
        for k, account in enumerate(person.slack)
    ]
    yield from _twice(tree, accounts)
    named: dict[str, Sequence[NamedEntry]] = {
        "environments": configuration.environments,
        "approverGroups": configuration.approver_groups,
        "approvalPolicies": configuration.approval_policies,
        "freezeWindows": configuration.freeze_windows,
    }
    for section, entries in named.items():
        yield from _twice(tree, [((section, i, "name"), entry.name) for i, entry in enumerate(entries)])


def _twice(tree: YamlTree, names: Iterable[tuple[Path, str]]) -> Iterable[Flaw]:
    seen: dict[str, int] = {}
    for path, name in names:
        line = tree.line_of(path)
        if first := seen.get(name_key(name)):
            yield Flaw(line, path_text(path), f"{name!r} is there twice (first on line {first})")
        else:
            seen[name_key(name)] = line
