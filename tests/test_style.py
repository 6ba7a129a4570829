"""How the code should read, measured: sizes, names, no swallowed errors, a test module for each source module."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.shared_data import ROOT
from tests.support.source import Module, expect_none, modules

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
EMPTY_WORDS = {"manager", "managers", "helper", "helpers", "util", "utils", "process", "processes", "processor"}
EMPTY_NAMES = {"data"}
LIBRARY_NAMES = {"process_bind_param", "process_result_value"}  # SQLAlchemy's
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

NEARLY_EVERY = 0.9

# Without a test module of their own, because they are tested as one.
TESTED_TOGETHER: dict[str, str] = {
    "bot.__main__": "three lines; the command line's tests start it",
    "bot.db.migrations.env": "runs inside Alembic; the migration tests run it",
    "core.app.administered": "what every administrator's change goes through; tests of administering and calendars",
    "bot.workers.lane": "the outbox worker is its lanes; tests/bot/workers/test_outbox.py runs errands by them",
    "core.gates.security_inputs": "a part of security-gate; tests/core/gates/test_security.py judges by all of them",
    "core.gates.security_judging": "the same",
    "core.gates.reports": "a reader is what it makes of a file; tests/core/gates/reports reads files of every format",
    "core.gates.vex": "the same; tests/core/gates/vex reads documents of both formats and matches them",
    "bot.api": "a request passes through all of it; tests/bot/api sends requests, by resource",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def everywhere() -> list[Module]:
    return modules("core", "bot", "tests")


def functions(module: Module) -> list[Function]:
    return [node for node in ast.walk(module.tree) if isinstance(node, Function)]


def empty_names(module: Module) -> list[str]:
    """Names of the module, its classes and its functions that say nothing."""
    named = [node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef | Function)]
    return [f"{module.name}: {name}" for name in [module.path.stem, *named] if says_nothing(name)]


def says_nothing(name: str) -> bool:
    if name in LIBRARY_NAMES:
        return False
    return name.lower() in EMPTY_NAMES or bool({word.lower() for word in WORDS.findall(name)} & EMPTY_WORDS)


def swallowed(module: Module) -> list[str]:
    """Where an error disappears: nothing is done about it, or everything is caught and not looked at."""
    found = (node for node in ast.walk(module.tree) if swallows(node))
    return [f"{module.name}:{node.lineno}" for node in found if isinstance(node, ast.ExceptHandler | ast.Call)]


def swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith("suppress") and any(map(is_everything, node.args))
    if not isinstance(node, ast.ExceptHandler):
        return False
    does_nothing = all(isinstance(step, ast.Pass) or is_ellipsis(step) for step in node.body)
    return does_nothing or (is_everything(node.type) and not looks_at_it(node))


def is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...


def is_everything(caught: ast.expr | None) -> bool:
    return caught is None or bool({"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(caught))))


def looks_at_it(handler: ast.ExceptHandler) -> bool:
    """Whether a handler raises again, or uses the error it caught, or logs it with its traceback."""
    inside = [node for step in handler.body for node in ast.walk(step)]
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Name) and node.id == handler.name)
        or (isinstance(node, ast.Attribute) and node.attr == "exception")
        for node in inside
    )


def is_only_a_front(module: Module) -> bool:
    """Whether the file holds nothing but words, imports and names of things elsewhere."""
    fronts = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    return module.path.name == "__init__.py" and all(isinstance(step, fronts) for step in module.tree.body)


def does_nothing(module: Module) -> bool:
    """Whether it only declares: tables, fields and protocols, which others' tests fill and keep."""
    return not any(
        isinstance(step, ast.Return | ast.Raise | ast.Assign | ast.Expr | ast.If | ast.For)
        and not (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for function in functions(module)
        for step in function.body
    )


def mirrors_of(module: Module) -> list[Path]:
    """A module's tests: for `core/gates/freeze.py` these are `tests/core/gates/test_freeze.py`, `test_freeze_*.py`."""
    folder = (ROOT / "tests" / module.path.relative_to(ROOT)).parent
    name = module.path.stem.strip("_")
    if name == "init":
        folder, name = folder.parent, folder.name
    return [*folder.glob(f"test_{name}.py"), *folder.glob(f"test_{name}_*.py")]


def test_files_are_short() -> None:
    lengths = {module.name: module.text.count("\n") for module in everywhere()}
    expect_none(f"{name}: {length} lines" for name, length in lengths.items() if length > LINES_OF_A_FILE)


def test_functions_are_short() -> None:
    expect_none(
        f"{module.name}:{function.lineno} {function.name}"
        for module in everywhere()
        for function in functions(module)
        if (function.end_lineno or 0) - function.lineno >= LINES_OF_A_FUNCTION
    )


def test_names_mean_something() -> None:
    expect_none(said for module in everywhere() for said in empty_names(module))


def test_no_error_is_swallowed() -> None:
    expect_none(said for module in modules("core", "bot") for said in swallowed(module))


def test_nothing_is_left_unfinished() -> None:
    expect_none(module.name for module in modules("core", "bot") if UNFINISHED.search(module.text))


def test_what_core_offers_is_explained() -> None:
    expect_none(
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules("core")
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_") and not ast.get_docstring(node)
    )


def test_nearly_every_module_has_its_tests() -> None:
    sources = [module for module in modules("core", "bot") if not is_only_a_front(module)]
    alone = [module for module in sources if not module.within(*TESTED_TOGETHER) and not does_nothing(module)]
    untested = [module.name for module in alone if not mirrors_of(module)]
    if len(untested) > (1 - NEARLY_EVERY) * len(alone):
        expect_none(untested)


def test_exceptions_to_the_rule_name_something() -> None:
    assert all(any(module.within(name) for module in modules("core", "bot")) for name in TESTED_TOGETHER)


@pytest.mark.parametrize("name", ["DatabaseManager", "date_utils", "process_vote", "Data", "helper"])
def test_empty_names_are_seen(name: str) -> None:
    assert says_nothing(name)


@pytest.mark.parametrize("name", ["metadata", "Database", "processed_at", "evaluate", "HTTPDoor"])
def test_good_names_pass(name: str) -> None:
    assert not says_nothing(name)


@pytest.mark.parametrize(
    "handler",
    [
        "except OSError:\n    pass",
        "except BaseException:\n    log()",
        "except:\n    log()",
        "except KeyError: ...",
        "except Exception:\n    vote()",
    ],
)
def test_a_swallowed_error_is_seen(handler: str, tmp_path: Path) -> None:
    path = tmp_path / "made_up.py"
    path.write_text(f"try:\n    vote()\n{handler}\n")
    assert swallowed(Module("made_up", path))
