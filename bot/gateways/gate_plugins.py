"""Gates that other distributions bring, by the entry-point group `countersign.gates`."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import structlog

from core.gates.gate import Gate
from core.gates.registry import built_in_gates

GROUP = "countersign.gates"
_log = structlog.get_logger(__name__)


def installed_gates() -> tuple[Gate[Any], ...]:
    """The built-in gates and the installed ones.

    A plug-in that cannot be loaded is left out and logged: environments that name its gate then block, as they do for
    any gate that is not there.
    """
    plug_ins = []
    for entry in entry_points(group=GROUP):
        try:
            plug_ins.append(entry.load()())
        except Exception as error:  # a plug-in may be anybody's code
            _log.error("a gate could not be loaded", gate=entry.name, problem=f"{type(error).__name__}: {error}")
    return (*built_in_gates(), *plug_ins)
