"""Finding what could be the name of a release in what people write."""

from __future__ import annotations

import pytest

from core.domain.mentions import WORDS_READ, possible_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("please promote shop-1.4.0.", "shop-1.4.0"),
        ("*shop-1.4.0* to *production*: awaiting approval", "shop-1.4.0"),
        ("_is `my_app-2`, ok?_", "my_app-2"),
        ("<https://ci.example/7|shop-1.4.0> is built", "shop-1.4.0"),
        ("shop 1.4.0 is ready", "shop-1.4.0"),
        ("the Spring Release 2026!", "Spring Release 2026"),
        ("\u2068Größe-1\u2069 please", "Größe-1"),
        ("shop-1.4.0", "shop-1.4.0"),
    ],
)
def test_a_name_is_among_what_is_looked_up(text: str, name: str) -> None:
    assert name in possible_names(text)


def test_what_has_a_digit_comes_first_and_longer_names_before_their_words() -> None:
    names = possible_names("take shop 1.4.0")
    assert names.index("shop 1.4.0") < names.index("1.4.0") < names.index("take")


def test_nothing_gives_nothing_and_a_novel_is_not_read_to_its_end() -> None:
    assert possible_names("") == possible_names(" .,! \n") == ()
    names = possible_names(" ".join(f"word{n}" for n in range(100_000)))
    assert len(names) <= 4 * WORDS_READ
    assert f"word{WORDS_READ}" not in names
