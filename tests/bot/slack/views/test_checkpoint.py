from __future__ import annotations

from bot.slack.views.checkpoint import checkpoint_posted
from core.app.proving import Published
from core.evidence.log.checkpoints import checkpoint_of
from core.evidence.log.notes import parse_note
from tests.bot.slack.makers import said
from tests.core.evidence.log.samples import CHECKPOINT, checkpoint_at
from tests.support.clock import MORNING


def test_it_holds_the_note_word_for_word_and_says_what_it_is_good_for() -> None:
    published = Published(checkpoint_of(parse_note(CHECKPOINT.encode())), CHECKPOINT)
    words = said(checkpoint_posted(published, MORNING))
    for expected in ("evidence log, 2026-03-02", "*300 entries*", CHECKPOINT.strip(), "countersign verify --log"):
        assert expected in words


def test_a_log_of_one_entry_has_one_entry() -> None:
    text = checkpoint_at(1)
    assert "*1 entry*" in said(checkpoint_posted(Published(checkpoint_of(parse_note(text.encode())), text), MORNING))
