"""Figures of the benchmarks and the survival tests: what was measured, the goal, and whether it was met.

A test measures and says so by `figures.at_most` or `figures.at_least`. The verdict is by the goal; a test fails where a
figure is beyond its goal by more than the test allows, which for goals that are not reached yet says where we are. A
full run ends with an error while a ratio is missed, a short one does not. At the end all figures are printed as one
table; `--record` also writes it into README.md, with the machine.
Speeds are given as ratios to a floor that was measured in the same run, because a slow day slows both.
"""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.shared_data import ROOT

README = ROOT / "README.md"
NOISE = 1.25
"""How far a figure may lie beyond its goal and not be missed: what the same program differs by on a busy day."""
MISSED = "missed"


@dataclass(frozen=True)
class Figure:
    """One row: `about` says in words what the number was made from."""

    name: str
    measured: str
    goal: str
    verdict: str
    about: str = ""


@dataclass
class Figures:
    """All figures of a run, in the order in which they were measured."""

    rows: list[Figure] = field(default_factory=list)

    def at_most(
        self, name: str, value: float, goal: float, unit: str = "x", about: str = "", noise: float = NOISE
    ) -> None:
        """Record a figure that should be small; its test fails where it is beyond `goal` by more than `noise`."""
        self._record(Figure(name, told(value, unit), f"at most {told(goal, unit)}", verdict(value / goal), about))
        assert value <= goal * noise, f"{name}: {told(value, unit)}, wanted at most {told(goal, unit)}. {about}"

    def at_least(
        self, name: str, value: float, goal: float, unit: str = "x", about: str = "", noise: float = NOISE
    ) -> None:
        """Record a figure that should be large; its test fails where it is short of `goal` by more than `noise`."""
        beyond = goal / value if value else float("inf")
        self._record(Figure(name, told(value, unit), f"at least {told(goal, unit)}", verdict(beyond), about))
        assert value >= goal / noise, f"{name}: {told(value, unit)}, wanted at least {told(goal, unit)}. {about}"

    def exactly(self, name: str, value: int, goal: int, unit: str = "", about: str = "") -> None:
        """Record a count that must be right."""
        right = "met" if value == goal else MISSED
        self._record(Figure(name, told(value, unit), told(goal, unit), right, about))
        assert value == goal, f"{name}: {told(value, unit)}, wanted {told(goal, unit)}. {about}"

    def _record(self, figure: Figure) -> None:
        self.rows.append(figure)


def verdict(beyond: float) -> str:
    """`beyond` is how many times as bad as its goal a figure is."""
    return "met" if beyond <= 1 else "within noise" if beyond <= NOISE else MISSED


def is_missed_ratio(figure: Figure) -> bool:
    """Whether it lies beyond its goal and does so on a slow machine as on a fast one."""
    return figure.verdict == MISSED and figure.measured.endswith(" x")


def told(value: float, unit: str) -> str:
    """`0.82 x`, `12,400 /s`, `3.1 ms`."""
    number = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
    return f"{number} {unit}".strip()


def table(rows: list[Figure]) -> str:
    """The rows as a table in Markdown, which is read as it is too."""
    cells = [("figure", "measured", "goal", "verdict", "made from")]
    cells += [(row.name, row.measured, row.goal, row.verdict, row.about) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({cpu()}), {memory:.0f} GiB,"
        f" {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def cpu() -> str:
    """The processor's name where the system tells it."""
    told_by_linux = Path("/proc/cpuinfo")
    if told_by_linux.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", told_by_linux.read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor() or "unknown"


def recorded(readme: str, name: str, text: str) -> str:
    """`readme` with what stands between the marks of `name` replaced by `text`. Raises ValueError without them."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = readme.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"README.md has no {begin} with {end} after it")
    return f"{before}{begin}\n{text}\n{end}{after}"


_run = Figures()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("figures")
    group.addoption("--short", action="store_true", help="measure for seconds instead of minutes")
    group.addoption(
        "--record", metavar="NAME", help="write the table of figures between README.md's marks of this name"
    )


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Where a benchmark or a survival test says what it measured."""
    yield _run


@pytest.fixture(scope="session")
def short(pytestconfig: pytest.Config) -> bool:
    """Whether the run should take seconds rather than minutes: fewer rounds, the same checks."""
    return bool(pytestconfig.getoption("--short"))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes has measured, when it ends."""
    _run.rows.extend(Figure(**row) for row in getattr(node, "workeroutput", {}).get("figures", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In one of several processes: hand over what was measured. Else: a full run fails for ratios that are missed."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = [asdict(row) for row in _run.rows]
    elif not session.config.getoption("--short") and any(map(is_missed_ratio, _run.rows)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _run.rows:
        return
    terminalreporter.section("figures")
    terminalreporter.write_line(f"{machine()}\n\n{table(_run.rows)}")
    name = config.getoption("--record")
    if name:
        README.write_text(recorded(README.read_text(), name, f"{machine()}.\n\n{table(_run.rows)}"))
