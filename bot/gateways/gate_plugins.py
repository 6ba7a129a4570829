"""Gates that other distributions bring, by the entry-point group `countersign.gates`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

import structlog

from bot.gateways.watched_gates import WatchedGate
from core.gates.gate import Gate, GateSettings
from core.gates.registry import built_in_gates

GROUP = "countersign.gates"
BUILT_IN = "built in"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FoundGate:
    """A gate and where it comes from: BUILT_IN, or a distribution with its version.

    `problem` says why one that is installed is not at hand; then there is no `gate`.
    """

    name: str
    origin: str
    gate: Gate[Any] | None = None
    problem: str = ""


def installed_gates() -> tuple[Gate[Any], ...]:
    """The built-in gates and the installed ones.

    A plug-in that cannot be loaded is left out and logged: environments that name its gate then block, as they do for
    any gate that is not there.
    """
    found = found_gates()
    for each in found:
        if each.problem:
            _log.error("a gate could not be loaded", gate=each.name, origin=each.origin, problem=each.problem)
    return tuple(each.gate for each in found if each.gate)


def found_gates() -> tuple[FoundGate, ...]:
    """All gates that are installed, the built-in ones first, with what is wrong with those that cannot be used."""
    found = [FoundGate(gate.name, BUILT_IN, gate) for gate in built_in_gates()]
    for entry in entry_points(group=GROUP):
        each = _loaded(entry)
        if any(other.gate and other.name == each.name for other in found):
            each = FoundGate(each.name, each.origin, problem="another gate has that name already")
        found.append(each)
    return tuple(found)


def _loaded(entry: EntryPoint) -> FoundGate:
    origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "unknown"
    try:
        gate = cast(Gate[Any], WatchedGate(_required(entry.load()())))
    except Exception as error:  # a plug-in may be anybody's code
        return FoundGate(entry.name, origin, problem=f"{type(error).__name__}: {error}")
    return FoundGate(gate.name, origin, gate)


def _required(gate: Any) -> Gate[Any]:
    """The gate, if it has what a gate needs. Raises TypeError that says what is missing."""
    for attribute in ("name", "summary"):
        if not isinstance(getattr(gate, attribute, None), str) or not getattr(gate, attribute):
            raise TypeError(f"it has no {attribute}")
    model = getattr(gate, "settings_model", None)
    if not (isinstance(model, type) and issubclass(model, GateSettings)):
        raise TypeError("its settings_model is no GateSettings")
    for method in ("inputs", "judge"):
        if not callable(getattr(gate, method, None)):
            raise TypeError(f"it has no method {method}")
    found: Gate[Any] = gate
    return found
