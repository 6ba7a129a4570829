"""Slack says who is in the SRE team, who is a guest, and whether we may still come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.app.drafts import GroupDraft
from core.domain.people import SYSTEM
from tests.flows.test_promotion_in_slack import awaiting, can_be_approved, closed
from tests.support.world import CHANNEL, World


@pytest.fixture
async def sres(w: World) -> AsyncIterator[World]:
    """The world with an SRE team whose members Slack keeps: Sam, to begin with."""
    countersign = w.app.core.countersign
    transactions = countersign.ports.transactions
    group = await transactions.read(lambda store: store.groups.named("sre-team"))
    assert group is not None
    await countersign.administering.update_group(SYSTEM, group.id, GroupDraft("sre-team", (), "S01"))
    yield w


async def members(w: World) -> set[str]:
    transactions = w.app.core.countersign.ports.transactions
    group = await transactions.read(lambda store: store.groups.named("sre-team"))
    return {handle for handle, person in w.people.items() if group and person.id in group.member_ids}


async def until_members(w: World, *handles: str) -> None:
    for _ in range(500):
        if await members(w) == set(handles):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"the group has {await members(w)}")


async def test_who_joins_the_user_group_is_asked_and_decides(sres: World) -> None:
    w = sres
    await until_members(w, "sam")
    w.slack.change_usergroup("S01", "carol", "olga")
    await until_members(w, "carol")
    card = await awaiting(w)
    await w.slack.click("sam", card, "promotion.approve")
    await w.slack.whisper("sam", "not in the approver groups")
    for who in ("bob", "carol"):
        await w.slack.click(who, card, "promotion.approve")
    await closed(w, card)


async def test_rest_and_slack_wait_for_slack_where_members_are_too_old(sres: World) -> None:
    w = sres
    await until_members(w, "sam")
    card = await awaiting(w)
    path = f"/promotions/{await the_only_one(w)}/approve"
    w.slack.outage(True)
    w.clock.shift = timedelta(minutes=61)
    refused = await w.rest("sam", "POST", path, {})
    assert (refused.status, refused.body["code"]) == (503, "membership_unknown")
    assert "sre-team" in refused.body["detail"]
    w.slack.outage(False)
    taken = await w.rest("sam", "POST", path, {})
    assert taken.status == 200
    await w.slack.until(lambda: "Sam Reliable" in w.slack.now(card).words, "Sam's vote on the card")


@pytest.mark.parametrize("flag", ["is_restricted", "deleted"])
async def test_somebody_who_becomes_a_guest_or_leaves_no_longer_counts(w: World, flag: str) -> None:
    card = await awaiting(w)
    await w.slack.click("bob", card, "promotion.approve")
    await w.slack.until(lambda: "Bob Approver" in w.slack.now(card).words, "Bob's vote on the card")
    w.slack.change_person("bob", **{flag: True})
    await w.slack.settled()
    refused = await w.rest("bob", "POST", f"/promotions/{await the_only_one(w)}/reject", {"reason": "no"})
    assert refused.status == 403
    await w.slack.click("sam", card, "promotion.approve")
    await w.slack.until(lambda: "Sam Reliable" in w.slack.now(card).words, "Sam's vote on the card")
    assert can_be_approved(w, card)
    await w.slack.click("carol", card, "promotion.approve")
    await closed(w, card)


async def the_only_one(w: World) -> str:
    page = await w.rest("admin", "GET", "/promotions?status=awaiting_approval")
    return str(page.body["data"][0]["id"])


async def test_an_uninstalled_app_says_nothing_until_it_is_let_in_again(w: World) -> None:
    w.slack.ground.delivery.event(w.slack.ground.payloads.event({"type": "app_uninstalled"}))
    await w.slack.settled()
    await w.release("1.4.0")
    asked_for = {"releaseId": "", "targetEnvironmentId": str(w.production.id), "reason": "because"}
    releases = await w.rest("ci", "GET", "/releases")
    asked_for["releaseId"] = releases.body["data"][0]["id"]
    assert (await w.rest("alice", "POST", "/promotions", asked_for, {"Prefer": "wait=5"})).status == 201
    assert w.slack.messages(CHANNEL) == []
    assert "countersign_slack_connected 0.0" in w.app.core.metrics.exposition().decode()
    w.clock.shift = timedelta(seconds=61)
    await w.slack.message(CHANNEL, "shop-1.4.0")
    assert "countersign_slack_connected 1.0" in w.app.core.metrics.exposition().decode()
