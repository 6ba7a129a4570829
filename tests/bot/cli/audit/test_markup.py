from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.cli.audit.markup import Html, joined, raw, tag
from bot.cli.audit.words import visible


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


def test_elements_attributes_and_what_is_left_out() -> None:
    made = tag("a", "x & y", None, 3, href="?a=1&b", class_="c", hidden=True, aria_label=None, disabled=False)
    assert made == '<a href="?a=1&amp;b" class="c" hidden>x &amp; y3</a>'
    assert tag("br") == "<br/>"
    assert joined("<", raw("<b>"), tag("i")) == "&lt;<b><i></i>"


@given(st.text(), st.text())
def test_no_text_becomes_markup(text: str, value: str) -> None:
    found = read(tag("p", text, title=value))
    assert [name for name, _ in found.tags] == ["p"]
    assert found.text == visible(text)
    assert set(found.tags[0][1]) == {"title"}


def test_parts_of_markup_are_text_again() -> None:
    part = Html("<b>x</b>")[:3]
    assert type(part) is str
    assert joined(part) == "&lt;b&gt;"
