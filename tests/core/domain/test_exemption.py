from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.exemption import LONGEST_EXEMPTION, FreezeExemption
from core.domain.people import ActorKind, ActorRef
from core.errors import InvalidError
from tests.support.clock import MORNING, nth_id

ERIN = ActorRef(ActorKind.PERSON, nth_id(1), "Erin")


def test_it_holds_from_its_start_until_just_before_its_end() -> None:
    exemption = FreezeExemption(ERIN, " The shop is down ", MORNING, MORNING + LONGEST_EXEMPTION)
    assert exemption.reason == "The shop is down"
    assert exemption.holds_at(MORNING)
    assert not exemption.holds_at(MORNING + LONGEST_EXEMPTION)
    assert not exemption.holds_at(MORNING - timedelta(seconds=1))


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(hours=-1), LONGEST_EXEMPTION + timedelta(seconds=1)])
def test_it_ends_within_a_week(lasts: timedelta) -> None:
    with pytest.raises(InvalidError) as refused:
        FreezeExemption(ERIN, "The shop is down", MORNING, MORNING + lasts)
    assert refused.value.field == "until"


def test_it_needs_a_reason() -> None:
    with pytest.raises(InvalidError) as refused:
        FreezeExemption(ERIN, " ", MORNING, MORNING + timedelta(hours=1))
    assert refused.value.field == "reason"
