from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text import NAME_MAX, TEXT_MAX, checked_name, checked_text, name_key, require_one_alphabet
from core.errors import InvalidError

SNEAKY = {
    "NUL": "\0",
    "line break": "\n",
    "escape": "\x1b",
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "right-to-left mark": "\u200f",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "half a surrogate pair": "\ud800",
    "private use": "\ue000",
    "not a character": "\uffff",
    "line separator": "\u2028",
    "tag letter": "\U000e0041",
    "combining grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "variation selector": "\ufe0f",
    "ideographic variation selector": "\U000e0100",
    "Mongolian variation selector": "\u180b",
    "blank Braille": "\u2800",
}


@pytest.mark.parametrize("character", SNEAKY.values(), ids=SNEAKY)
def test_a_name_holds_nothing_that_cannot_be_seen(character: str) -> None:
    with pytest.raises(InvalidError, match=r"^name holds an invisible or control character at position 4$") as caught:
        checked_name(f"sre{character}team", "name")

    assert caught.value.field == "name"


@pytest.mark.parametrize(
    "name", ["release-managers", "Zoë Müller", "O'Neil, Ann", "王小明", "Ольга", "shop v1.4.0+7", "🚀 x"]
)
def test_names_people_have_are_taken_as_they_are(name: str) -> None:
    assert checked_name(name, "name") == name


def test_a_name_comes_in_composed_form_without_blanks_around_it() -> None:
    assert checked_name("  Zoe\u0308\u00a0", "name") == "Zoë"


@pytest.mark.parametrize("empty", ["", "   ", "\u3000", "\n"])
def test_a_name_says_something(empty: str) -> None:
    with pytest.raises(InvalidError, match=r"^name must not be empty$"):
        checked_name(empty, "name")


def test_a_name_is_as_long_as_allowed_and_not_longer() -> None:
    assert checked_name("x" * NAME_MAX, "name") == "x" * NAME_MAX
    with pytest.raises(InvalidError, match="101 characters long; at most 100"):
        checked_name("x" * (NAME_MAX + 1), "name")


@pytest.mark.parametrize(
    "other",
    [
        "Release Managers",
        "RELEASE MANAGERS",
        "release\u00a0managers",
        "release  managers",
        "\uff52elease managers",
        "relea\u017fe managers",
        "release \u2133anagers",
    ],
)
def test_names_that_look_the_same_are_the_same(other: str) -> None:
    assert name_key(other) == name_key("release managers")


def test_sharp_s_and_ligatures_are_the_letters_they_stand_for() -> None:
    assert name_key("Straße ﬁx") == name_key("STRASSE FIX")


def test_letters_of_another_script_make_another_name() -> None:
    assert name_key("аdmin") != name_key("admin")  # noqa: RUF001 - the first letter is Cyrillic


def test_text_keeps_its_lines_and_tabs() -> None:
    assert checked_text(" one\r\ntwo\n\tthree \n", "comment") == "one\ntwo\n\tthree"


def test_text_may_hold_family_emoji_and_right_to_left_script() -> None:
    assert checked_text("👩‍👩‍👧 שלום", "comment") == "👩‍👩‍👧 שלום"


@pytest.mark.parametrize("broken", ["a\0b", "a\x1b[31mb", "a\rb", "a\x7fb", "a\x85b", "a\ud800b", "\udfff"])
def test_text_holds_no_control_characters_and_no_broken_unicode(broken: str) -> None:
    with pytest.raises(InvalidError, match=r"^comment holds a control character or broken Unicode$") as caught:
        checked_text(broken, "comment")

    assert caught.value.field == "comment"


def test_required_text_says_something_and_the_refusal_says_what_is_wanted() -> None:
    assert checked_text(" \n ", "comment") == ""
    with pytest.raises(InvalidError, match=r"^reason must not be empty$") as caught:
        checked_text(" \n ", "reason", required=True)
    assert caught.value.hint == "Say in reason why."


def test_text_is_as_long_as_allowed_and_not_longer() -> None:
    assert len(checked_text("x" * TEXT_MAX, "comment")) == TEXT_MAX
    with pytest.raises(InvalidError, match="10001 characters long"):
        checked_text("x" * (TEXT_MAX + 1), "comment")


@given(st.text(max_size=NAME_MAX + 20))
def test_whatever_comes_in_a_name_is_refused_or_fit_to_be_shown_stored_and_checked_again(value: str) -> None:
    try:
        name = checked_name(value, "name")
    except InvalidError:
        return
    assert name == checked_name(name, "name")
    assert name.isprintable() or any(unicodedata.category(each) == "Zs" for each in name)
    assert name.encode()
    assert name_key(name)


@given(st.text(max_size=200))
def test_whatever_comes_in_a_text_is_refused_or_fit_to_be_stored_and_checked_again(value: str) -> None:
    try:
        text = checked_text(value, "comment")
    except InvalidError:
        return
    assert text == checked_text(text, "comment")
    assert text.encode().decode() == text
    assert "\0" not in text


@pytest.mark.parametrize("name", ["sh\u043ep-2.4.0", "prod\u03c5ction", "\u0405taging", "Bob \u0410lice", "x-\u13a0a"])
def test_a_word_of_two_alphabets_is_refused_because_it_passes_for_another(name: str) -> None:
    with pytest.raises(InvalidError, match="could pass for another name") as caught:
        require_one_alphabet(name, "name")
    assert caught.value.field == "name"


@pytest.mark.parametrize(
    "name",
    ["shop-2.4.0", "Иван (Ivan)", "магазин-2.4.0", "Ω release", "東京 shop", "naïve", "µ-service", "shop 東京shop", ""],
)
def test_names_of_any_language_are_fine(name: str) -> None:
    require_one_alphabet(name, "name")
