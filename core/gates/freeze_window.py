"""`freeze-window-gate`: nothing is promoted while a freeze window of the environment is active."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from core.gates.gate import GateContext, GateSettings, Verdict


class FreezeWindowGate:
    """Passes where no freeze window is active at that moment."""

    name: ClassVar[str] = "freeze-window-gate"
    summary: ClassVar[str] = "No freeze window is active in the target environment"
    settings_model = GateSettings

    def evaluate(self, context: GateContext, settings: GateSettings) -> Verdict:  # noqa: ARG002 - the protocol has them
        """Look for an active window; where several are, the one that ends last is named."""
        active = [window for window in context.freeze_windows if window.active_at(context.at)]
        if not active:
            return Verdict(True, "No active freeze window", {"activeFreezeWindow": None})
        window = max(active, key=lambda each: each.ends_at)
        details: dict[str, Any] = {
            "activeFreezeWindow": {
                "id": str(window.id),
                "name": window.name,
                "startsAt": _rfc3339(window.starts_at),
                "endsAt": _rfc3339(window.ends_at),
            }
        }
        ends = window.ends_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Verdict(False, f"Freeze window {window.name} is active until {ends}", details)


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
