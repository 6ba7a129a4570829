from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cli.doctor.membership import check_usergroups
from core.domain.people import Person, SlackAccount
from core.domain.policy import ApproverGroup
from core.domain.usergroup import Reading
from tests.support.clock import MORNING, nth_id
from tests.support.memory import MemoryTransactions

AGE = timedelta(hours=1)
SAM = Person(nth_id(1), "sam@example.com", "Sam", slack=(SlackAccount("T01", "U01"),))


@pytest.mark.parametrize(
    ("reading", "outcome", "part"),
    [
        (None, "warning", "not read yet"),
        (Reading(MORNING, enabled=False), "failed", "approves nothing"),
        (Reading(MORNING - timedelta(minutes=61), "T01"), "warning", "read 61 min ago"),
        (Reading(MORNING, "T01", True, ("U07", "U08")), "warning", "2 of its users are nobody we know: U07, U08"),
        (Reading(MORNING - AGE, "T01"), "ok", "S01: 1 members, all known"),
    ],
)
async def test_what_slack_keeps_is_looked_at(reading: Reading | None, outcome: str, part: str) -> None:
    memory = MemoryTransactions()
    group = ApproverGroup(nth_id(2), "sres", frozenset({SAM.id}), "S01", reading)
    await memory.write(lambda store: store.people.add(SAM))
    await memory.write(lambda store: store.groups.add(group))
    (finding,) = await memory.read(lambda store: list(check_usergroups(store, MORNING, AGE)))
    assert (finding.name, finding.outcome) == ("user group of sres", outcome)
    assert part in finding.message
    assert bool(finding.fix) == (outcome != "ok")


async def test_a_group_of_our_own_is_not_slack_s_business() -> None:
    memory = MemoryTransactions()
    await memory.write(lambda store: store.groups.add(ApproverGroup(nth_id(2), "sres")))
    assert await memory.read(lambda store: list(check_usergroups(store, MORNING, AGE))) == []
