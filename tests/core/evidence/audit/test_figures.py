"""Figures add up whatever the cases are, and in whatever order they come."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.evidence.audit.case import Case, Party, Separation
from core.evidence.audit.deviations import DeviationKind
from core.evidence.audit.figures import NAMED, OUTCOMES, Figures, Named
from core.evidence.audit.period import Period
from core.evidence.audit.reviewed import Reviewed, review
from tests.core.evidence.audit.cases import case, content, gate, person, vote

PERIOD = Period.of("2026-03-02", "2026-03-02")


def counted(*cases: Reviewed) -> Figures:
    figures = Figures(PERIOD)
    for each in cases:
        figures.add(each)
    return figures


def looked_at(**given: Any) -> Reviewed:
    return review(case(**given), {})


votes = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 40), st.sampled_from(["approved", "rejected"])),
    max_size=4,
    unique_by=lambda each: each[0],
)


@st.composite
def reviewed(draw: st.DrawFn) -> Reviewed:
    number = draw(st.integers(1, 10**6))
    status = draw(st.sampled_from(["approved", "rejected", "cancelled"]))
    cast = tuple(vote(who, after, choice) for who, after, choice in draw(votes))
    reason = draw(st.sampled_from([None, "expired", "superseded"])) if status == "cancelled" else None
    made = content(
        status=status,
        number=number,
        target=draw(st.integers(2, 3)),
        requester=person(draw(st.integers(1, 4))),
        votes=cast,
        gates=(gate(passed=draw(st.booleans())),),
        decided=draw(st.integers(40, 10**6)),
        closeReason=reason,
    )
    return review(Case.of(made), {})


def told(figures: Figures) -> tuple[object, ...]:
    """Everything that figures say."""
    whole = figures.whole
    places = [
        (each.name, each.decided, each.outcomes, each.separation, each.spans.rank(50, 90)) for each in figures.places
    ]
    named = [sorted(each.case.packet_id for each in cases) for cases in (figures.quick, figures.deviating)]
    counts = (figures.votes, figures.quick_votes, figures.deviations, figures.promotions_by_deviation, figures.rules)
    return places, whole.spans.distribution(), figures.voters, figures.pairs, named, counts


@given(st.lists(reviewed(), max_size=8).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made))))
def test_the_order_of_the_cases_does_not_matter(both: tuple[list[Reviewed], list[Reviewed]]) -> None:
    one, other = both
    assert told(counted(*one)) == told(counted(*other))


@given(st.lists(reviewed(), max_size=8))
def test_everything_adds_up(cases: list[Reviewed]) -> None:
    figures = counted(*cases)
    whole = figures.whole
    assert whole.decided == len(cases) == sum(place.decided for place in figures.places)
    assert set(whole.outcomes) <= set(OUTCOMES)
    assert whole.allowed == whole.outcomes["approved"] == sum(whole.separation.values())
    assert {kind: len(list(named)) for kind, named in figures.by_separation.items()} == dict(whole.separation)
    approvals = [(each.case, ballot) for each in cases for ballot in each.case.approvals]
    others = [ballot for made, ballot in approvals if ballot.voter.id != made.requested_by.id]
    assert sum(voter.approved for voter in figures.voters) == len(approvals)
    assert sum(pair.one_approved + pair.other_approved for pair in figures.pairs) == len(others)
    assert sum(voter.approved + voter.rejected for voter in figures.voters) == figures.votes
    assert sum(voter.quick for voter in figures.voters) == figures.quick_votes
    assert len(whole.spans) == sum(each.case.by_people for each in cases)
    assert whole.with_deviations == sum(bool(each.deviations) for each in cases)


def test_who_approves_whom_most_for_each_other_comes_first() -> None:
    cases = [looked_at(requester=person(1), votes=(vote(2),)) for _ in range(9)]
    cases += [looked_at(requester=person(3), votes=(vote(4),)), looked_at(requester=person(4), votes=(vote(3),))]
    first, second = counted(*cases).pairs
    assert {first.one.id, first.other.id} == {person(3)["id"], person(4)["id"]}
    assert (first.one_approved, first.other_approved) == (1, 1)
    assert (second.one_approved, second.other_approved) == (0, 9)


def test_requests_count_by_when_they_were_made() -> None:
    figures = Figures(Period.of("2026-03-03", "2026-03-03"))
    figures.add(looked_at(votes=(vote(2),), decided=86_400))
    figures.add_undecided("e", "Staging", Party("person", "p", "Pat"))
    assert (figures.whole.requested, figures.whole.decided, figures.whole.undecided) == (1, 1, 1)
    assert {voter.party.name: voter.requested for voter in figures.voters} == {"Person 1": 0, "Person 2": 0, "Pat": 1}


def test_an_exception_is_counted_once_for_each_promotion() -> None:
    twice = (gate(passed=False), gate("soak-gate", passed=False))
    figures = counted(looked_at(gates=twice), looked_at(gates=twice[:1]), looked_at())
    assert figures.deviations[DeviationKind.ADVISORY_GATE_FAILED] == 3
    assert figures.promotions_by_deviation[DeviationKind.ADVISORY_GATE_FAILED] == 2
    assert figures.whole.with_deviations == 2


def test_the_first_are_kept_by_name_and_the_others_counted() -> None:
    named = Named()
    for number in reversed(range(NAMED + 3)):
        named.add(looked_at(decided=number, number=number + 1))
    kept = [each.case.time_to_decision.seconds for each in named]
    assert kept == list(range(NAMED))
    assert (named.total, named.more) == (NAMED + 3, 3)


def test_gates_alone_are_told_apart() -> None:
    figures = counted(looked_at(), looked_at(votes=(vote(1),)))
    assert {kind: named.total for kind, named in figures.by_separation.items()} == {
        Separation.NO_PERSON: 1,
        Separation.SELF_APPROVED: 1,
    }
