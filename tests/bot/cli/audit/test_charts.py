from __future__ import annotations

from xml.etree import ElementTree

from bot.cli.audit.charts import ROW, SHOWN, WIDTH, bars

ROWS = [("Production", 40, "40"), ("Staging", 10, "10"), ("Sandbox", 0, "0")]


def drawn(rows: list[tuple[str, int, str]]) -> ElementTree.Element:
    chart = bars("test", "Decisions", rows)
    assert chart is not None
    return ElementTree.fromstring(chart)


def test_bars_are_as_long_as_their_numbers_say() -> None:
    svg = drawn(ROWS)
    lengths = [int(rect.get("width", "")) for rect in svg.iter("rect") if rect.get("class") == "bar"]
    assert lengths == [WIDTH, WIDTH // 4, 0]
    assert svg.get("viewBox") == f"0 0 {WIDTH} {len(ROWS) * ROW}"


def test_it_is_said_in_words_to_whoever_does_not_see_it() -> None:
    svg = drawn(ROWS)
    title, description = svg.findall("title") + svg.findall("desc")
    assert (title.text, description.text) == ("Decisions", "Production: 40; Staging: 10; Sandbox: 0")
    assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_long_names_leave_room_for_the_number_and_many_rows_for_the_table() -> None:
    svg = drawn([("x" * 100, number + 1, f"{number + 1} (100.0 %)") for number in range(SHOWN + 2)])
    names = [text.text or "" for text in svg.iter("text") if text.get("class") == "name"]
    assert len(names) == SHOWN
    assert all(name.endswith("…") and len(name) < 40 for name in names)
    assert (svg.find("desc").text or "").endswith("and 2 more in the table")  # type: ignore[union-attr]


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars("test", "Decisions", []) is None
    assert bars("test", "Decisions", [("Production", 0, "0")]) is None
