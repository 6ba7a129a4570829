"""The checklist in Slack: opened from the card, ticked in place."""

from __future__ import annotations

from core.app.drafts import EnvironmentDraft, GroupDraft
from core.app.requesting import RequestPromotion
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion, Status
from tests.bot.slack.conftest import Rig


async def waiting(rig: Rig) -> Promotion:
    """A promotion by Alice that waits for an item that Bob's group ticks."""
    admin = rig.countersign.administering
    await admin.create_group(SYSTEM, GroupDraft("runbook-keepers", ("bob@example.com", "alice@example.com")))
    gates = {"manual-gate": {"items": [{"name": "Runbook <updated>", "group": "runbook-keepers"}]}}
    draft = EnvironmentDraft("vault", slack_channel="#releases", require_sod=True, gates=gates)
    environment = await admin.create_environment(SYSTEM, draft)
    release = await rig.release()
    wanted = RequestPromotion(release.id, environment.id, "Fixes the checkout")
    made = await rig.countersign.requesting.request(await rig.actor("alice"), wanted)
    return await rig.countersign.evaluating.evaluate(made.id) or made


async def test_the_checklist_opens_from_the_card_and_is_ticked_and_taken_back_in_place(rig: Rig) -> None:
    asked = await waiting(rig)
    card = await rig.card(asked)
    assert "missing: Runbook &lt;updated&gt; (runbook-keepers)" in card.words

    await rig.slack.click("bob", card, "promotion.checklist")
    modal = await rig.slack.modal_of("bob", "Checklist")
    assert "0 of 1 ticked" in modal.words
    await rig.slack.click("bob", modal, "checklist.tick")

    modal = await rig.slack.modal_of("bob", "Ticked by Bob")
    assert "1 of 1 ticked" in modal.words
    evaluated = await rig.countersign.evaluating.evaluate(asked.id)
    assert evaluated is not None
    assert evaluated.status is Status.AWAITING_APPROVAL
    await rig.slack.click("bob", modal, "checklist.tick")
    assert "0 of 1 ticked" in (await rig.slack.modal_of("bob", "Not ticked yet")).words


async def test_who_may_not_tick_reads_why_in_the_checklist_itself(rig: Rig) -> None:
    asked = await waiting(rig)
    card = await rig.card(asked)
    for handle, words in (("carol", "is not in runbook-keepers"), ("alice", "separation of duties")):
        await rig.slack.click(handle, card, "promotion.checklist")
        modal = await rig.slack.modal_of(handle, "Checklist")
        await rig.slack.click(handle, modal, "checklist.tick")
        assert "0 of 1 ticked" in (await rig.slack.modal_of(handle, words)).words


async def test_a_card_without_a_checklist_has_no_button_for_one(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    assert "Checklist" not in card.words
