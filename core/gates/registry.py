"""The gates at hand: settings checked when saved, gates evaluated, and everything failing closed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from core.domain.gate_result import GateResult
from core.errors import InvalidError
from core.gates.dependency import DependencyGate
from core.gates.facts import sound, sound_inputs
from core.gates.freeze_window import FreezeWindowGate
from core.gates.gate import (
    FollowsDeployments,
    Forecasting,
    Gate,
    GateContext,
    GateSettings,
    GateUnansweredError,
    NamesGroups,
)
from core.gates.manual import ManualGate
from core.gates.policy import PolicyGate
from core.gates.schedule import ScheduleGate
from core.gates.security import SecurityGate
from core.gates.sequence import SequenceGate
from core.gates.soak import SoakGate
from core.gates.webhook import WebhookGate


class GateRegistry:
    """Gates by name. Two gates of one name are refused, so no plug-in can pass for a built-in gate."""

    def __init__(self, gates: Iterable[Gate[Any]]) -> None:
        self._gates: dict[str, Gate[Any]] = {}
        for gate in gates:
            if gate.name in self._gates:
                raise ValueError(f"Two gates are called {gate.name}")
            self._gates[gate.name] = gate

    @property
    def gates(self) -> tuple[Gate[Any], ...]:
        """All gates, in the order in which they were registered."""
        return tuple(self._gates.values())

    def checked(self, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return an environment's gate settings in full form; InvalidError names the field that is wrong."""
        return {name: self._checked(name, each) for name, each in settings.items()}

    def evaluate(self, context: GateContext) -> tuple[GateResult, ...]:
        """Ask every gate of the target environment. A gate that cannot answer blocks, with the reason."""
        return self.results(context)

    def results(self, context: GateContext, names: Collection[str] | None = None) -> tuple[GateResult, ...]:
        """What `evaluate` answers, of these gates alone if any are named: a look that nobody counts."""
        wanted = context.target.gates.items()
        return tuple(self._evaluate(name, each, context) for name, each in wanted if names is None or name in names)

    def forecasts(self, name: str) -> bool:
        """Whether time alone may change what a gate says."""
        return isinstance(self._gates.get(name), Forecasting)

    def changes_after(self, context: GateContext, name: str) -> datetime | None:
        """When time alone may change what one gate says; None for never, and where its code fails, as anybody's may."""
        gate = self._gates.get(name)
        if not isinstance(gate, Forecasting):
            return None
        try:
            moment = gate.changes_after(context, _settings(gate, context.target.gates[name]))
            return moment if moment and moment > context.at else None
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return None

    def follow_deployments(self, gates: Mapping[str, Mapping[str, Any]], component: str) -> bool:
        """Whether a deployment of that component in an environment may change what its gates (by settings) say."""
        return any(
            isinstance(gate, FollowsDeployments) and gate.follows(component, model) for gate, model in self.of(gates)
        )

    def groups_named(self, gates: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
        """The approver groups that the settings of gates name, by gate."""
        return {gate.name: tuple(gate.groups(model)) for gate, model in self.of(gates) if isinstance(gate, NamesGroups)}

    def of(self, gates: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Gate[Any], GateSettings]]:
        """The gates that an environment names, each with its settings, as far as both are there and sound."""
        for name, settings in gates.items():
            gate = self._gates.get(name)
            try:
                if gate:
                    yield gate, _settings(gate, settings)
            except ValidationError:
                continue

    def _checked(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        gate = self._gates.get(name)
        if gate is None:
            known = ", ".join(self._gates)
            raise InvalidError(f"There is no gate called {name[:100]!r}", field="gates", hint=f"Gates are {known}.")
        try:
            model = _settings(gate, settings)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            field = ".".join(["gates", name, *map(str, first["loc"])])
            problem = first["msg"].removeprefix("Value error, ")
            raise InvalidError(f"{field}: {problem}", field=field) from error
        return _in_full(model)

    def replayed(self, name: str, settings: Mapping[str, Any], inputs: Mapping[str, Any]) -> GateResult:
        """What a gate says of inputs that were kept."""
        return self._result(name, settings, lambda *_: inputs)

    def _evaluate(self, name: str, settings: Mapping[str, Any], context: GateContext) -> GateResult:
        return self._result(name, settings, lambda gate, model: gate.inputs(context, model))

    def _result(
        self, name: str, settings: Mapping[str, Any], gather: Callable[[Gate[Any], GateSettings], Mapping[str, Any]]
    ) -> GateResult:
        gate = self._gates.get(name)
        if gate is None:
            return _unanswered(name, settings, "it is not installed")
        gathered: dict[str, Any] = {}
        try:
            model = _settings(gate, settings)
            gathered["inputs"], gathered["inputs_digest"] = sound_inputs(gather(gate, model))
            verdict = sound(gate.judge(copy.deepcopy(gathered["inputs"]), model))
        except KeyboardInterrupt:
            raise
        # A gate may be anybody's code: whatever it raises, even what would end the program or the worker that asked,
        # must block and not crash.
        except BaseException as error:
            words = str(error) if type(error) is GateUnansweredError else f"it failed with {type(error).__name__}"
            return replace(_unanswered(name, settings, words), **gathered)
        return GateResult(
            gate_name=name,
            passed=verdict.passed,
            blocking=not verdict.passed and not model.advisory,
            message=verdict.message,
            details=verdict.details,
            settings=_in_full(model),
            **gathered,
        )


def _settings(gate: Any, settings: Mapping[str, Any]) -> GateSettings:
    model = gate.settings_model.model_validate(dict(settings), by_alias=True, by_name=False)
    if not isinstance(model, GateSettings):
        raise TypeError(f"the settings of {gate.name} are no GateSettings")
    return model


def _in_full(model: GateSettings) -> dict[str, Any]:
    return model.model_dump(by_alias=True, mode="json")


def _unanswered(name: str, settings: Mapping[str, Any], why: str) -> GateResult:
    message = f"{name} could not be evaluated: {why}"
    return GateResult(name, passed=False, blocking=True, message=message, details={"error": why}, settings=settings)


def built_in_gates() -> tuple[Gate[Any], ...]:
    """The gates that come with Countersign."""
    return (
        SecurityGate(),
        FreezeWindowGate(),
        SequenceGate(),
        SoakGate(),
        ScheduleGate(),
        DependencyGate(),
        PolicyGate(),
        WebhookGate(),
        ManualGate(),
    )
