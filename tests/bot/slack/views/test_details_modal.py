"""Everything about one promotion; long words are whole here."""

from __future__ import annotations

from bot.slack.views.details_modal import Details, details_message, details_modal
from core.domain.events import Action
from core.domain.promotion import Status
from tests.bot.slack.makers import BLOCKED, PASSED, event, packet, promotion, said, view


def test_it_shows_what_gates_saw_the_release_and_the_history() -> None:
    history = (event(Action.PROMOTION_REQUESTED, {"releaseName": "shop"}), event(Action.RELEASE_REGISTERED))
    words = said(details_modal(Details(view(promotion(gates=(PASSED, BLOCKED))), history)))
    for expected in ("criticalCount: 3", "activeFreezeWindow: null", "sha256:aaaaaaaaaaaa", "*Alice* requested shop"):
        assert expected in words
    assert "Evidence" not in words


def test_a_long_reason_is_whole() -> None:
    reason = "\n".join(f"line {number}" for number in range(1100))[:10_000]
    words = said(details_modal(Details(view(promotion(reason=reason)))))
    assert words.count("> line") == reason.count("line")


def test_the_evidence_is_named_once_it_is_decided() -> None:
    shown = Details(view(promotion(Status.APPROVED)), (), packet())
    assert packet().content_hash in said(details_message(shown))
