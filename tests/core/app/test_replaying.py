from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app.replaying import Outcome, differs, replay
from core.domain.calendar import Calendar, CalendarEvent, WhenStale
from core.domain.checklist import Tick
from core.domain.exemption import FreezeExemption
from core.domain.findings import Finding, Severity
from core.domain.gate_question import GateQuestion
from core.domain.known_exploited import KnownExploited
from core.domain.release import DeploymentStatus
from core.gates.registry import GateRegistry, built_in_gates
from core.gates.scanned import Running
from core.gates.webhook import Service
from tests.core.app.room import Room
from tests.core.domain.test_waiver import WENDY, a_waiver
from tests.core.gates.samples import PRODUCTION, RELEASE, FakeScanned, a_context, a_deployment, a_freeze, a_scan
from tests.core.gates.vex.samples import a_document, saying
from tests.support.clock import MORNING, nth_id

BUILT_IN = GateRegistry(built_in_gates())
BOARD = Service(name="board", url="https://board.example.com/")
ASKED = GateQuestion(nth_id(7), nth_id(1), "board", BOARD.address_digest, MORNING)
GATES: dict[str, dict[str, Any]] = {
    "security-gate": {
        "maxHigh": 5,
        "maxMedium": 1,
        "maxAgeHours": 1,
        "deniedIds": ["CVE-2024-0002"],
        "knownExploited": True,
        "noWorseThanTarget": "high",
        "advisory": True,
    },
    "freeze-window-gate": {},
    "sequence-gate": {},
    "soak-gate": {"hours": 3},
    "schedule-gate": {"timeZone": "Europe/Berlin", "closesAt": "09:05", "holidayCalendar": "holidays"},
    "dependency-gate": {"components": [{"component": "payments", "version": ">=1,<2"}]},
    "policy-gate": {"rules": [{"name": "calm", "allow": "scan.present && deployments.size() == 0"}]},
    "webhook-gate": {"services": [{"name": "board", "url": "https://board.example.com/", "maxAgeMinutes": 5}]},
    "manual-gate": {"items": [{"name": "Runbook", "group": "sre"}]},
}

_FOUND = (
    Finding("CVE-2024-0001", Severity.CRITICAL, "openssl", "3"),
    Finding("CVE-2024-0002", Severity.HIGH, "zlib", "1"),
)
_REPORT = replace(a_scan(critical=1, high=1), format="trivy", digest="sha256:1")
_SCANNED = FakeScanned((_REPORT,), _FOUND)
_CATALOGUE = KnownExploited(nth_id(60), "2026.01", None, "sha256:2", MORNING, "Root", frozenset({"cve-2024-0001"}), 1)
_DAY = CalendarEvent("1", "Founders' Day", MORNING, MORNING + timedelta(minutes=5))
_CALENDAR = Calendar(nth_id(9), "holidays", (PRODUCTION.id,), events=(_DAY,), read_at=MORNING)
_UNREAD = replace(
    _CALENDAR, url="https://example.com/a.ics", read_at=MORNING - timedelta(days=9), problem="it answered 500"
)
_LIFTED = FreezeExemption(WENDY, "Nobody can pay", MORNING, MORNING + timedelta(minutes=5))

_known = st.fixed_dictionaries(
    {},
    optional={
        "scan": st.builds(a_scan, st.integers(0, 9), st.integers(0, 9), medium=st.integers(0, 3)),
        "windows": st.lists(st.builds(a_freeze, ends=st.integers(1, 9)), max_size=3).map(tuple),
        "found": st.builds(
            replace,
            st.just(_SCANNED),
            holding=st.sampled_from([(), (a_waiver(),)]),
            requester=st.sampled_from([None, WENDY.id]),
            vex=st.sampled_from([(), (a_document(saying("not_affected")),)]),
            known=st.sampled_from([None, _CATALOGUE]),
            runs=st.sampled_from([None, Running(RELEASE, (_REPORT,), _FOUND[:1])]),
        ),
        "calendars": st.sampled_from([(_CALENDAR,), (_UNREAD,), (replace(_UNREAD, when_stale=WhenStale.OPEN),)]),
        "lifted": st.just(_LIFTED),
        "deployed": st.sampled_from(list(DeploymentStatus)).map(a_deployment),
        "runs": st.just({"payments": RELEASE}),
        "ticked": st.just((Tick(nth_id(1), "Runbook", nth_id(11), "Zoë 😀", MORNING, "slack"),)),
        "groups": st.sampled_from([{"sre": frozenset({nth_id(11)})}, {"sre": frozenset()}]),
        "asked": st.sampled_from([(ASKED,), (ASKED.failed("it answered 500"),), (ASKED.answered(True, "", MORNING),)]),
        "at": st.timedeltas(timedelta(0), timedelta(minutes=10)).map(lambda later: MORNING + later),
    },
)


def sealed(gates: dict[str, dict[str, Any]], known: dict[str, Any]) -> dict[str, Any]:
    """The content of a packet about these gates, as somebody reads it from a file."""
    results = BUILT_IN.evaluate(a_context(gates, **known))
    shown = [
        {
            "gateName": each.gate_name,
            "passed": each.passed,
            "blocking": each.blocking,
            "message": each.message,
            "details": each.details,
            "settings": each.settings,
            "inputs": each.inputs,
            "inputsDigest": each.inputs_digest or None,
        }
        for each in results
    ]
    content: dict[str, Any] = json.loads(json.dumps({"gates": shown, "promotion": {"decision": "deny"}}))
    return content


def test_all_built_in_gates_are_replayed_here() -> None:
    assert GATES.keys() == {gate.name for gate in built_in_gates()}


@given(st.sets(st.sampled_from(sorted(GATES))), _known)
def test_whatever_was_evaluated_is_judged_the_same_again(names: set[str], known: dict[str, Any]) -> None:
    content = sealed({name: GATES[name] for name in names}, known)

    steps = replay(content, BUILT_IN)

    assert not differs(steps), [step for step in steps if step.outcome is Outcome.DIFFERS]
    assert sum(step.name == "result" for step in steps) == len(names)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [leaf for key, member in members for leaf in _leaves(member, (*path, key))] or [path]


@given(st.data())
def test_an_input_that_was_tampered_with_is_named(data: st.DataObject) -> None:
    content = sealed(GATES, {"scan": a_scan(1, 2), "asked": (ASKED,)})
    place = data.draw(st.sampled_from(range(len(GATES))))
    gate = content["gates"][place]
    *path, last = data.draw(st.sampled_from(_leaves(gate["inputs"])))
    target = gate["inputs"]
    for step in path:
        target = target[step]
    target[last] = "something else" if target[last] != "something else" else None

    steps = replay(content, BUILT_IN)

    told = [step for step in steps if step.outcome is Outcome.DIFFERS]
    assert told
    assert {step.gate_name for step in told} == {gate["gateName"]}
    assert told[0].name == "inputs"


@pytest.mark.parametrize(
    ("field", "value"),
    [("passed", True), ("blocking", False), ("message", "All is well"), ("details", {}), ("passed", 0)],
)
def test_a_result_that_was_tampered_with_is_told_with_what_it_should_be(field: str, value: Any) -> None:
    content = sealed({"sequence-gate": {}}, {})
    content["gates"][0][field] = value

    told = [step for step in replay(content, BUILT_IN) if step.outcome is Outcome.DIFFERS]

    assert [(step.gate_name, step.name) for step in told] == [("sequence-gate", field)]
    assert "judged again" in told[0].detail


def test_settings_that_were_tampered_with_give_another_result_or_are_no_settings() -> None:
    content = sealed({"security-gate": {}}, {"scan": a_scan(3)})
    for settings in ({"advisory": True, "maxCritical": 0, "maxHigh": 0}, {"maxCritical": "many"}, {}):
        tampered = copy.deepcopy(content)
        tampered["gates"][0]["settings"] = settings
        assert differs(replay(tampered, BUILT_IN)), settings


def test_a_gate_of_somebody_else_has_its_inputs_checked_and_is_not_judged() -> None:
    content = sealed({"sequence-gate": {}}, {})
    content["gates"][0]["gateName"] = "moon-gate"

    outcomes = [(step.name, step.outcome) for step in replay(content, BUILT_IN)]

    assert outcomes == [("inputs", Outcome.AGREES), ("result", Outcome.SKIPPED), ("decision", Outcome.AGREES)]


def test_a_gate_without_inputs_must_have_blocked() -> None:
    content = sealed({"vanished-gate": {}}, {})
    assert not differs(replay(content, BUILT_IN))
    content["gates"][0]["blocking"] = False
    assert differs(replay(content, BUILT_IN))


def test_a_release_that_was_allowed_though_a_gate_blocked_is_told() -> None:
    content = sealed({"sequence-gate": {}}, {})
    content["promotion"]["decision"] = "allow"

    assert replay(content, BUILT_IN)[-1].detail == "allowed, though sequence-gate blocked"


@pytest.mark.parametrize("gates", [None, "none", [1], {"a": 1}, [{}], [{"gateName": "x", "inputs": 1, "settings": {}}]])
def test_a_packet_that_holds_no_gates_that_can_be_replayed_differs(gates: object) -> None:
    assert differs(replay({"gates": gates}, BUILT_IN))


async def test_the_evidence_of_a_whole_journey_is_replayed(room: Room) -> None:
    await room.scan(room.release, high=3)
    promotion = await room.approved()
    packet = room.evidence(promotion.id)
    assert packet is not None

    steps = replay(packet.content, BUILT_IN)

    assert not differs(steps)
    told = {step.gate_name: step.outcome for step in steps if step.name == "result"}
    assert told == {
        "security-gate": Outcome.AGREES,
        "freeze-window-gate": Outcome.AGREES,
        "switch": Outcome.SKIPPED,
    }
