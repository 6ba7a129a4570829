"""The main job: a promotion asked for, approved and signed in Slack."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.playground.seen import Seen
from core.evidence.keyring import KeyRing
from core.evidence.verification import verify
from tests.support.world import CHANNEL, World


async def asked(w: World, version: str = "1.4.0", *, critical: int = 0) -> Seen:
    """Alice asks in Slack; gives the card as it first appears."""
    await w.release(version, critical=critical)
    await w.slack.command("alice", CHANNEL, "/promote", f"shop-{version} to production fixes the checkout")
    return await w.slack.message(CHANNEL, f"shop-{version}")


def can_be_approved(w: World, message: Seen) -> Seen | None:
    """The message as it is now, if it has the button."""
    now = w.slack.now(message)
    return now if "promotion.approve" in str(now.blocks) else None


async def awaiting(w: World, version: str = "1.4.0") -> Seen:
    """The card once the gates have passed."""
    card = await asked(w, version)
    return await w.slack.until(lambda: can_be_approved(w, card), "buttons on the card")


async def closed(w: World, message: Seen) -> Seen:
    """The message once its buttons are gone."""
    await w.slack.until(lambda: can_be_approved(w, message) is None, "a message without buttons")
    return w.slack.now(message)


async def test_two_people_approve_and_the_signed_summary_stands_in_the_channel(w: World) -> None:
    card = await awaiting(w)
    await w.slack.click("bob", card, "promotion.approve")
    await w.slack.until(lambda: "Bob Approver" in w.slack.now(card).words, "Bob's vote on the card")
    assert can_be_approved(w, card)
    await w.slack.click("sam", card, "promotion.approve")
    await closed(w, card)
    summary = await w.slack.message(CHANNEL, "sha256:")
    reply = await w.slack.until(lambda: next((r for r in w.slack.thread(summary) if r.files), None), "the packet")
    content = w.slack.file(reply.files[0])
    keys = await w.app.core.countersign.ports.transactions.read(lambda store: store.evidence.keys())
    assert verify(content, KeyRing(keys)).ok
    sealed = json.loads(content)["content"]
    assert [vote["approverName"] for vote in sealed["approvals"]] == ["Bob Approver", "Sam Reliable"]
    await w.slack.message(w.slack.dm("alice"), "approved")


async def test_the_requester_is_refused_and_told_why(w: World) -> None:
    card = await awaiting(w)
    await w.slack.click("alice", card, "promotion.approve")
    await w.slack.whisper("alice", "somebody else must approve")
    pending = await w.rest("bob", "GET", "/my/pending-approvals")
    assert len(pending.body) == 1


async def test_somebody_unknown_is_refused_kindly(w: World) -> None:
    card = await awaiting(w)
    await w.slack.click("olga", card, "promotion.approve")
    await w.slack.whisper("olga", "administrator")


async def test_a_blocked_promotion_goes_on_by_itself_when_its_gate_opens(w: World) -> None:
    card = await asked(w, critical=3)
    await w.slack.until(lambda: "3 critical vulnerabilities exceed" in w.slack.now(card).words, "the blocking gate")
    assert not can_be_approved(w, card)
    found = await w.rest("ci", "GET", "/promotions?status=pending")
    release_id = found.body["data"][0]["releaseId"]
    counts = {"scanner": "trivy", "criticalCount": 0, "highCount": 0}
    assert (await w.rest("ci", "POST", f"/releases/{release_id}/scan-reports", counts)).status == 201
    await w.slack.until(lambda: can_be_approved(w, card), "buttons once the gate opens")
    await w.slack.message(w.slack.dm("bob"), "shop-1.4.0")


async def test_a_rejection_needs_a_reason_and_ends_it(w: World) -> None:
    card = await awaiting(w)
    await w.slack.click("carol", card, "promotion.reject")
    await w.slack.modal_of("carol")
    await w.slack.submit_modal("carol", {"reason": "not on a Friday"})
    await closed(w, card)
    await w.slack.message(w.slack.dm("alice"), "not on a Friday")
    found = await w.rest("ci", "GET", "/promotions?status=rejected")
    assert found.body["meta"]["totalCount"] == 1


async def test_direct_messages_lose_their_buttons_when_it_is_decided_by_another_door(w: World) -> None:
    await awaiting(w)
    notice = await w.slack.message(w.slack.dm("carol"), "shop-1.4.0")
    promotion_id = (await w.rest("carol", "GET", "/my/pending-approvals")).body[0]["id"]
    for who in ("bob", "sam"):
        assert (await w.rest(who, "POST", f"/promotions/{promotion_id}/approve", {"comment": "fine"})).status == 200
    await closed(w, notice)


async def test_it_expires_when_nobody_decides(w: World) -> None:
    card = await awaiting(w)
    w.clock.shift += timedelta(hours=25)
    await w.slack.until(lambda: "xpired" in w.slack.now(card).words, "the expired card")
    found = await w.rest("ci", "GET", "/promotions?status=cancelled")
    assert found.body["data"][0]["closeReason"] == "expired"
