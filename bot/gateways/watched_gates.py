"""Gates of somebody else's, kept from holding up ours.

A plug-in is trusted code in this very program, yet it may hang. So it runs in a thread of its own, and the evaluation
waits for it a bounded time: then the gate blocks, by its name and with the reason, and for as long as that thread is
still at it the gate is not asked again but blocks at once. What the plug-in wants to know is read in the thread that
evaluates, because a database connection belongs to one thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar, cast

import structlog

from core.gates.facts import sound, sound_inputs
from core.gates.gate import (
    FollowsDeployments,
    Forecasting,
    Gate,
    GateContext,
    GateSettings,
    GateUnansweredError,
    NamesGroups,
    Verdict,
)
from core.gates.known import Known

T = TypeVar("T")
GATE_SECONDS = 1.0
"""How long the evaluation waits for each of a plug-in's two steps."""
_log = structlog.get_logger(__name__)


class WatchedGate:
    """A gate that always answers in time. It is what it wraps in everything else."""

    def __init__(self, gate: Gate[Any], seconds: float = GATE_SECONDS) -> None:
        self._gate = gate
        self._seconds = seconds
        self._at_work: threading.Thread | None = None
        self.name, self.summary, self.settings_model = gate.name, gate.summary, gate.settings_model

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        """The gate's inputs. Raises GateUnansweredError where it hangs, and what the gate raises."""
        desk = _Desk(self._seconds)
        asking = replace(context, known=cast(Known, _AskedKnown(context.known, desk)))
        return self._bounded(lambda: sound_inputs(self._gate.inputs(asking, settings))[0], desk)

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:
        """The gate's verdict. Raises GateUnansweredError where it hangs, and what the gate raises."""
        return self._bounded(lambda: sound(self._gate.judge(inputs, settings)), _Desk(self._seconds))

    def follows(self, component: str, settings: GateSettings) -> bool:
        """Whether the gate looks at deployments of that component; where it cannot say, it is taken to."""
        if not isinstance(self._gate, FollowsDeployments):
            return False
        gate = self._gate
        return self._answer(lambda: bool(gate.follows(component, settings)), unless=True)

    def groups(self, settings: GateSettings) -> Iterable[str]:
        """The approver groups that the settings name; none where the gate cannot say."""
        if not isinstance(self._gate, NamesGroups):
            return ()
        gate = self._gate
        return self._answer(lambda: tuple(map(str, gate.groups(settings))), unless=())

    def changes_after(self, context: GateContext, settings: GateSettings) -> datetime | None:
        """When time alone may change the verdict; None where the gate cannot say."""
        if not isinstance(self._gate, Forecasting):
            return None
        gate, desk = self._gate, _Desk(self._seconds)
        asking = replace(context, known=cast(Known, _AskedKnown(context.known, desk)))
        return self._answer(lambda: gate.changes_after(asking, settings), desk, unless=None)

    def _answer(self, work: Callable[[], T], desk: _Desk | None = None, *, unless: T) -> T:
        try:
            return self._bounded(work, desk or _Desk(self._seconds))
        except Exception as error:  # a plug-in may be anybody's code
            _log.warning("a gate could not answer", gate=self.name, problem=type(error).__name__)
            return unless

    def _bounded(self, work: Callable[[], T], desk: _Desk) -> T:
        if self._at_work and self._at_work.is_alive():
            raise GateUnansweredError("it is still busy with an earlier question")
        self._at_work = threading.Thread(target=desk.run, args=(work,), name=f"gate {self.name}", daemon=True)
        self._at_work.start()
        found: T = desk.served()
        self._at_work.join(self._seconds)
        return found


class _Desk:
    """Where a gate's thread hands in questions and, at the end, what it found; the evaluating thread serves it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._closes = monotonic() + seconds
        self._handed_in: SimpleQueue[tuple[Callable[[], Any], SimpleQueue[tuple[Any, BaseException | None]]] | None]
        self._handed_in = SimpleQueue()
        self._found: tuple[Any, BaseException | None] = (None, None)

    def run(self, work: Callable[[], Any]) -> None:
        """In the gate's thread: do the work, and hand in that it is done."""
        self._found = _outcome(work)
        self._handed_in.put(None)

    def ask(self, question: Callable[[], T]) -> T:
        """In the gate's thread: have the evaluating thread find something out."""
        answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        self._handed_in.put((question, answer))
        try:
            found, error = answer.get(timeout=max(0.0, self._closes - monotonic()) + self._seconds)
        except Empty:
            raise GateUnansweredError("nobody waits for it any more") from None
        if error:
            raise error
        return cast(T, found)

    def served(self) -> Any:
        """In the evaluating thread: answer questions until the work is done, but not for longer than allowed."""
        while True:
            try:
                wanted = self._handed_in.get(timeout=max(0.0, self._closes - monotonic()))
            except Empty:
                raise GateUnansweredError(f"it did not answer within {self._seconds:g} s") from None
            if wanted is None:
                found, error = self._found
                if isinstance(error, KeyboardInterrupt):  # nobody has stopped the program: that is not said to a thread
                    raise GateUnansweredError("it failed with KeyboardInterrupt")
                if error:
                    raise error
                return found
            question, answer = wanted
            answer.put(_outcome(question))


class _AskedKnown:
    """`Known`, or `Scanned`, for a gate's thread: every question goes over the desk."""

    def __init__(self, known: Any, desk: _Desk) -> None:
        self._known = known
        self._desk = desk

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def asked(*given: Any) -> Any:
            found = self._desk.ask(lambda: getattr(self._known, name)(*given))
            return _AskedKnown(found, self._desk) if name == "scanned" else found

        return asked


def _outcome(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return work(), None
    except BaseException as error:  # carried over to the thread that waits for it, and raised there
        return None, error
