"""A case with what an auditor looks for in it: deviations, and how long each voter could have looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.evidence.audit.case import Ballot, Case, Separation
from core.evidence.audit.deviations import Deviation, deviations_of

QUICK = timedelta(seconds=10)
"""Whoever votes in less than this can hardly have looked."""

Told = Mapping[str, datetime]
"""When each person, by id, was first told of a promotion by a direct message."""


@dataclass(frozen=True, slots=True)
class TimedBallot:
    """A vote, and when the voter could first see what it is about.

    Everybody can see a promotion from its request on. `told_at` is when the voter was told of it in person, before the
    vote; None where that never happened. It is not in the packet: the database remembers it.
    """

    ballot: Ballot
    requested_at: datetime
    told_at: datetime | None

    @property
    def after_request(self) -> timedelta:
        """From the request to the vote: by the packet alone."""
        return self.ballot.at - self.requested_at

    @property
    def after_told(self) -> timedelta | None:
        """From the direct message to the vote."""
        return self.ballot.at - self.told_at if self.told_at else None

    @property
    def quick(self) -> bool:
        """Whether the voter had less than QUICK, from the message if there was one, else from the request."""
        return (self.after_request if self.after_told is None else self.after_told) < QUICK


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case, looked at."""

    case: Case
    deviations: tuple[Deviation, ...]
    ballots: tuple[TimedBallot, ...]

    @property
    def quick(self) -> tuple[TimedBallot, ...]:
        """The votes that were given in less than QUICK."""
        return tuple(timed for timed in self.ballots if timed.quick)

    @property
    def separation(self) -> Separation | None:
        """See `Case.separation`."""
        return self.case.separation


def review(case: Case, told: Told) -> Reviewed:
    """Look at a case."""
    ballots = (_timed(case, ballot, told.get(ballot.voter.id)) for ballot in case.ballots)
    return Reviewed(case, deviations_of(case), tuple(ballots))


def _timed(case: Case, ballot: Ballot, told_at: datetime | None) -> TimedBallot:
    """What somebody was told after the vote did not bring the vote about."""
    return TimedBallot(ballot, case.requested_at, told_at if told_at and told_at <= ballot.at else None)
