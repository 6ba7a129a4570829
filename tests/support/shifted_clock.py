"""The real program with a wall clock that a test moves: `python -m tests.support.shifted_clock serve`.

The file that CLOCK_FILE names holds by how many seconds the clock is wrong; it may be written anew at any time. What
the program measures waiting by goes on as it is, as it does when somebody sets a machine's clock.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import bot.server
from bot.__main__ import main
from bot.bootstrap import build

CLOCK_FILE = "SHIFTED_CLOCK_FILE"
PROGRAM = (sys.executable, "-m", "tests.support.shifted_clock")


def shifted() -> datetime:
    """The time as a clock tells it that is wrong by as much as the file says."""
    return datetime.now(UTC) + timedelta(seconds=float(Path(os.environ[CLOCK_FILE]).read_text()))


def set_by(file: Path, seconds: float) -> None:
    """Make the clock wrong by so much, at once."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(file)


if __name__ == "__main__":
    setattr(bot.server, "build", partial(build, clock=shifted))  # noqa: B010 - for this program alone
    main()
