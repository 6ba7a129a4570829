"""When gates will pass, held against looking at every minute with rules written down a second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.environment import FreezeWindow
from core.domain.gate_result import blocking
from core.domain.outlook import NO_OUTLOOK, Outlook
from core.domain.recurrence import Recurrence
from core.domain.release import DeploymentStatus
from core.gates.forecast import HORIZON, earliest_passing, outlook
from core.gates.gate import GateContext, GateSettings, Verdict
from core.gates.registry import GateRegistry, built_in_gates
from core.gates.schedule import DAYS
from tests.core.gates.samples import a_context, a_deployment, a_freeze
from tests.support.clock import MORNING, nth_id

REGISTRY = GateRegistry(built_in_gates())
MINUTE = timedelta(minutes=1)
Open = Callable[[datetime], bool]


def passes(context: GateContext) -> datetime | None:
    return earliest_passing(REGISTRY, context, REGISTRY.evaluate(context))


def passes_at(context: GateContext, at: datetime) -> bool:
    return not blocking(REGISTRY.evaluate(replace(context, at=at)))


def test_what_passes_now_passes_now() -> None:
    assert passes(a_context({"freeze-window-gate": {}})) == MORNING


def test_what_time_does_not_change_is_never_forecast() -> None:
    gates: dict[str, dict[str, Any]] = {"freeze-window-gate": {}, "security-gate": {}}
    assert passes(a_context(gates, windows=(a_freeze(),))) is None


def test_an_advisory_gate_holds_nothing_back() -> None:
    gates: dict[str, dict[str, Any]] = {"freeze-window-gate": {}, "security-gate": {"advisory": True}}
    assert passes(a_context(gates, windows=(a_freeze(),))) == MORNING + timedelta(hours=1)


def test_freezes_one_after_the_other_are_waited_for_together() -> None:
    windows = (a_freeze(ends=1), a_freeze("next", begins=1, ends=4), a_freeze("within", begins=2, ends=3))
    assert passes(a_context({"freeze-window-gate": {}}, windows=windows)) == MORNING + timedelta(hours=4)


def test_freeze_soak_and_schedule_open_together() -> None:
    gates: dict[str, dict[str, Any]] = {
        "freeze-window-gate": {},
        "soak-gate": {"hours": 12},
        "schedule-gate": {"timeZone": "Europe/Berlin", "opensAt": "08:00", "closesAt": "18:00"},
    }
    context = a_context(gates, windows=(a_freeze(ends=30),), deployed=a_deployment(DeploymentStatus.DEPLOYED))
    # The freeze ends on Tuesday at 15:00 UTC, 16:00 in Berlin, when everything is open.
    assert passes(context) == MORNING + timedelta(hours=30)
    longer = a_context(gates, windows=(a_freeze(ends=34),), deployed=a_deployment(DeploymentStatus.DEPLOYED))
    assert passes(longer) == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)


def test_what_lies_beyond_the_horizon_is_not_told() -> None:
    far = a_freeze(ends=(HORIZON + timedelta(hours=1)).total_seconds() / 3600)
    assert passes(a_context({"freeze-window-gate": {}}, windows=(far,))) is None


def test_gates_that_are_never_open_together_are_given_up() -> None:
    night = FreezeWindow(
        nth_id(5),
        "working hours",
        (nth_id(3),),
        MORNING.replace(hour=7),
        MORNING.replace(hour=19),
        recurrence=Recurrence("FREQ=DAILY"),
    )
    gates: dict[str, dict[str, Any]] = {"freeze-window-gate": {}, "schedule-gate": {}}
    assert passes(a_context(gates, windows=(night,))) is None


def test_the_outlook_says_when_to_look_again_also_where_all_is_well() -> None:
    ahead = a_context({"freeze-window-gate": {}}, windows=(a_freeze(begins=2, ends=3),))
    assert outlook(REGISTRY, ahead, REGISTRY.evaluate(ahead)) == Outlook(None, MORNING + timedelta(hours=2))
    nothing = a_context({"security-gate": {}})
    assert outlook(REGISTRY, nothing, REGISTRY.evaluate(nothing)) == NO_OUTLOOK


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"])
CHANGES = ((2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 10, 4), (2026, 10, 25), (2026, 11, 1), (2028, 2, 29))
# Around the days on which clocks change, and a leap day.
STARTS = st.one_of(
    *(
        st.datetimes(datetime(*day) - timedelta(days=2), datetime(*day) + timedelta(days=2))  # noqa: DTZ001
        for day in (
            (2026, 3, 8),
            (2026, 3, 29),
            (2026, 4, 5),
            (2026, 10, 4),
            (2026, 10, 25),
            (2026, 11, 1),
            (2028, 2, 29),
        )
    )
).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))
RULES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=FR,SU", "FREQ=MONTHLY;BYMONTHDAY=-1,29", "FREQ=YEARLY"]
)
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


def shown(local: datetime) -> datetime:
    """What a clock shows, without where it hangs."""
    return local.replace(tzinfo=None, fold=0)


def moment_at(clock: datetime, zone: ZoneInfo) -> datetime:
    return clock.replace(tzinfo=zone).astimezone(UTC)


@st.composite
def windows(draw: st.DrawFn, at: datetime) -> tuple[FreezeWindow, Open]:
    """A recurring freeze, and the same by the library's own counting."""
    zone, rule = ZoneInfo(draw(ZONES)), draw(RULES)
    local = shown(at.astimezone(zone)) - timedelta(days=draw(st.integers(0, 400)))
    hour, minute = map(int, draw(CLOCKS).split(":"))
    first = next(iter(rrulestr(rule, dtstart=local.replace(hour=hour, minute=minute))))
    length = timedelta(minutes=draw(st.integers(1, 60 * 40)))
    starts_at, ends_at = first.replace(tzinfo=zone), (first + length).replace(tzinfo=zone)
    if ends_at.astimezone(UTC) <= starts_at.astimezone(UTC):
        ends_at = ends_at + timedelta(hours=2)
    recurrence = Recurrence(rule, str(zone))
    window = FreezeWindow(nth_id(5), "x", (nth_id(3),), starts_at, ends_at, recurrence=recurrence)
    clock_start, clock_end = (shown(each.astimezone(UTC).astimezone(zone)) for each in (starts_at, ends_at))
    counted = rrulestr(rule, dtstart=clock_start).between(clock_start, local + timedelta(days=800), inc=True)
    spans = [(moment_at(day, zone), moment_at(day + (clock_end - clock_start), zone)) for day in counted]
    near = [span for span in spans if at - timedelta(days=3) < span[1] and span[0] < at + timedelta(days=9)]
    holds = [(start, end if end > start else start + max(clock_end - clock_start, MINUTE)) for start, end in near]
    return window, lambda moment: not any(start <= moment < end for start, end in holds)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[dict[str, Any], Open]:
    """Settings of the schedule gate, and the same by what the clock shows."""
    zone, opens, closes = draw(ZONES), draw(CLOCKS), draw(CLOCKS)
    days = draw(st.lists(st.sampled_from(DAYS), min_size=2, unique=True))
    if opens == closes:
        closes = "24:00"
    own = ZoneInfo(zone)

    def is_open(moment: datetime) -> bool:
        local = moment.astimezone(own)
        shown = f"{local:%H:%M}"
        today, yesterday = DAYS[local.weekday()], DAYS[(local.weekday() - 1) % 7]
        if opens < closes:
            return today in days and opens <= shown < closes
        return (today in days and shown >= opens) or (yesterday in days and shown < closes)

    return {"timeZone": zone, "opensAt": opens, "closesAt": closes, "days": days}, is_open


@settings(max_examples=120, deadline=None)
@given(at=STARTS, drawn=st.data(), hours=st.integers(1, 60), ago=st.integers(0, 60 * 24))
def test_the_forecast_is_right_to_the_minute(at: datetime, drawn: st.DataObject, hours: int, ago: int) -> None:
    window, unfrozen = drawn.draw(windows(at))
    schedule, in_hours = drawn.draw(schedules())
    deployed = replace(a_deployment(DeploymentStatus.DEPLOYED), at=at - timedelta(minutes=ago))
    soaked = deployed.at + timedelta(hours=hours)
    gates = {"freeze-window-gate": {}, "soak-gate": {"hours": hours}, "schedule-gate": schedule}
    context = a_context(gates, at=at, windows=(window,), deployed=deployed)

    minutes = (at + MINUTE * number for number in range(60 * 24 * 8))
    by_hand = next((each for each in minutes if each >= soaked and in_hours(each) and unfrozen(each)), None)
    forecast = passes(context)

    if by_hand is None:
        assert forecast is None or forecast >= at + timedelta(days=8)
        return
    assert forecast is not None
    assert by_hand - MINUTE < forecast <= by_hand
    assert passes_at(context, forecast)
    assert forecast == at or not passes_at(context, forecast - timedelta(seconds=1))


@pytest.mark.parametrize("wrong", [MORNING, MORNING - MINUTE, "tomorrow", ZeroDivisionError()])
def test_a_gate_that_foretells_nonsense_is_not_believed(wrong: Any) -> None:
    class Liar:
        name: ClassVar[str] = "liar"
        summary: ClassVar[str] = "Says anything"
        settings_model = GateSettings

        def inputs(self, context: Any, settings: Any) -> dict[str, Any]:
            return {}

        def judge(self, inputs: Any, settings: Any) -> Any:
            return Verdict(False, "No", {})

        def changes_after(self, context: Any, settings: Any) -> Any:
            if isinstance(wrong, Exception):
                raise wrong
            return wrong

    registry = GateRegistry([Liar()])
    context = a_context({"liar": {}})
    assert earliest_passing(registry, context, registry.evaluate(context)) is None
