from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from core.domain.environment import DEFAULT_GATES
from core.errors import InvalidError
from core.gates.gate import GateSettings, Verdict
from core.gates.registry import GateRegistry, built_in_gates
from core.gates.security_settings import SecuritySettings
from tests.core.gates.samples import PlugIn, a_context, a_freeze, a_scan
from tests.support.clock import MORNING

REGISTRY = GateRegistry(built_in_gates())
SECURITY = {"security-gate": SecuritySettings().model_dump(by_alias=True, mode="json")}


def registry_with(answer: Callable[[Mapping[str, Any]], Any]) -> GateRegistry:
    return GateRegistry([*built_in_gates(), PlugIn(answer)])


def raising(error: BaseException) -> Callable[[Mapping[str, Any]], Any]:
    def answer(inputs: Mapping[str, Any]) -> Any:
        raise error

    return answer


def test_gates_answer_in_the_order_in_which_the_environment_names_them() -> None:
    gates: dict[str, dict[str, Any]] = {"sequence-gate": {}, "security-gate": {}, "freeze-window-gate": {}}

    results = REGISTRY.evaluate(a_context(gates, scan=a_scan()))

    assert [result.gate_name for result in results] == list(gates)


def test_an_enforced_gate_that_does_not_pass_blocks() -> None:
    (result,) = REGISTRY.evaluate(a_context({"security-gate": {}}, scan=a_scan(3)))

    assert (result.passed, result.blocking) == (False, True)
    assert result.message == "3 critical vulnerabilities exceed threshold (max: 0)"


def test_an_advisory_gate_that_does_not_pass_holds_nothing_back() -> None:
    (result,) = REGISTRY.evaluate(a_context({"security-gate": {"advisory": True}}, scan=a_scan(3)))

    assert (result.passed, result.blocking) == (False, False)


def test_a_gate_that_passes_does_not_block() -> None:
    (result,) = REGISTRY.evaluate(a_context({"freeze-window-gate": {}}))

    assert (result.passed, result.blocking, result.message) == (True, False, "No active freeze window")


def test_an_environment_that_names_no_gates_has_none_to_ask() -> None:
    assert REGISTRY.evaluate(a_context({}, windows=(a_freeze(),))) == ()


def test_a_gate_that_is_not_installed_any_more_blocks_by_its_name() -> None:
    (result,) = REGISTRY.evaluate(a_context({"license-gate": {"advisory": True}}))

    assert (result.gate_name, result.passed, result.blocking) == ("license-gate", False, True)
    assert result.message == "license-gate could not be evaluated: it is not installed"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("password=hunter2"),
        KeyError("x"),
        RecursionError(),
        MemoryError(),
        AssertionError(),
        StopIteration(),
        SystemExit(3),
        asyncio.CancelledError(),
        GeneratorExit(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_gate_raises_blocks_by_its_name_and_repeats_no_secret(error: BaseException) -> None:
    (result,) = registry_with(raising(error)).evaluate(a_context({"plug-in": {}}))

    assert (result.passed, result.blocking) == (False, True)
    assert result.message == f"plug-in could not be evaluated: it failed with {type(error).__name__}"
    assert result.details == {"error": f"it failed with {type(error).__name__}"}


def test_stopping_the_program_is_not_taken_for_a_gates_answer() -> None:
    with pytest.raises(KeyboardInterrupt):
        registry_with(raising(KeyboardInterrupt())).evaluate(a_context({"plug-in": {}}))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        True,
        "passed",
        Verdict("no", "a text is true", {}),  # type: ignore[arg-type]
        Verdict(1, "a number is true", {}),  # type: ignore[arg-type]
        Verdict(True, "", {}),
        Verdict(True, "fine", {"score": 0.5}),
        Verdict(True, "fine", {"at": MORNING}),
        Verdict(True, "fine", {"huge": 2**53}),
        Verdict(True, "half a surrogate pair \ud800", {}),
        Verdict(True, "fine", {"text": "NUL \0"}),
    ],
)
def test_nonsense_blocks_by_the_gates_name(answer: object) -> None:
    (result,) = registry_with(lambda _: answer).evaluate(a_context({"plug-in": {}}))

    assert (result.gate_name, result.passed, result.blocking) == ("plug-in", False, True)
    assert result.message.startswith("plug-in could not be evaluated: it failed with ")


def test_a_gate_that_would_have_to_be_waited_for_blocks() -> None:
    future: asyncio.Future[Verdict] = asyncio.Future(loop=asyncio.new_event_loop())
    (result,) = registry_with(lambda _: future).evaluate(a_context({"plug-in": {}}))
    future.get_loop().close()

    assert result.blocking


def test_an_advisory_gate_that_cannot_answer_blocks_all_the_same() -> None:
    (result,) = registry_with(raising(RuntimeError())).evaluate(a_context({"plug-in": {"advisory": True}}))

    assert result.blocking


def test_a_gate_that_cannot_answer_keeps_no_other_from_answering() -> None:
    gates: dict[str, dict[str, Any]] = {"plug-in": {}, "freeze-window-gate": {}}

    broken, freeze = registry_with(raising(RuntimeError())).evaluate(a_context(gates))

    assert (broken.blocking, freeze.passed) == (True, True)


def test_settings_that_are_stored_and_make_no_sense_any_more_block() -> None:
    (result,) = REGISTRY.evaluate(a_context({"security-gate": {"maxCritical": "many"}}, scan=a_scan()))

    assert result.blocking
    assert result.message == "security-gate could not be evaluated: it failed with ValidationError"


@pytest.mark.parametrize("passes", [True, False])
def test_a_gate_whose_settings_are_not_of_our_kind_blocks(passes: bool) -> None:
    class Bare(BaseModel):
        """Has no `advisory`."""

    gate = PlugIn(lambda _: Verdict(passes, "as it likes", {}))
    gate.settings_model = Bare  # type: ignore[assignment]

    (result,) = GateRegistry([gate]).evaluate(a_context({"plug-in": {}}))

    assert (result.passed, result.blocking) == (False, True)
    assert result.message == "plug-in could not be evaluated: it failed with TypeError"


def test_two_gates_of_one_name_are_refused_so_none_passes_for_another() -> None:
    class Impostor(PlugIn):
        name = "security-gate"

    with pytest.raises(ValueError, match="Two gates are called security-gate"):
        GateRegistry([*built_in_gates(), Impostor(lambda _: Verdict(True, "fine", {}))])


def test_settings_come_back_in_full_so_that_later_defaults_change_nothing() -> None:
    assert REGISTRY.checked({"security-gate": {}}) == SECURITY
    assert REGISTRY.checked(REGISTRY.checked({"security-gate": {}})) == SECURITY
    assert REGISTRY.checked(DEFAULT_GATES) == {"freeze-window-gate": {"advisory": False}}


def test_null_means_no_threshold() -> None:
    checked = REGISTRY.checked({"security-gate": {"maxHigh": None}})

    assert checked["security-gate"]["maxHigh"] is None


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"maxCritical": -1}, "gates.security-gate.maxCritical"),
        ({"maxCritical": "0"}, "gates.security-gate.maxCritical"),
        ({"maxCritical": True}, "gates.security-gate.maxCritical"),
        ({"maxHigh": 1.0}, "gates.security-gate.maxHigh"),
        ({"maxHigh": 1_000_001}, "gates.security-gate.maxHigh"),
        ({"max_high": 5}, "gates.security-gate.max_high"),
        ({"maxCritical": 0, "max_critical": 99}, "gates.security-gate.max_critical"),
        ({"maxSevere": 5}, "gates.security-gate.maxSevere"),
        ({"advisory": "yes"}, "gates.security-gate.advisory"),
    ],
)
def test_a_wrong_setting_is_refused_by_the_name_of_its_field(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        REGISTRY.checked({"security-gate": settings})

    assert caught.value.field == field
    assert caught.value.message.startswith(f"{field}: ")


def test_a_gate_that_nobody_has_heard_of_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidError, match="There is no gate called 'secutiry-gate'") as caught:
        REGISTRY.checked({"secutiry-gate": {}})

    assert caught.value.field == "gates"
    assert caught.value.hint == f"Gates are {', '.join(gate.name for gate in REGISTRY.gates)}."


def test_a_plug_in_brings_settings_of_its_own() -> None:
    class Limits(GateSettings):
        max_open_bugs: int

    class Bugs(PlugIn):
        name = "bugs-gate"
        settings_model = Limits

    registry = GateRegistry([Bugs(lambda _: Verdict(True, "fine", {}))])

    assert registry.checked({"bugs-gate": {"maxOpenBugs": 3}}) == {"bugs-gate": {"maxOpenBugs": 3, "advisory": False}}
    with pytest.raises(InvalidError) as caught:
        registry.checked({"bugs-gate": {}})
    assert caught.value.field == "gates.bugs-gate.maxOpenBugs"


def test_a_result_holds_all_that_was_judged_by_and_names_it_by_digest() -> None:
    (result,) = REGISTRY.evaluate(a_context({"freeze-window-gate": {}}))

    assert result.settings == {"advisory": False}
    assert result.inputs == {
        "at": "2026-03-02T09:00:00Z",
        "activeFreezeWindows": [],
        "staleCalendars": [],
        "exemption": None,
    }
    written = b'{"activeFreezeWindows":[],"at":"2026-03-02T09:00:00Z","exemption":null,"staleCalendars":[]}'
    assert result.inputs_digest == "sha256:" + hashlib.sha256(written).hexdigest()


def test_nothing_is_read_that_no_gate_of_the_environment_asks_for() -> None:
    class NothingToAsk:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    (result,) = registry_with(lambda _: Verdict(True, "fine", {})).evaluate(
        a_context({"plug-in": {}}, known=NothingToAsk())
    )

    assert result.passed


def test_a_gate_that_fails_to_judge_still_says_what_it_had_to_judge() -> None:
    (result,) = registry_with(raising(RuntimeError())).evaluate(a_context({"plug-in": {}}))

    assert (result.inputs, result.inputs_digest[:7]) == ({"releaseName": "shop-1.4.0"}, "sha256:")


def test_a_judge_that_changes_its_inputs_changes_nothing_that_is_kept() -> None:
    def judge(inputs: Mapping[str, Any]) -> Verdict:
        dict.clear(inputs)  # type: ignore[arg-type]
        return Verdict(True, "fine", {})

    (result,) = registry_with(judge).evaluate(a_context({"plug-in": {}}))

    assert result.inputs == {"releaseName": "shop-1.4.0"}
