from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, cast

import pytest

from bot.gateways.watched_gates import WatchedGate
from core.gates.gate import Gate, GateContext, GateSettings, Verdict
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.gates.samples import FakeScanned, PlugIn, a_context, a_scan
from tests.support.clock import MORNING

FINE = Verdict(True, "fine", {})
LITTLE, MUCH = 0.2, 30.0
GATES: dict[str, dict[str, Any]] = {"plug-in": {}, "freeze-window-gate": {}}


def registry(gate: PlugIn, seconds: float = MUCH) -> GateRegistry:
    return GateRegistry([*built_in_gates(), cast(Gate[Any], WatchedGate(gate, seconds))])


class Hanging:
    """Hangs until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked = 0

    def __call__(self, _: Mapping[str, Any]) -> Verdict:
        self.asked += 1
        self.let_go.wait(MUCH)
        return FINE


def test_a_gate_that_answers_is_what_it_would_be_without_a_watch() -> None:
    plain = GateRegistry([PlugIn(lambda _: FINE)]).evaluate(a_context({"plug-in": {}}))

    assert registry(PlugIn(lambda _: FINE)).evaluate(a_context({"plug-in": {}})) == plain


def test_a_gate_that_hangs_blocks_by_its_name_in_time_and_the_others_answer() -> None:
    hanging = Hanging()
    began = monotonic()

    hung, freeze = registry(PlugIn(hanging), LITTLE).evaluate(a_context(GATES))

    assert monotonic() - began < MUCH / 2
    assert (hung.passed, hung.blocking) == (False, True)
    assert hung.message == "plug-in could not be evaluated: it did not answer within 0.2 s"
    assert freeze.passed
    hanging.let_go.set()


def test_while_it_hangs_it_is_not_asked_again_and_afterwards_it_is() -> None:
    hanging = Hanging()
    gates = registry(PlugIn(hanging), LITTLE)
    gates.evaluate(a_context(GATES))

    again, _ = gates.evaluate(a_context(GATES))

    assert again.message == "plug-in could not be evaluated: it is still busy with an earlier question"
    assert hanging.asked == 1, "so threads do not pile up"
    hanging.let_go.set()
    ends = monotonic() + MUCH
    while gates.evaluate(a_context(GATES))[0].blocking and monotonic() < ends:
        threading.Event().wait(0.01)
    assert gates.evaluate(a_context(GATES))[0].passed


@pytest.mark.parametrize("error", [RuntimeError("secret"), SystemExit(3), KeyboardInterrupt()])
def test_what_it_raises_blocks(error: BaseException) -> None:
    def answer(_: Mapping[str, Any]) -> Verdict:
        raise error

    (result, _) = registry(PlugIn(answer)).evaluate(a_context(GATES))

    assert result.blocking
    assert result.message == f"plug-in could not be evaluated: it failed with {type(error).__name__}"


class Curious(PlugIn):
    """Asks for what is known, and notes in which thread the answer is found."""

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        (scan,) = context.known.scanned().reports()
        return {"critical": scan.critical if scan else None, "runs": context.known.running("shop") is not None}

    def follows(self, component: str, settings: GateSettings) -> bool:
        return component == "shop"

    def groups(self, settings: GateSettings) -> tuple[str, ...]:
        return ("sre",)

    def changes_after(self, context: GateContext, settings: GateSettings) -> datetime | None:
        return context.at + timedelta(hours=1) if context.known.newest_scan() else None


class KnownHere:
    """Answers in the thread that it was made in only, as a database connection does."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        assert threading.current_thread() is self.thread
        found: dict[str, Any] = {"scanned": self, "reports": (a_scan(3),)}
        return lambda *_: found.get(name)


def test_what_it_wants_to_know_is_read_in_the_thread_that_evaluates() -> None:
    gate = Curious(lambda inputs: Verdict(inputs["critical"] == 3, "counted", dict(inputs)))

    (result, _) = registry(gate).evaluate(a_context({"plug-in": {}, "sequence-gate": {}}, known=cast(Any, KnownHere())))

    assert (result.passed, result.inputs) == (True, {"critical": 3, "runs": False})


def test_what_cannot_be_found_out_is_raised_in_the_gate() -> None:
    class Broken:
        def scanned(self) -> FakeScanned:
            raise LookupError

        def running(self, _: str) -> None: ...

    gate = Curious(lambda _: FINE)
    (result,) = registry(gate).evaluate(a_context({"plug-in": {}}, known=cast(Any, Broken())))

    assert result.message == "plug-in could not be evaluated: it failed with LookupError"


def test_what_a_gate_can_do_besides_is_handed_through() -> None:
    watched = WatchedGate(Curious(lambda _: FINE))
    context = a_context(scan=a_scan())

    assert watched.follows("shop", GateSettings()) is True
    assert watched.follows("search", GateSettings()) is False
    assert watched.groups(GateSettings()) == ("sre",)
    assert watched.changes_after(context, GateSettings()) == MORNING + timedelta(hours=1)


def test_what_a_gate_cannot_do_it_does_not_do() -> None:
    watched = WatchedGate(PlugIn(lambda _: FINE))

    assert watched.follows("shop", GateSettings()) is False
    assert watched.groups(GateSettings()) == ()
    assert watched.changes_after(a_context(), GateSettings()) is None


def test_where_a_gate_fails_to_say_what_it_follows_it_is_looked_at_again_rather_than_forgotten() -> None:
    class Failing(Curious):
        def follows(self, component: str, settings: GateSettings) -> bool:
            raise RuntimeError

        def groups(self, settings: GateSettings) -> tuple[str, ...]:
            raise RuntimeError

    watched = WatchedGate(Failing(lambda _: FINE))
    assert watched.follows("anything", GateSettings()) is True
    assert watched.groups(GateSettings()) == ()
