"""A button is bound to what stood beside it: what has changed since is shown before it counts."""

from __future__ import annotations

from core.app.drafts import EnvironmentDraft, ScanDraft
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion, Status
from core.domain.seen import seen_digest
from tests.bot.slack.conftest import Rig


async def more_findings(rig: Rig, asked: Promotion, high: int) -> None:
    await rig.countersign.releasing.submit_scan(SYSTEM, ScanDraft(asked.release_id, "trivy", high=high))
    await rig.countersign.evaluating.evaluate(asked.id)


async def awaiting(rig: Rig) -> Promotion:
    asked = await rig.asked()
    production = await rig.countersign.reading.environment(await rig.actor("alice"), asked.target.id)
    assert asked.status is Status.AWAITING_APPROVAL and production.gates
    return asked


async def test_the_vote_keeps_what_was_seen(rig: Rig) -> None:
    asked = await awaiting(rig)
    await rig.slack.click("bob", await rig.card(asked), "promotion.approve")
    await rig.slack.whisper("bob", "You approved")
    assert (await rig.newest()).votes[0].seen == seen_digest(asked)


async def test_an_old_card_says_what_has_changed_and_offers_to_approve_what_is_so_now(rig: Rig) -> None:
    asked = await awaiting(rig)
    card = await rig.card(asked)
    await more_findings(rig, asked, high=0)
    await rig.slack.click("carol", card, "promotion.approve")
    await rig.slack.whisper("carol", "You approved")

    old = await rig.card(asked)
    await rig.countersign.administering.update_environment(SYSTEM, rig.production.id, _lenient(rig))
    await more_findings(rig, asked, high=4)
    await rig.slack.click("bob", old, "promotion.approve")

    told = await rig.slack.whisper("bob", "has changed since you looked")
    assert "was: passed: Within thresholds: 0 critical" in told.words
    assert "4 high" in told.words
    assert len((await rig.newest()).votes) == 1

    await rig.slack.click("bob", told, "promotion.approve")
    await rig.slack.whisper("bob", "You approved")
    assert (await rig.newest()).status is Status.APPROVED


async def test_the_comment_dialog_opens_on_what_the_card_showed_only(rig: Rig) -> None:
    asked = await awaiting(rig)
    card = await rig.card(asked)
    await rig.countersign.administering.update_environment(SYSTEM, rig.production.id, _lenient(rig))
    await more_findings(rig, asked, high=4)
    await rig.slack.choose("bob", card, "promotion.more", "Approve with a comment…")
    told = await rig.slack.whisper("bob", "has changed since you looked")
    assert rig.slack.modal("bob") is None
    assert "promotion.approve" in str(told.blocks)


async def test_a_dialog_that_has_become_old_shows_the_change_and_keeps_the_comment(rig: Rig) -> None:
    asked = await awaiting(rig)
    await rig.slack.choose("bob", await rig.card(asked), "promotion.more", "Approve with a comment…")
    await rig.slack.modal_of("bob", "Your name will stand")
    await rig.countersign.administering.update_environment(SYSTEM, rig.production.id, _lenient(rig))
    await more_findings(rig, asked, high=4)

    await rig.slack.submit_modal("bob", {"comment": "read it all"})
    again = await rig.slack.modal_of("bob", "has changed since you looked")
    assert "4 high" in again.words and (await rig.newest()).votes == ()

    await rig.slack.submit_modal("bob", {"comment": "read it again"})
    (vote,) = (await rig.newest()).votes
    assert (vote.comment, vote.seen) == ("read it again", seen_digest(await rig.newest()))


async def test_a_rejection_needs_no_second_look(rig: Rig) -> None:
    asked = await awaiting(rig)
    card = await rig.card(asked)
    await rig.countersign.administering.update_environment(SYSTEM, rig.production.id, _lenient(rig))
    await more_findings(rig, asked, high=4)
    await rig.slack.click("bob", card, "promotion.reject")
    await rig.slack.modal_of("bob")
    await rig.slack.submit_modal("bob", {"reason": "no"})
    assert (await rig.newest()).status is Status.REJECTED


def _lenient(rig: Rig) -> EnvironmentDraft:
    """The production environment with room for findings."""
    production = rig.production
    gates = {"security-gate": {"maxHigh": 5}, "freeze-window-gate": {}}
    return EnvironmentDraft(
        production.name, production.source_environment_id, production.require_sod, production.slack_channel, gates
    )
