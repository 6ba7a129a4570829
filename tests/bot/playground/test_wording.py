from __future__ import annotations

from bot.playground.wording import words_of
from tests.bot.playground.kettle import card, form


def test_words_are_what_a_reader_sees() -> None:
    words = words_of(card("Assam", "U01", "wanted", is_open=True)).splitlines()
    assert words[0] == "Tea: Assam :tea:"
    assert "Boil" in words
    assert "Boil it?" not in words
    assert "Describe" not in words


def test_labels_and_hints_of_fields_are_words_and_placeholders_are_not() -> None:
    words = words_of(form("C01")["blocks"])
    assert "Kind" in words
    assert "Type a letter" in words
    assert "Choose a tea" not in words
