"""Waivers and VEX on the card and in the details."""

from __future__ import annotations

from typing import Any

from bot.slack.views.card import card
from bot.slack.views.details_modal import Details, details_modal
from bot.slack.views.findings import exceeding, told, waived
from core.domain.gate_result import GateResult
from tests.bot.slack.makers import promotion, said, view

FOUND = {
    "id": "CVE-2024-0001",
    "severity": "critical",
    "package": "openssl",
    "version": "3.0.1",
    "fixedVersion": "3.0.2",
}
WAIVED = {
    **FOUND,
    "waiverId": "x",
    "waivedBy": "Wendy",
    "waivedAt": "2026-01-10T14:00:00Z",
    "until": "2026-03-01T00:00:00Z",
    "reason": "Only <build> reaches it",
}
STATED = {
    **FOUND,
    "status": "not_affected",
    "author": "Example & Co",
    "justification": "vulnerable_code_not_in_execute_path",
    "explanation": "TLS ends before us",
    "statedAt": "2026-01-09T08:00:00Z",
}


def gate(name: str = "security-gate", **details: Any) -> GateResult:
    return GateResult(name, True, False, "Within thresholds: 0 critical (max: 0); 1 waived", details)


def test_the_card_says_what_was_waived_by_whom_and_until_when() -> None:
    line = waived((gate(waived=[WAIVED]),))

    assert line.startswith(":memo: *Waived*: *CVE-2024-0001* in openssl until <!date^")
    assert line.endswith("> by Wendy")
    assert line in str(card(view(promotion(gates=(gate(waived=[WAIVED]),)))).blocks)
    assert waived((gate(),)) == ""


def test_the_card_names_what_is_more_than_allowed() -> None:
    over = gate(exceeding=[FOUND] * 5)

    line = exceeding((over,))

    assert line.startswith(":mag: *Found*: *CVE-2024-0001* in openssl (critical), ")
    assert line.endswith(" and 2 more")
    assert line in str(card(view(promotion(gates=(over,)))).blocks)
    assert exceeding((gate(),)) == ""


def test_many_waivers_are_counted() -> None:
    assert waived((gate(waived=[WAIVED] * 20),)).endswith("and 17 more")


def test_another_gates_facts_of_the_same_name_are_left_alone() -> None:
    assert waived((gate("plug-in", waived=[{"id": 7}]),)) == ""
    assert list(told(gate("plug-in", waived="yes"))) == []


def test_the_details_tell_every_list_in_words_with_text_escaped() -> None:
    security = gate(criticalCount=0, waived=[WAIVED], vex=[STATED], denied=[FOUND])
    shown = details_modal(Details(view(promotion(gates=(security,)))))
    text = said(shown)

    assert "Waived, so not counted" in text
    assert "Only &lt;build&gt; reaches it" in text
    assert "not affected, vulnerable code not in execute path, says Example &amp; Co" in text
    assert "*CVE-2024-0001* in openssl 3.0.1 (critical, fixed in 3.0.2)" in text
    assert '"waivedBy"' not in text, "what is told in words is not shown as JSON too"
