"""What Prometheus sees, in one registry for each application (so that tests can run several)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.app.outbox import OutboxDepth
from core.domain.gate_result import GateResult
from core.gates.gate import Gate, GateContext
from core.gates.registry import GateRegistry

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The instruments. Labels are bounded: routes, methods and workspaces, never ids or names that a caller
    chose."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "countersign_requests", "Requests answered", ["door", "route", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "countersign_request_seconds", "Time to answer", ["door"], buckets=_QUICK, registry=self.registry
        )
        self.decisions = Counter("countersign_decisions", "Decisions made", ["status"], registry=self.registry)
        self.gate_results = Counter(
            "countersign_gate_results", "Gate evaluations", ["gate", "result"], registry=self.registry
        )
        self.slack_calls = Counter(
            "countersign_slack_calls", "Calls of Slack's Web API", ["method", "result"], registry=self.registry
        )
        self.slack_connected = Gauge(
            "countersign_slack_connected",
            "1 while every workspace lets us in, 0 when a token works no more or there is none",
            registry=self.registry,
        )
        self.slack_workspaces = Gauge(
            "countersign_slack_workspace_connected",
            "1 while that workspace lets us in (own is the one of SLACK_BOT_TOKEN)",
            ["team"],
            registry=self.registry,
        )
        self._let_in: dict[str, bool] = {}
        self.errands = Counter(
            "countersign_errands", "Outbox errands run", ["errand", "result"], registry=self.registry
        )
        self.repairs = Counter(
            "countersign_repairs",
            "Errands asked for because Slack showed something else",
            ["errand"],
            registry=self.registry,
        )
        self.workflow_steps = Counter(
            "countersign_workflow_steps",
            "Steps of Slack workflows that ended: completed, failed, gone (Slack wants no answer) or given_up",
            ["step", "result"],
            registry=self.registry,
        )
        self.channel_troubles = Gauge(
            "countersign_channel_troubles", "Channels that cannot be posted in", registry=self.registry
        )
        self.clock_moves = Counter(
            "countersign_clock_moves", "Times that the wall clock was moved", ["direction"], registry=self.registry
        )
        self.tasks = Gauge("countersign_tasks", "Tasks of the event loop", registry=self.registry)
        self.outbox_waiting = Gauge("countersign_outbox_waiting", "Errands that wait", registry=self.registry)
        self.outbox_failing = Gauge(
            "countersign_outbox_failing", "Errands that wait and have failed before", registry=self.registry
        )
        self.outbox_age = Gauge(
            "countersign_outbox_oldest_seconds", "Age of the oldest waiting errand", registry=self.registry
        )

    def note_workspace(self, team: str, *, lets_in: bool | None) -> None:
        """Set the gauges of a workspace, by its id or `own`; None takes it out."""
        if lets_in is None:
            if self._let_in.pop(team, None) is not None:
                self.slack_workspaces.remove(team)
        else:
            self._let_in[team] = lets_in
            self.slack_workspaces.labels(team).set(lets_in)
        self.slack_connected.set(bool(self._let_in) and all(self._let_in.values()))

    def note_outbox(self, depth: OutboxDepth, age_seconds: float) -> None:
        """Set the gauges of the outbox."""
        self.outbox_waiting.set(depth.waiting)
        self.outbox_failing.set(depth.failing)
        self.outbox_age.set(age_seconds)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)


class MeasuredGates(GateRegistry):
    """A gate registry that counts what its gates say."""

    def __init__(self, gates: Iterable[Gate[Any]], metrics: Metrics) -> None:
        super().__init__(gates)
        self._metrics = metrics

    def evaluate(self, context: GateContext) -> tuple[GateResult, ...]:
        """Evaluate, and count each result."""
        results = super().evaluate(context)
        for result in results:
            word = "passed" if result.passed else "blocked" if result.blocking else "advisory"
            self._metrics.gate_results.labels(result.gate_name, word).inc()
        return results
