"""What time alone will bring to a promotion that is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """`passes_at` is when the gates that block will first pass together; None where time alone does not bring that.

    `changes_at` is the next moment at which any gate may say something else, for better or worse: time to look again.
    """

    passes_at: datetime | None = None
    changes_at: datetime | None = None


NO_OUTLOOK = Outlook()
