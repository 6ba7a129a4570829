"""`freeze-window-gate`: nothing is promoted while a freeze window of the environment is active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from core.domain.moment import moment_of, moment_text
from core.gates.gate import GateContext, GateSettings, Verdict


class FreezeWindowGate:
    """Passes where no freeze window is active at that moment."""

    name: ClassVar[str] = "freeze-window-gate"
    summary: ClassVar[str] = "No freeze window is active in the target environment"
    settings_model = GateSettings

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:  # noqa: ARG002 - the protocol
        """The moment, and the windows that are active then."""
        active = [window for window in context.known.freeze_windows() if window.active_at(context.at)]
        return {
            "at": moment_text(context.at),
            "activeFreezeWindows": [
                {
                    "id": str(window.id),
                    "name": window.name,
                    "startsAt": moment_text(window.starts_at),
                    "endsAt": moment_text(window.ends_at),
                }
                for window in active
            ],
        }

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:  # noqa: ARG002 - the protocol has it
        """Pass without an active window; where several are, the one that ends last is named."""
        active = inputs["activeFreezeWindows"]
        if not active:
            return Verdict(True, "No active freeze window", {"activeFreezeWindow": None})
        window = max(active, key=lambda each: moment_of(each["endsAt"]))
        ends = moment_of(window["endsAt"]).strftime("%Y-%m-%d %H:%M UTC")
        return Verdict(
            False, f"Freeze window {window['name']} is active until {ends}", {"activeFreezeWindow": dict(window)}
        )
