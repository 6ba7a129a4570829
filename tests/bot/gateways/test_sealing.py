"""Secrets in the database: opened with the right key, for the right purpose, and not otherwise."""

from __future__ import annotations

import pytest

from bot.gateways.sealing import Seal, SealError, new_key, split_keys

OLD, NEW = "A" * 42 + "E=", "B" * 42 + "E="
TOKENS = {"access": "xoxe.xoxb-1-" + "x" * 3000, "refresh": "xoxe-1-ü"}


def test_what_is_sealed_comes_back_and_does_not_show() -> None:
    seal = Seal(OLD)
    sealed = seal.close("T01", TOKENS)
    assert seal.open("T01", sealed) == TOKENS
    assert "xoxe" not in sealed
    assert sealed != seal.close("T01", TOKENS)


def test_another_key_opens_nothing_and_says_which_setting() -> None:
    with pytest.raises(SealError, match=r"T01 cannot be opened with COUNTERSIGN_ENCRYPTION_KEY") as refused:
        Seal(NEW).open("T01", Seal(OLD).close("T01", TOKENS))
    assert "older key may stand behind it" in refused.value.hint
    assert "xoxe" not in str(refused.value)


def test_a_row_in_another_ones_place_is_refused() -> None:
    seal = Seal(OLD)
    with pytest.raises(SealError, match="something else"):
        seal.open("T02", seal.close("T01", TOKENS))


@pytest.mark.parametrize("text", ["", "gAAAA", "é", "x" * 5000])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SealError):
        Seal(OLD).open("T01", text)
    assert not Seal(OLD).is_newest(text.encode("ascii", "ignore").decode())


def test_a_key_is_changed_with_the_old_one_behind_the_new_one() -> None:
    sealed = Seal(OLD).close("T01", TOKENS)
    both = Seal(f"{NEW}, {OLD}")
    assert both.open("T01", sealed) == TOKENS
    assert not both.is_newest(sealed)
    renewed = both.renewed(sealed)
    assert both.is_newest(renewed)
    assert Seal(NEW).open("T01", renewed) == TOKENS
    with pytest.raises(SealError):
        Seal(NEW).renewed(sealed)


@pytest.mark.parametrize("text", ["", " , ", "short", f"{OLD},short"])
def test_keys_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        split_keys(text)


def test_a_new_key_is_one() -> None:
    assert split_keys(new_key()) != split_keys(new_key())
