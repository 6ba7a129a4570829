"""The card's menu and what its buttons are bound to, through the front doors."""

from __future__ import annotations

from tests.flows.test_promotion_in_slack import awaiting, can_be_approved
from tests.support.world import CHANNEL, World


async def test_a_vote_on_what_has_changed_is_asked_again_on_the_fresh_state(w: World) -> None:
    card = await awaiting(w)
    await w.slack.click("bob", card, "promotion.approve")
    await w.slack.until(lambda: "Bob Approver" in w.slack.now(card).words, "Bob's vote on the card")
    found = (await w.rest("ci", "GET", "/promotions?status=awaiting_approval")).body["data"][0]
    old = w.slack.now(card)
    counts = {"scanner": "trivy", "criticalCount": 0, "highCount": 4}
    assert (await w.rest("ci", "POST", f"/releases/{found['releaseId']}/scan-reports", counts)).status == 201
    await w.slack.click("sam", old, "promotion.approve")
    told = await w.slack.whisper("sam", "has changed since you looked")
    assert "4 high" in told.words
    assert (await w.rest("sam", "GET", f"/promotions/{found['id']}")).body["status"] == "awaiting_approval"
    await w.slack.until(lambda: "4 high" in w.slack.now(card).words, "the card brought up to date")
    await w.slack.click("sam", told, "promotion.approve")
    await w.slack.whisper("sam", "You approved")
    approvals = (await w.rest("ci", "GET", f"/promotions/{found['id']}/evidence")).body["content"]["approvals"]
    seen = [each["seenDigest"] for each in approvals]
    assert seen[0] != seen[1] and all(digest.startswith("sha256:") for digest in seen)


async def test_a_question_stands_once_in_the_thread_and_mentions_the_requester(w: World) -> None:
    card = await awaiting(w)
    await w.slack.choose("carol", card, "promotion.more", "Ask a question…")
    await w.slack.modal_of("carol", "Question")
    await w.slack.submit_modal("carol", {"question": "Is <!channel> told?"})
    reply = await w.slack.reply(card, "Carol Approver")
    assert "<@U01>" in str(reply.blocks)
    assert "&lt;!channel&gt;" in str(reply.blocks)
    assert sum("asks" in one.words for one in w.slack.thread(card)) == 1


async def test_a_reminder_comes_once_an_hour_and_says_so_when_it_is_over(w: World) -> None:
    card = await awaiting(w)
    await w.slack.message(w.slack.dm("bob"), "shop-1.4.0")  # who has not been asked yet is asked, and not reminded
    await w.slack.choose("alice", card, "promotion.more", "Remind the approvers")
    await w.slack.whisper("alice", "will be reminded")
    reminder = await w.slack.message(w.slack.dm("bob"), "still asked for")
    await w.slack.choose("sam", card, "promotion.more", "Remind the approvers")
    await w.slack.whisper("sam", "less than an hour ago")
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
        await w.slack.whisper(who, "You approved")
    await w.slack.until(lambda: can_be_approved(w, reminder) is None, "the reminder without buttons")


async def test_the_evidence_is_a_click_away_once_it_is_decided(w: World) -> None:
    card = await awaiting(w)
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
        await w.slack.whisper(who, "You approved")
    await w.slack.until(lambda: "Evidence" in str(w.slack.now(card).blocks), "the menu of the decided card")
    await w.slack.message(CHANNEL, "sha256:")
    await w.slack.choose("alice", w.slack.now(card), "promotion.more", "Evidence")
    told = await w.slack.whisper("alice", "Content hash")
    assert "/archives/" in str(told.blocks)
