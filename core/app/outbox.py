"""What must be told after a commit, written down before it.

An errand names what to bring up to date, never what to say: it is worked out when it is run, so a late or repeated
delivery still ends right. Errands in ONCE are run to the end a single time for each subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Errand(StrEnum):
    """What there is to do for one promotion; where it says so, for a release, a person or an environment."""

    EVALUATE = "evaluate"
    """Look at the gates again."""
    ASK = "ask"
    """Ask the services that a webhook gate waits for."""
    CARD = "card"
    """Bring the card in the environment's channel, and its thread, up to date."""
    NOTICES = "notices"
    """Bring the direct messages to those who may approve, and to those who were asked before, up to date."""
    SUMMARY = "summary"
    """Post the signed summary of the decision, with the packet."""
    TIMESTAMP = "timestamp"
    """Have the decision's packet timestamped."""
    EXPORTS = "exports"
    """Put the evidence in the forms that other tools read into the thread of the signed summary."""
    OUTCOME = "outcome"
    """Tell the requester how it ended."""
    DESK = "desk"
    """Tell a person what waits to be told, and bring the digests of that person up to date. The subject is a person."""
    TROUBLE = "trouble"
    """Tell the administrators of a channel that cannot be posted in. The subject is an environment."""
    WEBHOOK = "webhook"
    """Tell the pipeline that deploys."""
    HOMES = "homes"
    """Have the App Homes of everybody whom the promotion concerns brought up to date."""
    HOME = "home"
    """Bring the App Home of one person up to date."""
    ANNOUNCE = "announce"
    """Bring the announcements of one release up to date."""
    STEP = "step"
    """Answer a step of a workflow, and ask the person whom it needs. The subject is the step."""
    USERGROUPS = "usergroups"
    """Read the members of all user groups from Slack."""


ALL_ERRANDS = frozenset(Errand)
ONCE = frozenset({Errand.SUMMARY, Errand.OUTCOME, Errand.WEBHOOK})

_FOR_EACH_PERSON = frozenset({Errand.NOTICES, Errand.DESK, Errand.HOMES, Errand.HOME})
LANES = (
    frozenset({Errand.EVALUATE}),
    frozenset({Errand.WEBHOOK}),
    frozenset({Errand.ASK}),
    ALL_ERRANDS - _FOR_EACH_PERSON - {Errand.EVALUATE, Errand.WEBHOOK, Errand.ASK},
    _FOR_EACH_PERSON,
)
"""Errands that wait for each other. Gates wait for no message, no message for a slow pipeline or a service that a
gate asks, and no card for the hundreds that people are told."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One errand as stored. `key` is `errand:subject`, so one subject has one entry however often it changes.

    `generation` counts how often the errand was asked for: an entry that was asked for again while it was being run
    stays due. `attempts` counts the failed runs since it last went well.
    """

    key: str
    errand: Errand
    subject_id: UUID
    generation: int
    attempts: int
    created_at: datetime
    correlation_id: str

    @property
    def was_asked_once(self) -> bool:
        """Whether the errand was never asked for again."""
        return self.generation == 1


@dataclass(frozen=True, slots=True)
class OutboxDepth:
    """How much waits to be told, since when, and how much of it has failed at least once."""

    waiting: int
    oldest: datetime | None
    failing: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message in Slack that stands for something of ours.

    `key` names it for good (`card:PROMOTION`, `notice:PROMOTION:PERSON`, `history:PROMOTION:SEQUENCE`,
    `nudged:PROMOTION:TIME:PERSON`, `summary:PROMOTION`, `packet:PROMOTION`, `export:PROMOTION:FORM`,
    `outcome:PROMOTION`, and with a
    release in place of the promotion `registered:RELEASE:ENVIRONMENT`, `runs:PROMOTION`). `ts` is empty between the
    decision to post and Slack's answer: whoever finds it so looks for the message before posting again. `digest` is
    over what it shows. `team` is the workspace that it stands in; empty for the only one there was.
    """

    key: str
    promotion_id: UUID
    channel: str
    ts: str
    digest: str
    at: datetime
    team: str = ""


LONGEST_WAIT = timedelta(minutes=5)
"""How long an errand is put off at most."""
LONGEST_HOLD = timedelta(seconds=30)
"""How far ahead an errand is due at most that has never been put off: whoever runs it holds it for less."""


class Outbox(Protocol):
    """Errands to run after the commit."""

    def put(self, errand: Errand, subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        """Ask for an errand; one that waits is asked for again, one in ONCE that was ever asked for stays as it is."""
        ...

    def put_all(self, errands: Iterable[Errand], subject_id: UUID, now: datetime, correlation_id: str = "") -> None:
        """The same for several errands about one subject at one go."""
        ...

    def put_each(self, errand: Errand, subject_ids: Iterable[UUID], now: datetime) -> None:
        """The same for many subjects at one go; not for errands in ONCE."""
        ...

    def repair(self, errand: Errand, subject_id: UUID, now: datetime) -> None:
        """Ask for an errand even though it was run to its end, because what it left is not there."""
        ...

    def due(self, now: datetime, most: int = 256) -> Set[Errand]:
        """Which errands are due, by the `most` that are due first; all of them where there are so many."""
        ...

    def claim(
        self, now: datetime, until: datetime, limit: int, among: Set[Errand] = ALL_ERRANDS
    ) -> tuple[OutboxEntry, ...]:
        """Take due errands that nobody else holds, oldest first; they are due again at `until` if not finished."""
        ...

    def hold(self, entry: OutboxEntry, until: datetime) -> None:
        """Keep a claimed errand for longer; its run is still under way."""
        ...

    def finish(self, entry: OutboxEntry, now: datetime) -> None:
        """It went well. Where it was asked for again meanwhile, it becomes due at once."""
        ...

    def put_off(self, entry: OutboxEntry, due_at: datetime, error: str) -> None:
        """It did not go well; try again at `due_at`. `error` is kept for `doctor`."""
        ...

    def take_back(self, now: datetime) -> int:
        """Make due what is not due for longer than anybody waits or holds; say how much.

        A clock that was ahead has named that time, and has been set back since. What a run still holds stays its own:
        holding names a time by the new clock.
        """
        ...

    def depth(self) -> OutboxDepth:
        """How much waits."""
        ...

    def failures(self, limit: int) -> tuple[tuple[OutboxEntry, str], ...]:
        """The errands that failed last, with what went wrong."""
        ...


class Sent(Protocol):
    """What stands in Slack."""

    def get(self, key: str) -> SentMessage | None:
        """The message with that key."""
        ...

    def put(self, message: SentMessage) -> None:
        """Store a message, or what has changed of it."""
        ...

    def of(self, promotion_id: UUID) -> tuple[SentMessage, ...]:
        """All messages about a promotion, by key."""
        ...

    def forget(self, key: str) -> None:
        """The message is gone from Slack."""
        ...
