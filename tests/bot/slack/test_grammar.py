"""What can be typed, and what is said about what cannot."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.grammar import (
    Ask,
    Deed,
    Help,
    Names,
    UsageError,
    Verb,
    near_misses,
    read_promote,
    read_promotions,
)
from bot.slack.ids import ListValue
from core.domain.promotion import OPEN, Status

ID = UUID("00000000-0000-4000-8000-000000000001")
SHOP = Names("shop-1.4", "production")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("   ", None),
        ("help", Help()),
        ("HELP", Help()),
        ("shop-1.4 production", Ask(SHOP)),
        ("shop-1.4 to production", Ask(SHOP)),
        ("  shop-1.4   TO  production  ", Ask(SHOP)),
        ("shop-1.4 to production why not", Ask(SHOP, "why not")),
        ("shop-1.4 production to be sure", Ask(SHOP, "to be sure")),
        ('"the shop" to "big prod" a "quoted" reason', Ask(Names("the shop", "big prod"), 'a "quoted" reason')),
        ("“the shop” „big prod“ why", Ask(Names("the shop", "big prod"), "why")),
        ("shop-1.4 production a &lt;b&gt; &amp; c", Ask(SHOP, "a <b> & c")),
        ("shop-1.4 production one\ntwo", Ask(SHOP, "one\ntwo")),
    ],
)
def test_promote(typed: str, meant: Ask | Help | None) -> None:
    assert read_promote(typed) == meant


@pytest.mark.parametrize("typed", ["shop-1.4", "shop-1.4 to", '""', '"" production', '"the shop"', "to"])
def test_what_is_missing_is_said_with_an_example_that_works(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_promote(typed)
    (example,) = refused.value.examples
    assert isinstance(read_promote(example.removeprefix("/promote ")), Ask)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ListValue(statuses=tuple(s for s in Status if s in OPEN))),
        ("open", ListValue(statuses=tuple(s for s in Status if s in OPEN))),
        ("all", ListValue()),
        ("mine", ListValue(mine=True)),
        ("mine rejected", ListValue(mine=True, statuses=(Status.REJECTED,))),
        ("rolled-back, Deployed", ListValue(statuses=(Status.DEPLOYED, Status.ROLLED_BACK))),
        ("help", Help()),
        ("show shop-1.4 to production", Deed(Verb.SHOW, SHOP)),
        (f"show {ID}", Deed(Verb.SHOW, ID)),
        ("APPROVE shop-1.4 production well done", Deed(Verb.APPROVE, SHOP, "well done")),
        (f"approve {ID} well done", Deed(Verb.APPROVE, ID, "well done")),
        ("reject shop-1.4 to production no", Deed(Verb.REJECT, SHOP, "no")),
        ("cancel shop-1.4 to production", Deed(Verb.CANCEL, SHOP)),
        ("preview shop-1.4 production", Deed(Verb.PREVIEW, SHOP)),
        ("defer shop-1.4 to production", Deed(Verb.DEFER, SHOP)),
        (
            "lift-freeze shop-1.4 to production 4h it burns",
            Deed(Verb.LIFT_FREEZE, SHOP, "it burns", timedelta(hours=4)),
        ),
        (f"lift-freeze {ID} 30M now", Deed(Verb.LIFT_FREEZE, ID, "now", timedelta(minutes=30))),
    ],
)
def test_promotions(typed: str, meant: ListValue | Deed | Help) -> None:
    assert read_promotions(typed) == meant


@pytest.mark.parametrize("typed", ["aprove", "shw", "reject shop-1.4 production", "approve", f"preview {ID}", "xyzzy"])
def test_what_promotions_does_not_know_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_promotions(typed)
    assert refused.value.examples


@pytest.mark.parametrize("typed", ["", "4h", "soon it burns", "0h it burns", "4 h it burns", "99999d it burns"])
def test_lifting_a_freeze_needs_a_span_and_a_reason(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_promotions(f"lift-freeze shop-1.4 to production {typed}")
    assert refused.value.examples == ("/promotions lift-freeze shop-1.4 to production 4h the shop is down",)


def test_a_rejection_without_a_reason_is_answered_with_what_was_typed_and_one() -> None:
    for typed in ("shop-1.4 to production", '"my shop 1" to production', str(ID)):
        with pytest.raises(UsageError) as refused:
            read_promotions(f"reject {typed}")
        assert refused.value.examples == (f"/promotions reject {typed} not on a Friday",)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_refused_with_an_example(typed: str) -> None:
    for read in (read_promote, read_promotions):
        try:
            read(typed)
        except UsageError as refused:
            assert refused.examples


def test_near_misses_come_nearest_first() -> None:
    known = ["shop-1.4.0", "shop-1.4.1", "shop-1.5.0", "billing-1.4.0"]
    assert near_misses("shop-1.4.0", known)[0] == "shop-1.4.0"
    assert near_misses("SHOP", known) == ["shop-1.4.0", "shop-1.4.1", "shop-1.5.0"]
    assert near_misses("zzz", known) == []
