"""A policy's wishes make sense, and change nothing about who may approve."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.notify import Notify, Via
from core.errors import InvalidError
from tests.bot.db.samples import MANAGERS, POLICY
from tests.support.clock import nth_id


@pytest.mark.parametrize("percent", [0, 100, -1])
def test_percentages_lie_inside_of_the_time(percent: int) -> None:
    with pytest.raises(InvalidError, match="remindAtPercent"):
        Notify(remind_at_percent=percent)


def test_an_escalation_needs_a_time_and_a_group() -> None:
    with pytest.raises(InvalidError):
        Notify(escalate_at_percent=50)
    with pytest.raises(InvalidError):
        Notify(escalate_to_group=MANAGERS.id)


def test_only_the_policys_own_approvers_are_told_to_approve() -> None:
    own = replace(POLICY, notify=Notify(escalate_at_percent=50, escalate_to_group=MANAGERS.id))
    assert own.escalation_group is not None
    with pytest.raises(InvalidError, match="own approver groups"):
        replace(POLICY, notify=Notify(escalate_at_percent=50, escalate_to_group=nth_id(99)))


def test_wishes_are_no_part_of_the_terms() -> None:
    assert replace(POLICY, notify=Notify(Via.CHANNEL, 10)).digest == POLICY.digest
