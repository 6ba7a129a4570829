"""Doing a decision's gates again from its evidence: offline, from the sealed inputs and settings alone.

For each gate:

    1. the inputs are those that the digest names
    2. the settings are ones that the gate takes, in their full form
    3. judging the inputs again gives the sealed result, to the word

and at the end: a release that was allowed was blocked by nothing. A gate that is not built in is someone else's code
and may be another version by now, and one that never got its inputs has nothing to judge: both are told of and skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.decision import Decision
from core.gates.facts import sound_inputs
from core.gates.registry import GateRegistry

_TOLD = ("passed", "blocking", "message", "details")


class Outcome(StrEnum):
    """How a step went."""

    AGREES = "agrees"
    DIFFERS = "differs"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """One step: about which gate (empty for the decision), what was looked at, how it went, and why."""

    gate_name: str
    name: str
    outcome: Outcome
    detail: str = ""


def replay(content: Mapping[str, Any], gates: GateRegistry) -> tuple[ReplayStep, ...]:
    """Judge the gates of an evidence packet's (verified) content again, as far as they are among `gates`."""
    sealed = content.get("gates")
    if not isinstance(sealed, list) or not all(isinstance(each, dict) for each in sealed):
        return (ReplayStep("", "gates", Outcome.DIFFERS, "the packet holds no list of gates"),)
    steps = [step for each in sealed for step in _gate(each, gates)]
    return (*steps, _decision(content, sealed))


def differs(steps: tuple[ReplayStep, ...]) -> bool:
    """Whether anything is not as it was sealed."""
    return any(step.outcome is Outcome.DIFFERS for step in steps)


def _gate(sealed: Mapping[str, Any], gates: GateRegistry) -> Iterator[ReplayStep]:
    name = str(sealed.get("gateName"))
    inputs, settings = sealed.get("inputs"), sealed.get("settings")
    if not isinstance(inputs, dict) or not isinstance(settings, dict):
        yield ReplayStep(name, "inputs", Outcome.DIFFERS, "the packet holds no inputs and settings of it")
        return
    if sealed.get("inputsDigest") is None:
        yield _without_inputs(name, sealed)
        return
    yield _digest(name, sealed, inputs)
    if all(gate.name != name for gate in gates.gates):
        yield ReplayStep(name, "result", Outcome.SKIPPED, "it is not built in, so it is not judged again")
        return
    yield from _result(name, sealed, gates)


def _without_inputs(name: str, sealed: Mapping[str, Any]) -> ReplayStep:
    if sealed.get("passed") is False and sealed.get("blocking") is True:
        return ReplayStep(name, "result", Outcome.SKIPPED, "it could not be evaluated then, and blocked")
    return ReplayStep(name, "result", Outcome.DIFFERS, "it has no inputs, and yet it did not block")


def _digest(name: str, sealed: Mapping[str, Any], inputs: Mapping[str, Any]) -> ReplayStep:
    try:
        _, digest = sound_inputs(inputs)
    except (TypeError, ValueError) as error:
        return ReplayStep(name, "inputs", Outcome.DIFFERS, f"the inputs are not plain facts: {error}")
    if digest == sealed["inputsDigest"]:
        return ReplayStep(name, "inputs", Outcome.AGREES, digest)
    return ReplayStep(name, "inputs", Outcome.DIFFERS, f"sealed as {sealed['inputsDigest']}, and they are {digest}")


def _result(name: str, sealed: Mapping[str, Any], gates: GateRegistry) -> Iterator[ReplayStep]:
    again = gates.replayed(name, sealed["settings"], sealed["inputs"])
    found = {"passed": again.passed, "blocking": again.blocking, "message": again.message, "details": again.details}
    if again.settings != sealed["settings"]:
        yield ReplayStep(name, "settings", Outcome.DIFFERS, "they are not in their full form")
    for told in _TOLD:
        before = sealed.get(told)
        if found[told] != before or type(found[told]) is not type(before):
            words = f"sealed {_shown(before)}, judged again {_shown(found[told])}"
            yield ReplayStep(name, told, Outcome.DIFFERS, words)
            return
    word = "passed" if again.passed else "blocks" if again.blocking else "advises against it"
    yield ReplayStep(name, "result", Outcome.AGREES, f"{word}: {again.message}")


def _decision(content: Mapping[str, Any], sealed: list[dict[str, Any]]) -> ReplayStep:
    promotion = content.get("promotion")
    decision = promotion.get("decision") if isinstance(promotion, dict) else None
    blocking = [str(each.get("gateName")) for each in sealed if each.get("blocking") is not False]
    if decision == Decision.ALLOW and blocking:
        return ReplayStep("", "decision", Outcome.DIFFERS, f"allowed, though {', '.join(blocking)} blocked")
    return ReplayStep("", "decision", Outcome.AGREES, str(decision))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
