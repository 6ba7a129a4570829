"""Who may import whom. The folders are the architecture; this is what keeps them so."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.source import Module, expect_none, lies_within, modules

OURS = ("core", "bot")


@dataclass(frozen=True)
class Layer:
    """A package, what it may import of ours beside itself, and why that is all."""

    package: str
    may_import: tuple[str, ...]
    because: str


VALUES = ("core.errors", "core.strict_json", "core.canonical_json", "core.domain")
CORE = (*VALUES, "core.calendars", "core.gates", "core.evidence", "core.app")
VIEWS = "bot.slack.views"
BOUNDS = ("bot.token_buckets", "bot.incoming")
OBSERVING = ("bot.logs", "bot.metrics", "bot.settings")

# The most specific package that a module lies in is its layer.
LAYERS = (
    Layer("core.errors", (), "errors know nothing but themselves"),
    Layer("core.strict_json", ("core.errors",), "reading JSON strictly needs no rules"),
    Layer("core.canonical_json", (), "writing canonical JSON needs no rules"),
    Layer("core.domain", ("core.errors",), "the rules depend on nothing"),
    Layer("core.calendars", VALUES, "when windows hold is worked out from domain values"),
    Layer("core.gates", (*VALUES, "core.calendars"), "a gate judges domain values"),
    Layer("core.evidence", VALUES, "evidence is made of domain values"),
    Layer("core.app", CORE, "use cases join domain, gates and evidence, and ask for the rest through ports"),
    Layer("bot.settings", VALUES, "settings are values"),
    Layer("bot.logs", ("bot.settings",), "logging knows no rules"),
    Layer("bot.metrics", (*CORE, "bot.logs"), "metrics look at what use cases did"),
    Layer("bot.token_buckets", (), "counting knows no rules"),
    Layer("bot.incoming", (), "reading bytes knows no rules"),
    Layer("bot.health", ("core.app", *VALUES, *OBSERVING), "health asks the use cases"),
    Layer(
        "bot.api",
        ("core.app", "core.calendars", "core.gates", *VALUES, *OBSERVING, *BOUNDS),
        "a door: commands to use cases, no other door, no database; it describes the gates' settings",
    ),
    Layer(
        "bot.slack",
        ("core.app", *VALUES, *OBSERVING, *BOUNDS),
        "a door: commands to use cases, no other door, no database",
    ),
    Layer(
        VIEWS,
        ("core.app", "core.calendars", "core.evidence", *VALUES, "bot.slack.ids"),
        "a view is a pure function of values",
    ),
    Layer("bot.db", CORE, "storage serves core's ports and knows no door"),
    Layer("bot.gateways", (*CORE, *OBSERVING), "gateways serve core's ports and know no door"),
    Layer(
        "bot.workers",
        ("core.app", "core.calendars", *VALUES, VIEWS, "bot.gateways", *OBSERVING),
        "workers render what use cases say and hand it to gateways",
    ),
    Layer("bot.playground", (), "the playground speaks with the bot over HTTP alone, as Slack does"),
    Layer(
        "bot.cli",
        (
            *CORE,
            *OBSERVING,
            "bot.bootstrap",
            "bot.server",
            "bot.listening",
            "bot.upkeep",
            "bot.playground",
            "bot.gateways",
        ),
        "the command line is a door; it starts what bootstrap has wired, and looks at keys and at Slack",
    ),
    Layer("bot.bootstrap", OURS, "the only place that knows everybody"),
    Layer("bot.server", ("bot.bootstrap", "bot.listening", *OBSERVING), "the server runs what bootstrap has wired"),
    Layer("bot.upkeep", ("bot.db", "core.app", *VALUES, *OBSERVING), "care of a database comes before any use case"),
    Layer("bot.aside", (), "a thread knows no rules"),
    Layer("bot.precedence", (), "who goes first is no rule of the product"),
    Layer("bot.listening", ("bot.settings",), "opening a port needs an address and nothing else"),
    Layer("bot.__main__", ("bot.cli",), "the command"),
)

# core decides; it never looks at the world. What it needs from there is handed in.
PURE_LIBRARIES = {
    *("pydantic", "rfc8785", "cryptography", "rfc3161_client"),
    *("cel_expr_python", "icalendar", "packageurl", "packaging"),
}
WORLDLY_MODULES = {
    *("asyncio", "concurrent", "multiprocessing", "queue", "selectors", "signal", "subprocess", "threading"),
    *("ftplib", "http", "smtplib", "socket", "socketserver", "ssl", "urllib.request", "xmlrpc"),
    *("logging", "os", "pathlib", "random", "secrets", "shutil", "sqlite3", "sys", "tempfile", "time"),
}
WORLDLY_NAMES = {
    *("datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.monotonic"),
    *("uuid.uuid1", "uuid.uuid4", "uuid.uuid7", "uuid1", "uuid4", "uuid7"),
}
WORLDLY_CALLS = {"open", "input", "print"}


def layer_of(name: str) -> Layer:
    found = [layer for layer in LAYERS if lies_within(name, layer.package)]
    if not found:
        pytest.fail(f"{name} belongs to no layer: give it a place in LAYERS")
    return max(found, key=lambda layer: len(layer.package))


def forbidden_imports(module: Module) -> list[str]:
    layer = layer_of(module.name)
    allowed = (layer.package, *layer.may_import)
    return [
        f"{module.name}:{line} imports {name}, but {layer.because}"
        for line, name in module.imports()
        if any(lies_within(name, ours) for ours in OURS) and not any(lies_within(name, each) for each in allowed)
    ]


def worldly_imports(module: Module) -> list[str]:
    return [f"{module.name}:{line} {name}" for line, name in module.imports() if is_worldly(name)]


def is_worldly(name: str) -> bool:
    if any(lies_within(name, banned) for banned in WORLDLY_MODULES):
        return True
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in PURE_LIBRARIES and top != "core"


def libraries(module: Module) -> list[str]:
    """What is imported that is neither the standard library's nor ours."""
    known = sys.stdlib_module_names | {*OURS}
    return [f"{module.name}:{line} {name}" for line, name in module.imports() if name.partition(".")[0] not in known]


def looks_at_the_world(module: Module) -> list[str]:
    """Where a clock is read, an id is drawn or a file is opened; handing such a function on counts too."""
    seen = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in WORLDLY_NAMES:
            seen.append(f"{module.name}:{node.lineno} {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in WORLDLY_CALLS:
            seen.append(f"{module.name}:{node.lineno} {ast.unparse(node.func)}")
    return seen


def awaiting(module: Module) -> list[str]:
    kinds = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
    found = (node for node in ast.walk(module.tree) if isinstance(node, kinds))
    return [f"{module.name}:{node.lineno} {type(node).__name__}" for node in found]


def every(find: Callable[[Module], list[str]], *packages: str) -> list[str]:
    """What `find` says about all modules of these packages."""
    return [said for module in modules(*OURS) if module.within(*packages) for said in find(module)]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.package)
def test_a_layer_imports_only_what_it_may(layer: Layer) -> None:
    members = [module for module in modules(*OURS) if module.within(layer.package) and layer_of(module.name) is layer]
    expect_none(said for module in members for said in forbidden_imports(module))


def test_every_module_belongs_to_a_layer() -> None:
    assert all(layer_of(module.name) for module in modules(*OURS) if module.name not in OURS)


def test_core_knows_no_network_database_or_chat() -> None:
    expect_none(every(worldly_imports, "core"))


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    expect_none(every(libraries, "core.domain", "core.errors", "core.strict_json"))


def test_core_has_no_clock_ids_or_files_of_its_own() -> None:
    expect_none(every(looks_at_the_world, "core"))


def test_rules_never_wait() -> None:
    expect_none(every(awaiting, "core.domain", "core.evidence"))


def test_views_are_pure_functions() -> None:
    expect_none(every(awaiting, VIEWS) + every(looks_at_the_world, VIEWS))
    clients = ("slack_bolt", "slack_sdk.web", "slack_sdk.webhook", "aiohttp", "sqlalchemy")
    imported = [name for module in modules("bot") if module.within(VIEWS) for _, name in module.imports()]
    expect_none(name for name in imported if any(lies_within(name, client) for client in clients))


BREACHES: Mapping[str, tuple[str, str]] = {
    "a rule that knows a use case": ("core.domain.policy", "from core.app import ports"),
    "a door that knows another": ("bot.api.routes.promotions", "import bot.slack.words"),
    "a door with its own query": ("bot.slack.commands", "from bot import db"),
    "storage that knows a door": ("bot.db.store", "from bot.api.schemas import base"),
    "a view that knows a listener": ("bot.slack.views.card", "from ..listeners import votes"),
    "a playground that cheats": ("bot.playground.server", "from core.app import ports"),
}


@pytest.mark.parametrize(("name", "line"), BREACHES.values(), ids=BREACHES)
def test_a_breach_is_seen(name: str, line: str, tmp_path: Path) -> None:
    assert forbidden_imports(written(name, line, tmp_path))


@pytest.mark.parametrize("line", ["import aiohttp", "from time import time", "from urllib import request"])
def test_the_world_is_seen_in_imports(line: str, tmp_path: Path) -> None:
    assert worldly_imports(written("core.app.requesting", line, tmp_path))


def test_a_library_is_seen_in_the_domain(tmp_path: Path) -> None:
    assert libraries(written("core.domain.policy", "from pydantic import BaseModel", tmp_path))


@pytest.mark.parametrize("line", ["at = datetime.now(UTC)", "new_id = uuid4", "text = open(path).read()"])
def test_the_world_is_seen_in_code(line: str, tmp_path: Path) -> None:
    assert looks_at_the_world(written("core.app.requesting", line, tmp_path))


def written(name: str, source: str, folder: Path) -> Module:
    path = folder / "made_up.py"
    path.write_text(source)
    return Module(name, path)
