from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.cli.audit.people import SHOWN, changes, people
from core.app.reviewing import Leaf, LoggedChange
from core.domain.people import Person, SlackAccount
from core.domain.policy import ApproverGroup
from core.evidence.audit.figures import Figures
from core.evidence.audit.period import Period
from core.evidence.audit.reviewed import review
from tests.core.evidence.audit.cases import case, person, vote
from tests.support.clock import nth_id

NOW = "2026-03-02 09:00:00 UTC"


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def made(*given: Mapping[str, Any]) -> Figures:
    figures = Figures(Period.of("2026-03-02", "2026-03-02"))
    for each in given:
        figures.add(review(case(**each), {}))
    return figures


def test_who_voted_and_for_whom() -> None:
    text = words(people(made({"votes": (vote(2), vote(3, 4, "rejected"))}), (), NOW))
    assert "Person 2 1 0 0 0" in text
    assert "Person 3 0 1 1 0" in text
    assert "Person 1 Person 2 0 1" in text
    assert "Environment 2: production-policy 2 release-managers yes dddddddddddd 1" in text


def test_members_of_groups_and_who_of_them_may_not_vote() -> None:
    guest = Person(nth_id(2), "g@example.com", "Gina", slack=(SlackAccount("T01", "U01", "is_restricted"),))
    groups = [(ApproverGroup(nth_id(1), "managers"), (guest,)), (ApproverGroup(nth_id(3), "nobodies"), ())]
    text = words(people(made(), groups, NOW))
    assert "managers Gina (may not vote)" in text
    assert "nobodies nobody: it approves nothing" in text
    assert "In this period, nobody voted." in text


def test_long_tables_say_how_many_are_left_out() -> None:
    votes = [{"votes": (vote(number),), "requester": person(1)} for number in range(2, SHOWN + 5)]
    assert words(people(made(*votes), (), NOW)).count("And 3 more.") == 2


def change(index: int, details: dict[str, object]) -> LoggedChange:
    content = {
        "action": "waiver:created",
        "actor": {"kind": "person", "id": None, "name": "Wendy <b>"},
        "at": "2026-03-02T09:00:00Z",
        "details": details,
    }
    return LoggedChange(Leaf(index, b"", content), b"")


def test_changes_lead_to_their_proofs() -> None:
    markup = changes([change(7, {"reason": "<i>" + "x" * 500})], 9)
    assert 'href="proofs/leaf-7.tlog-proof"' in markup
    assert "Wendy &lt;b&gt;" in markup and "<i>" not in markup
    assert "And 8 more: changes.csv has all of them." in words(markup)
    assert "x" * 301 not in markup
    assert "None of these was changed" in words(changes([], 0))
