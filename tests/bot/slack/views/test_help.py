"""The help says nothing that cannot be typed."""

from __future__ import annotations

import re

from bot.slack.grammar import Verb, read_promote, read_promotions
from bot.slack.views.help import help_message
from tests.bot.slack.makers import said


def test_every_line_of_the_help_is_understood() -> None:
    typed = re.findall(r"`(/\w+)([^`]*)`", said(help_message()))
    assert len(typed) > 8
    for command, words in typed:
        if command != "/approvals":
            reader = read_promote if command == "/promote" else read_promotions
            reader(words)


def test_every_verb_is_explained() -> None:
    words = said(help_message())
    assert [verb for verb in Verb if f"/promotions {verb.value}" not in words] == []
