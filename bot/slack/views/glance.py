"""What one glance at a card should give: how risky it is, and what would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.views.text import in_line, listed, safe
from core.app.reading import PromotionView
from core.domain.comparing import artifact_changes
from core.domain.gate_result import GateResult
from core.domain.release import Release

_COUNTS = ("criticalCount", "highCount")


def risk(gates: tuple[GateResult, ...]) -> str:
    """How many critical and high findings a gate has counted, and how many are allowed; empty where none counts."""
    counting = next((gate.details for gate in gates if all(name in gate.details for name in _COUNTS)), None)
    if counting is None:
        return ""
    critical, high = (_count(counting.get(name)) for name in _COUNTS)
    if critical is None or high is None:
        return ":warning: *Risk*: unknown, no scan report"
    sign = "red_circle" if critical else "large_yellow_circle" if high else "large_green_circle"
    told = [f"{critical} critical{_allowed(counting, 'maxCritical')}", f"{high} high{_allowed(counting, 'maxHigh')}"]
    return f":{sign}: *Risk*: {', '.join(told)}"


def what_changes(view: PromotionView) -> str:
    """From what the environment runs now to what is asked for: versions, artifacts, and where to read more."""
    release, current = view.release, view.current
    rows = [_versions(current, release)] if current else [f"{in_line(release.component)} {in_line(release.version)}"]
    if current:
        rows.append(_artifacts(current, release))
    elif view.promotion.is_open:
        rows.append(f"nothing of it is known to run in {in_line(view.promotion.target.name)}")
    if release.changes_url:
        rows.append(f"<{safe(release.changes_url, 2500)}|See what is new>")
    return f"*What changes*: {' · '.join(filter(None, rows))}"


def artifact_rows(current: Release, release: Release, most: int = 10) -> str:
    """Which artifacts change, by name."""
    changes = artifact_changes(current, release)
    groups = (("changed", changes.changed), ("new", changes.added), ("gone", changes.removed))
    rows = [f"{word}: {listed((in_line(name, 120) for name in names), most)}" for word, names in groups if names]
    return "\n".join(rows) or "No artifact changes"


def _versions(current: Release, release: Release) -> str:
    return f"{in_line(release.component)} {in_line(current.version)} → *{in_line(release.version)}*"


def _artifacts(current: Release, release: Release) -> str:
    changes = artifact_changes(current, release)
    counts = (("changed", changes.changed), ("added", changes.added), ("removed", changes.removed))
    told = [f"{len(names)} {word}" for word, names in counts if names]
    if told:
        return f"artifacts: {', '.join(told)}"
    return "the same artifacts" if changes.unchanged else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _allowed(details: Mapping[str, Any], name: str) -> str:
    limit = _count(details.get(name))
    return "" if limit is None else f" (allowed {limit})"
