"""When gates will pass, by nothing but time going on.

A gate that blocks goes on blocking at least until the moment that its `changes_after` names. So the first moment at
which all can pass is not before the latest of these; there they are asked again, and so on, until they all pass. The
gates are the same, asked the same way, only at a time ahead. What they know stays as it is now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.domain.gate_result import GateResult, blocking
from core.domain.outlook import Outlook
from core.gates.gate import GateContext
from core.gates.registry import GateRegistry

HORIZON = timedelta(days=366)
"""How far ahead anybody can ask, and is told."""
MAX_STEPS = 1000


def outlook(registry: GateRegistry, context: GateContext, results: tuple[GateResult, ...]) -> Outlook:
    """What time will bring after `context.at`, where the gates gave these results."""
    moments = [registry.changes_after(context, result.gate_name) for result in results]
    changes_at = min(filter(None, moments), default=None)
    passes_at = earliest_passing(registry, context, results) if blocking(results) else None
    return Outlook(passes_at, changes_at)


def earliest_passing(registry: GateRegistry, context: GateContext, results: tuple[GateResult, ...]) -> datetime | None:
    """The first moment from `context.at` on, within HORIZON, at which no gate blocks; None where none is found."""
    last, as_of = context.at + HORIZON, context.as_of or context.at
    timed = {name for name in context.target.gates if registry.forecasts(name)}
    held = {result.gate_name for result in blocking(results)}
    at = context.at
    for _ in range(MAX_STEPS):
        if not held:
            return at
        ahead = replace(context, at=at, as_of=as_of)
        # What blocks and does not change with time will still block then.
        moments = [registry.changes_after(ahead, name) for name in held]
        known = [moment for moment in moments if moment]
        if len(known) < len(moments) or max(known) > last:
            return None
        at = max(known)
        held = {each.gate_name for each in blocking(registry.results(replace(ahead, at=at), timed))}
    return None
