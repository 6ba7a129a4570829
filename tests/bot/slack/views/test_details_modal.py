"""Everything about one promotion; long words are whole here."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.views.details_modal import Details, details_message, details_modal
from core.domain.events import Action
from core.domain.promotion import Status
from core.domain.release import Artifact
from tests.bot.slack.makers import (
    BLOCKED,
    EVIL,
    PASSED,
    complaints,
    event,
    extreme,
    packet,
    promotion,
    release,
    said,
    view,
)


def test_it_shows_what_gates_saw_the_release_and_the_history() -> None:
    history = (event(Action.PROMOTION_REQUESTED, {"releaseName": "shop"}), event(Action.RELEASE_REGISTERED))
    words = said(details_modal(Details(view(promotion(gates=(PASSED, BLOCKED))), history)))
    for expected in ("criticalCount: 3", "activeFreezeWindow: null", "sha256:aaaaaaaaaaaa", "*Alice* requested shop"):
        assert expected in words
    assert "Evidence" not in words


def test_it_shows_policies_what_changes_and_the_words_of_history() -> None:
    asked = event(Action.QUESTION_ASKED, {"question": "Is the database ready?"})
    shown = replace(view(), current=release(version="1.3.0", artifacts=(Artifact("shop", "sha256:" + "b" * 64),)))
    words = said(details_modal(Details(shown, (asked,))))
    for expected in (
        "production-policy: 2 approvals from release-managers and sre-team `sha256:",
        "Separation of duties is on",
        "shop 1.3.0 → *1.4.0*",
        "changed: shop",
        "> Is the database ready?",
    ):
        assert expected in words


def test_a_long_history_keeps_its_end_and_says_so() -> None:
    history = tuple(event(Action.QUESTION_ASKED, {"question": f"question {n} " + EVIL}) for n in range(200))
    modal = details_modal(Details(extreme(), history))
    assert complaints(modal) == []
    words = said(details_modal(Details(view(), history)))
    assert "180 earlier events" in words and "question 199" in words and "question 179 " not in words


def test_a_long_reason_is_whole() -> None:
    reason = "\n".join(f"line {number}" for number in range(1100))[:10_000]
    words = said(details_modal(Details(view(promotion(reason=reason)))))
    assert words.count("> line") == reason.count("line")


def test_the_evidence_is_named_once_it_is_decided() -> None:
    shown = Details(view(promotion(Status.APPROVED)), (), packet())
    assert packet().content_hash in said(details_message(shown))
