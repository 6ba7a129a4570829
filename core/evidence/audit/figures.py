"""The figures of a period, counted up case by case. They do not depend on the order of the cases.

Every number is of the packets of the period alone, but for the times of direct messages, which decide about votes
in under ten seconds, and for requests that were not decided in the period. What is named as well as counted is named
up to NAMED times: the tables of an export name all.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from core.domain.promotion import CloseReason, Status
from core.evidence.audit.case import Case, Party, Separation
from core.evidence.audit.deviations import DeviationKind
from core.evidence.audit.period import Period
from core.evidence.audit.reviewed import Reviewed
from core.evidence.audit.spans import Spans, together

NAMED = 200


@dataclass(slots=True)
class Place:
    """What happened on the way to one environment. `spans` are from request to decision, where votes decided."""

    name: str
    requested: int = 0
    undecided: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    separation: Counter[Separation] = field(default_factory=Counter)
    with_deviations: int = 0
    spans: Spans = field(default_factory=Spans)

    @property
    def decided(self) -> int:
        """Everything that was closed: let through, refused or cancelled."""
        return self.outcomes.total()

    @property
    def allowed(self) -> int:
        """What was let through."""
        return self.separation.total()


@dataclass(slots=True)
class Voter:
    """What one person did."""

    party: Party
    requested: int = 0
    approved: int = 0
    rejected: int = 0
    quick: int = 0


class Rule(NamedTuple):
    """A policy as packets have it: under which terms approvals counted."""

    environment: str
    policy: str
    digest: str
    required: int
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    separation: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people, and how often each approved what the other one asked for."""

    one: Party
    other: Party
    one_approved: int
    other_approved: int


class Named:
    """The first NAMED cases of a kind, by the time of their decision, and how many there are."""

    def __init__(self) -> None:
        self.total = 0
        self._kept: list[Reviewed] = []

    def add(self, reviewed: Reviewed) -> None:
        """Take one in."""
        self.total += 1
        insort(self._kept, reviewed, key=_when)
        del self._kept[NAMED:]

    def __iter__(self) -> Iterator[Reviewed]:
        return iter(self._kept)

    @property
    def more(self) -> int:
        """How many are counted and not kept."""
        return self.total - len(self._kept)


class Figures:
    """Counts up. `add` takes decided cases, `add_undecided` requests that the period left open."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._places: dict[str, Place] = {}
        self._voters: dict[str, Voter] = {}
        self._approved: Counter[tuple[str, str]] = Counter()
        self.deviations: Counter[DeviationKind] = Counter()
        self.promotions_by_deviation: Counter[DeviationKind] = Counter()
        self.rules: Counter[Rule] = Counter()
        self.keys: Counter[str] = Counter()
        self.votes = 0
        self.quick_votes = 0
        self.by_separation: defaultdict[Separation, Named] = defaultdict(Named)
        self.quick = Named()
        self.deviating = Named()

    def add(self, reviewed: Reviewed) -> None:
        """Count a decided case."""
        case = reviewed.case
        place = self._place(case.target_id, case.target)
        place.outcomes[case.outcome] += 1
        self.keys[case.signer_key_ref] += 1
        if case.requested_at in self._period:
            self._ask(place, case.requested_by)
        if case.by_people:
            place.spans.add(case.time_to_decision)
        if separation := case.separation:
            place.separation[separation] += 1
            self.by_separation[separation].add(reviewed)
        self._count_deviations(place, reviewed)
        self._count_votes(reviewed)
        self._count_rules(case)

    def add_undecided(self, target_id: str, target: str, requested_by: Party) -> None:
        """Count a request of the period that was not decided in it."""
        place = self._place(target_id, target)
        place.undecided += 1
        self._ask(place, requested_by)

    @property
    def places(self) -> tuple[Place, ...]:
        """By environment, in the order of their names."""
        return tuple(self._places[id] for id in sorted(self._places, key=lambda id: (self._places[id].name, id)))

    @property
    def whole(self) -> Place:
        """All environments together."""
        whole = Place("All environments")
        for place in self._places.values():
            whole.requested += place.requested
            whole.undecided += place.undecided
            whole.outcomes.update(place.outcomes)
            whole.separation.update(place.separation)
            whole.with_deviations += place.with_deviations
        whole.spans = together(place.spans for place in self._places.values())
        return whole

    @property
    def voters(self) -> tuple[Voter, ...]:
        """Everybody who asked or voted, who approved most first."""
        return tuple(sorted(self._voters.values(), key=lambda each: (-each.approved, each.party.name, each.party.key)))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Who approved whose requests: those that do so for each other most first, then those that do it most."""
        pairs = {frozenset(both) for both in self._approved}
        return tuple(sorted((self._pair(*sorted(both)) for both in pairs), key=_mutual_first))

    def _place(self, id: str, name: str) -> Place:
        place = self._places.setdefault(id, Place(name))
        place.name = max(place.name, name)  # whichever, if it was renamed, but the same in every order of cases
        return place

    def _voter(self, party: Party) -> Voter:
        voter = self._voters.setdefault(party.key, Voter(party))
        voter.party = max(voter.party, party, key=lambda each: each.name)
        return voter

    def _ask(self, place: Place, requested_by: Party) -> None:
        place.requested += 1
        self._voter(requested_by).requested += 1

    def _count_deviations(self, place: Place, reviewed: Reviewed) -> None:
        kinds = Counter(deviation.kind for deviation in reviewed.deviations)
        self.deviations.update(kinds)
        self.promotions_by_deviation.update(kinds.keys())
        if kinds:
            place.with_deviations += 1
            self.deviating.add(reviewed)

    def _count_votes(self, reviewed: Reviewed) -> None:
        requester = reviewed.case.requested_by
        for timed in reviewed.ballots:
            voter = self._voter(timed.ballot.voter)
            voter.approved += timed.ballot.approves
            voter.rejected += not timed.ballot.approves
            voter.quick += timed.quick
            if timed.ballot.approves and requester.is_person and requester.id != timed.ballot.voter.id:
                self._voter(requester)
                self._approved[requester.id, timed.ballot.voter.id] += 1
        self.votes += len(reviewed.ballots)
        self.quick_votes += len(reviewed.quick)
        if reviewed.quick:
            self.quick.add(reviewed)

    def _count_rules(self, case: Case) -> None:
        for policy in case.policies:
            rule = Rule(
                environment=case.target,
                policy=policy["name"],
                digest=policy["digest"],
                required=policy["requiredApprovals"],
                groups=tuple(policy["approverGroups"]),
                roles=tuple(policy.get("approverRoles") or ()),
                separation=policy["requireSeparationOfDuties"],
            )
            self.rules[rule] += 1

    def _pair(self, one: str, other: str) -> Pair:
        counts = (self._approved[other, one], self._approved[one, other])
        return Pair(self._voters[one].party, self._voters[other].party, *counts)


ENDED = (CloseReason.EXPIRED.value, CloseReason.SUPERSEDED.value)
OUTCOMES = (Status.APPROVED.value, Status.REJECTED.value, Status.CANCELLED.value, *ENDED)
"""What can become of a promotion, as `Case.outcome` says it: the words of a packet, which is never changed later."""


def _when(reviewed: Reviewed) -> tuple[str, str]:
    return reviewed.case.generated_at.isoformat(), reviewed.case.packet_id


def _mutual_first(pair: Pair) -> tuple[int, int, str, str, str, str]:
    counts = (pair.one_approved, pair.other_approved)
    return -min(counts), -sum(counts), pair.one.name, pair.other.name, pair.one.key, pair.other.key
