"""Emergencies: a person with that right lifts the freeze windows for one promotion, with a reason and until when.

Whoever lifts a freeze stands apart from those who decide: not the requester, not somebody who has voted, and no vote
to approve afterwards. No other gate is lifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.people import ActorRef
from core.domain.text import checked_text
from core.errors import InvalidError

LONGEST_EXEMPTION = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FreezeExemption:
    """Freeze windows do not hold a promotion back from `at` (included) to `until` (not).

    `earlier` are those who lifted freezes for it before: they stay apart from the decision.
    """

    by: ActorRef
    reason: str
    at: datetime
    until: datetime
    earlier: tuple[UUID, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", checked_text(self.reason, "reason", required=True, limit=2000))
        if not self.at < self.until <= self.at + LONGEST_EXEMPTION:
            hint = f"Name a time within the next {LONGEST_EXEMPTION.days} days."
            raise InvalidError("An exemption ends after it begins, and within a week", field="until", hint=hint)

    @property
    def lifters(self) -> tuple[UUID, ...]:
        """Everybody who has lifted freezes for the promotion."""
        return tuple(dict.fromkeys((*self.earlier, *((self.by.id,) if self.by.id else ()))))

    def holds_at(self, at: datetime) -> bool:
        """Whether freezes are lifted at that moment."""
        return self.at <= at < self.until
