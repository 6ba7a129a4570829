"""Modals that are submitted: mistakes stay in place, refusals explain themselves, success says what is next."""

from __future__ import annotations

import pytest

from bot.slack.ids import DialogId
from bot.slack.submissions import SUBMISSIONS
from core.app.drafts import EnvironmentDraft, ScanDraft
from core.domain.people import SYSTEM
from tests.bot.slack.conftest import CHANNEL, Rig


async def form(rig: Rig, who: str = "alice") -> None:
    await rig.slack.command(who, CHANNEL, "/promote")
    await rig.slack.modal_of(who, "Request a promotion")


async def test_a_request_is_stored_and_says_what_happens_next(rig: Rig) -> None:
    await rig.release()
    await form(rig)
    filled = {"release": "shop-1.4.0", "environment": "production", "reason": "now"}
    assert not (await rig.slack.submit_modal("alice", filled)).errors
    assert "Requested shop-1.4.0 to production" in (await rig.slack.modal_of("alice", "Requested")).words.replace(
        "*", ""
    )
    assert (await rig.newest()).reason == "now"


async def test_a_promotion_that_is_open_already_is_a_mistake_at_its_field(rig: Rig) -> None:
    await rig.asked()
    await form(rig)
    done = await rig.slack.submit_modal("alice", {"release": "shop-1.4.0", "environment": "production"})
    assert "already has an open promotion" in done.errors["release"]
    assert rig.slack.modal("alice") is not None


async def test_a_field_left_empty_is_not_sent(rig: Rig) -> None:
    await form(rig)
    assert set((await rig.slack.submit_modal("alice")).errors) == {"release", "environment"}


async def test_control_characters_in_a_reason_are_a_mistake_at_its_field(rig: Rig) -> None:
    await rig.release()
    await form(rig)
    filled = {"release": "shop-1.4.0", "environment": "production", "reason": "a\x07b"}
    assert "control character" in (await rig.slack.submit_modal("alice", filled)).errors["reason"]


async def test_an_environment_that_is_gone_is_a_mistake_at_its_field(rig: Rig) -> None:
    await rig.release()
    lone = await rig.countersign.administering.create_environment(SYSTEM, EnvironmentDraft("canary"))
    await form(rig)
    await rig.slack.fill("alice", await rig.slack.modal_of("alice"), {"environment": "canary", "release": "shop"})
    await rig.countersign.administering.delete_environment(SYSTEM, lone.id)
    assert "no environment" in (await rig.slack.submit_modal("alice")).errors["environment"]


async def test_somebody_who_may_not_request_reads_why_in_the_modal(rig: Rig) -> None:
    await rig.release()
    await form(rig, "bob")
    await rig.slack.submit_modal("bob", {"release": "shop-1.4.0", "environment": "production"})
    assert "role *requester*" in (await rig.slack.modal_of("bob", "Not requested")).words


async def test_what_was_decided_meanwhile_is_explained_in_the_modal(rig: Rig) -> None:
    asked = await rig.asked()
    card = await rig.card(asked)
    await rig.slack.click("bob", card, "promotion.reject")
    await rig.slack.modal_of("bob")
    await rig.slack.command("carol", CHANNEL, "/promotions", f"reject {asked.id} too late")
    await rig.slack.submit_modal("bob", {"reason": "mine"})
    assert "already rejected, by Carol" in (await rig.slack.modal_of("bob", "Not rejected")).words


async def test_a_gate_that_blocks_meanwhile_is_named_in_the_modal(rig: Rig) -> None:
    asked = await rig.asked()
    card = await rig.card(asked)
    await rig.slack.click("carol", card, "promotion.approve")
    await rig.slack.choose("bob", card, "promotion.more", "Approve with a comment…")
    await rig.slack.modal_of("bob")
    await rig.countersign.releasing.submit_scan(SYSTEM, ScanDraft(asked.release_id, "trivy", critical=2))
    await rig.slack.submit_modal("bob", {"comment": "fine"})
    assert "2 critical vulnerabilities" in (await rig.slack.modal_of("bob", "Not approved")).words


async def test_the_requester_cannot_approve_through_a_modal_either(rig: Rig) -> None:
    card = await rig.card(await rig.asked())
    await rig.slack.choose("alice", card, "promotion.more", "Approve with a comment…")
    await rig.slack.submit_modal("alice", {"comment": "my own"})
    assert "somebody else must approve" in (await rig.slack.modal_of("alice", "Not approved")).words


@pytest.mark.parametrize("dialog", DialogId)
def test_every_dialog_is_answered(dialog: DialogId) -> None:
    assert dialog in SUBMISSIONS
