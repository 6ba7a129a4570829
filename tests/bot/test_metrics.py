from datetime import UTC, datetime
from uuid import UUID

from bot.metrics import MeasuredGates, Metrics
from core.app.outbox import OutboxDepth
from core.domain.environment import Environment
from core.domain.release import Release
from core.gates.gate import GateContext
from core.gates.registry import built_in_gates
from tests.core.gates.samples import FakeKnown

NOW = datetime(2026, 1, 10, tzinfo=UTC)


def test_gate_results_are_counted_by_gate_and_outcome() -> None:
    metrics = Metrics()
    gates = {"security-gate": {"advisory": True}, "freeze-window-gate": {}, "no-such-gate": {}}
    release = Release(UUID(int=1), "shop-1", "shop", "1", NOW)
    target = Environment(UUID(int=2), "production", gates=gates)
    MeasuredGates(built_in_gates(), metrics).evaluate(GateContext(NOW, release, None, target, FakeKnown()))
    text = metrics.exposition().decode()
    assert 'countersign_gate_results_total{gate="security-gate",result="advisory"} 1.0' in text
    assert 'countersign_gate_results_total{gate="freeze-window-gate",result="passed"} 1.0' in text
    assert 'countersign_gate_results_total{gate="no-such-gate",result="blocked"} 1.0' in text


def test_the_outbox_is_shown_as_it_is_now() -> None:
    metrics = Metrics()
    metrics.note_outbox(OutboxDepth(waiting=3, oldest=NOW, failing=1), 12.5)
    text = metrics.exposition().decode()
    assert "countersign_outbox_waiting 3.0" in text
    assert "countersign_outbox_failing 1.0" in text
    assert "countersign_outbox_oldest_seconds 12.5" in text


def test_two_applications_do_not_share_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.decisions.labels("approved").inc()
    assert 'status="approved"' not in other.exposition().decode()
