from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import InvalidError
from core.evidence.audit.case import Case, Separation
from tests.core.evidence.audit.cases import case, content, moment, person, vote
from tests.core.evidence.decisions import decided


def test_a_real_packet_is_read_as_it_was_decided() -> None:
    packet = decided()
    read = Case.of(packet.content)
    assert (read.packet_id, read.promotion_id) == (str(packet.id), str(packet.promotion_id))
    assert read.generated_at == packet.generated_at
    assert (read.status, read.allowed) == ("approved", True)
    assert [ballot.voter.name for ballot in read.ballots]


@pytest.mark.parametrize(
    ("given", "separation"),
    [
        ({"votes": (vote(2), vote(3))}, Separation.SEPARATE),
        ({"votes": (vote(2), vote(1))}, Separation.SELF_APPROVED),
        ({"votes": (vote(1, choice="rejected"), vote(2))}, Separation.SEPARATE),
        ({}, Separation.NO_PERSON),
        ({"status": "rejected", "votes": (vote(1, choice="rejected"),)}, None),
        ({"status": "cancelled", "votes": (vote(2),)}, None),
        ({"votes": (vote(1),), "requester": {"kind": "service", "id": None, "name": "ci"}}, Separation.SEPARATE),
    ],
)
def test_separation_is_told_by_who_asked_and_who_approved(given: dict[str, object], separation: object) -> None:
    assert case(**given).separation is separation


def test_only_votes_decide_by_people() -> None:
    assert case(votes=(vote(2),)).by_people
    assert case(status="rejected", votes=(vote(2, choice="rejected"),)).by_people
    assert not case().by_people
    assert not case(status="cancelled", votes=(vote(2),)).by_people


def test_times_and_outcomes() -> None:
    expired = case(status="cancelled", closeReason="expired", decided=90)
    assert expired.time_to_decision == timedelta(seconds=90)
    assert expired.decided_at == moment(90)
    assert (expired.outcome, case(status="cancelled", closeReason="cancelled_by_admin").outcome) == (
        "expired",
        "cancelled",
    )


def test_who_has_no_id_is_told_apart_by_its_kind() -> None:
    made = case(requester={"kind": "system", "id": None, "name": "Countersign"})
    assert (made.requested_by.key, made.requested_by.is_person) == ("system", False)
    assert case(requester=person(7)).requested_by.key == person(7)["id"]


@pytest.mark.parametrize("missing", ["promotion", "actors", "approvals", "generatedAt"])
def test_what_is_no_decision_is_refused(missing: str) -> None:
    broken = content()
    del broken[missing]
    with pytest.raises(InvalidError):
        Case.of(broken)
