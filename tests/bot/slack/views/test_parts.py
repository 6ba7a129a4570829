"""Words that several messages share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.views import parts
from core.domain.policy import DEFAULT_POLICY
from core.domain.promotion import Promotion
from tests.bot.slack.makers import BLOCKED, PASSED, every_status, extreme, policy, promotion, view


@pytest.mark.parametrize("of", every_status(), ids=lambda of: of.outcome)
def test_every_status_is_said_in_words_and_not_by_a_sign_alone(of: Promotion) -> None:
    line = parts.status_line(of)
    assert parts.status_words(of).strip()
    assert f"*{parts.status_words(of)}*" in line
    assert line.startswith(":")


def test_groups_are_named_and_counted() -> None:
    assert parts.groups(policy("p", 1, *"abcdefgh")) == "a, b, c, d, e, f and 2 more"
    assert parts.groups(DEFAULT_POLICY) == "anybody with the role admin and approver"


def test_gates_alone_decide_where_nobody_is_asked() -> None:
    alone = promotion(policies=(policy("staging", 0),))
    assert "none needed" in parts.progress(view(alone))


def test_of_fifty_gates_the_blocking_ones_come_first_and_the_rest_is_counted() -> None:
    rows = parts.gate_rows(extreme().promotion.gates)
    assert rows.startswith(":no_entry:")
    assert rows.endswith("more gates")
    many = tuple(replace(PASSED, gate_name=f"gate-{number}") for number in range(5))
    assert "blocks" in parts.gate_rows((*many, BLOCKED)).split("\n")[0]


def test_the_heading_is_plain() -> None:
    assert parts.heading(promotion(release_name="a<b")) == "a<b → production"
    assert parts.subject(promotion(release_name="a<b")) == "*a&lt;b* to *production*"
    assert parts.deployment(promotion()) == ""
