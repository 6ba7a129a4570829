"""The building blocks stay inside Slack's limits whatever they are given."""

from __future__ import annotations

from bot.slack.ids import ActionId, DialogId, PageValue
from bot.slack.views.kit import (
    actions,
    built,
    button,
    choice,
    confirmation,
    context,
    divider,
    header,
    menu,
    modal,
    section,
    text_input,
    type_ahead,
)
from tests.bot.slack.makers import complaints

LONG = "x" * 9000


def test_long_words_are_cut() -> None:
    asking = confirmation("Sure?", LONG, "Yes")
    pressed = button("Press", ActionId.DETAILS, PageValue(), spoken=LONG, confirm=asking)
    blocks = [header(LONG), section(LONG, pressed), context(LONG), divider(), actions(pressed)]
    fields = [
        type_ahead(ActionId.RELEASE, "Release", "Choose", choice(LONG, "1"), hint="A hint"),
        text_input(ActionId.REASON, "Reason", optional=True, initial=LONG, hint="A hint"),
    ]
    shown = modal(LONG, [*blocks, *fields], dialog=DialogId.REQUEST, submit="Go", carried=PageValue())
    assert complaints(shown) == []
    assert shown["title"]["text"].endswith("…")


def test_too_many_blocks_say_so() -> None:
    made = built([divider()] * 60)
    assert len(made) == 50
    assert "more than fits here" in str(made[-1])
    assert len(built([divider()] * 60, 100)) == 60


def test_our_mrkdwn_makes_no_links_and_mentions_by_itself() -> None:
    assert section("@channel").to_dict()["text"]["verbatim"] is True


def test_a_menu_offers_its_entries() -> None:
    made = menu(ActionId.MORE, [("One", PageValue()), ("Two", PageValue(page=2))]).to_dict()
    assert [each["value"] for each in made["options"]] == ["{}", '{"page":2}']
