from __future__ import annotations

from bot.playground.blockkit.spot import Spot


def test_problems_name_their_place_in_slack_s_words() -> None:
    problems: list[str] = []
    spot = Spot({"items": [{"name": "x" * 4}]}, "", problems)
    for item in spot.key("items").items():
        item.key("name").string(3)
    assert problems == ["[ERROR] must be less than 4 characters [json-pointer:/items/0/name]"]


def test_every_problem_is_found_not_only_the_first() -> None:
    problems: list[str] = []
    spot = Spot({"a": 1, "n": "many", "yes": "no"}, "/s", problems)
    spot.required("b", "c")
    spot.key("a").string(5)
    spot.integer("n", 0, 9)
    spot.boolean("yes")
    spot.key("a").is_list(0, 1)
    assert len(problems) == 6


def test_null_is_as_good_as_missing() -> None:
    problems: list[str] = []
    spot = Spot({"a": None}, "", problems)
    spot.optional_string("a", 5)
    assert not spot.has("a")
    assert problems == []
