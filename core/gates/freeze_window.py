"""`freeze-window-gate`: nothing is promoted while a freeze window of the environment is active.

Windows come from administrators and from calendars. A calendar that could not be read for too long closes its
environments where it is set to; an emergency exemption lifts all of it for one promotion.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from core.calendars.occurrences import active_until, next_start
from core.domain.calendar import WhenStale
from core.domain.environment import FreezeWindow
from core.domain.moment import moment_of, moment_text
from core.gates.gate import GateContext, GateSettings, Verdict

SHOWN = 20
"""Active windows that are kept with a result, those that end last first."""


class FreezeWindowGate:
    """Passes where no freeze window is active at that moment."""

    name: ClassVar[str] = "freeze-window-gate"
    summary: ClassVar[str] = "No freeze window is active in the target environment"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:  # noqa: ARG002 - the protocol
        """The moment, the windows that are active then, calendars too old to go by, and an exemption."""
        active = [fact for fact in (_active(window, context.at) for window in context.known.freeze_windows()) if fact]
        exemption = context.known.exemption()
        return {
            "at": moment_text(context.at),
            "activeFreezeWindows": sorted(active, key=lambda each: str(each["endsAt"]), reverse=True)[:SHOWN],
            "staleCalendars": [
                {"name": each.name, "readAt": _moment(each.read_at), "whenStale": each.when_stale.value}
                for each in context.known.freeze_calendars()
                if each.is_stale_at(context.as_of or context.at)
            ],
            "exemption": {
                "byId": str(exemption.by.id),
                "byName": exemption.by.name,
                "reason": exemption.reason,
                "grantedAt": moment_text(exemption.at),
                "until": moment_text(exemption.until),
            }
            if exemption and exemption.holds_at(context.at)
            else None,
        }

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:  # noqa: ARG002 - the protocol has it
        """Pass without an active window; where several are, the one that ends last is named."""
        active, exemption = inputs["activeFreezeWindows"], inputs["exemption"]
        window = max(active, key=lambda each: moment_of(each["endsAt"]), default=None)
        closed = [each for each in inputs["staleCalendars"] if each["whenStale"] == WhenStale.CLOSED]
        details: dict[str, Any] = {"activeFreezeWindow": dict(window) if window else None}
        if inputs["staleCalendars"]:
            details["staleCalendars"] = inputs["staleCalendars"]
        if not window and not closed:
            return Verdict(True, _open_words(inputs["staleCalendars"]), details)
        problem = _frozen(window) if window else _unread(closed[0])
        if exemption is None:
            return Verdict(False, problem, details)
        details["exemption"] = dict(exemption)
        until = _told(exemption["until"])
        return Verdict(True, f"{problem}; lifted by {exemption['byName']} until {until}", details)

    def changes_after(self, context: GateContext, settings: GateSettings) -> datetime | None:  # noqa: ARG002
        """When another window is to be named or none, an exemption ends, or a calendar becomes too old to go by."""
        exemption = context.known.exemption()
        moments = [_named_until(context.known.freeze_windows(), context.at)]
        moments += [each.stale_from for each in context.known.freeze_calendars()]
        moments.append(exemption.until if exemption else None)
        return min((moment for moment in moments if moment and moment > context.at), default=None)


def _named_until(windows: tuple[FreezeWindow, ...], at: datetime) -> datetime | None:
    """Until when the active window that ends last is that; without one, when the next window starts."""
    active = [found.ends_at for window in windows if (found := active_until(window, at))]
    upcoming = [found for window in windows if (found := next_start(window, at))]
    if not active:
        return min((each.starts_at for each in upcoming), default=None)
    ends = max(active)
    longer = [each.starts_at for each in upcoming if each.starts_at < ends < each.ends_at]
    return min(longer, default=ends)


def _active(window: FreezeWindow, at: datetime) -> dict[str, Any] | None:
    occurrence = active_until(window, at)
    if occurrence is None:
        return None
    fact = {
        "id": str(window.id),
        "name": window.name,
        "startsAt": moment_text(occurrence.starts_at),
        "endsAt": moment_text(occurrence.ends_at),
    }
    return {**fact, "calendar": window.source} if window.source else fact


def _frozen(window: Mapping[str, Any]) -> str:
    source = f" (calendar {window['calendar']})" if "calendar" in window else ""
    return f"Freeze window {window['name']}{source} is active until {_told(window['endsAt'])}"


def _unread(calendar: Mapping[str, Any]) -> str:
    since = f"since {_told(calendar['readAt'])}" if calendar["readAt"] else "yet"
    return f"Calendar {calendar['name']} could not be read {since}, and closes until it can be"


def _open_words(stale: list[Mapping[str, Any]]) -> str:
    if not stale:
        return "No active freeze window"
    return f"No active freeze window; calendar {stale[0]['name']} could not be read and is left out"


def _told(moment: str) -> str:
    return moment_of(moment).strftime("%Y-%m-%d %H:%M UTC")


def _moment(at: datetime | None) -> str | None:
    return moment_text(at) if at else None
