"""Risk and changes at one glance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.views.card import card
from bot.slack.views.glance import artifact_rows, risk, what_changes
from core.domain.gate_result import GateResult
from core.domain.release import Artifact
from tests.bot.slack.makers import PASSED, promotion, release, said, view

OTHER = "sha256:" + "b" * 64


def counted(critical: int | None, high: int | None, **more: int | None) -> GateResult:
    return GateResult("security-gate", True, False, "ok", {"criticalCount": critical, "highCount": high, **more})


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (counted(0, 0, maxCritical=0, maxHigh=5), ":large_green_circle: *Risk*: 0 critical (allowed 0), 0 high"),
        (counted(0, 3, maxCritical=0, maxHigh=None), ":large_yellow_circle: *Risk*: 0 critical (allowed 0), 3 high"),
        (counted(2, 7), ":red_circle: *Risk*: 2 critical, 7 high"),
        (counted(None, None), "*Risk*: unknown, no scan report"),
    ],
)
def test_the_counts_of_the_scan_are_the_risk(gate: GateResult, words: str) -> None:
    assert words in risk((PASSED, gate))


def test_without_a_gate_that_counts_nothing_is_said() -> None:
    assert risk((PASSED,)) == ""


def test_versions_artifacts_and_the_diff() -> None:
    before = release(version="1.3.0", artifacts=(Artifact("shop:1.3.0", OTHER), Artifact("old", OTHER)))
    now = release(
        artifacts=(Artifact("shop:1.4.0", "sha256:" + "a" * 64), Artifact("new", OTHER)),
        changes_url="https://git.example.com/compare?a=1&b=2",
    )
    shown = replace(view(), release=now, current=before)
    assert what_changes(shown) == (
        "*What changes*: shop 1.3.0 → *1.4.0* · artifacts: 1 changed, 1 added, 1 removed · "
        "<https://git.example.com/compare?a=1&amp;b=2|See what is new>"
    )
    assert artifact_rows(before, now) == "changed: shop\nnew: new\ngone: old"
    assert "*What changes*" in said(card(shown))


def test_the_same_artifacts_and_the_first_time() -> None:
    assert "the same artifacts" in what_changes(replace(view(), current=release(version="1.3.0")))
    assert "nothing of it is known to run in production" in what_changes(view())
    assert artifact_rows(release(), release()) == "No artifact changes"


def test_a_long_address_never_costs_the_risk() -> None:
    now = release(changes_url="https://git.example.com/" + "&" * 1900)
    shown = replace(view(promotion(gates=(counted(2, 7),))), release=now)
    blocks = card(shown).blocks
    (glance,) = [block for block in blocks if "*Risk*" in str(block)]
    assert len(glance["text"]["text"]) <= 3000
    assert "2 critical" in glance["text"]["text"]
