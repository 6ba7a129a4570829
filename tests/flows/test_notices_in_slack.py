"""Being told, and being left in peace, through Slack's front door."""

from __future__ import annotations

from tests.flows.test_promotion_in_slack import awaiting
from tests.support.world import CHANNEL, World


async def test_a_snoozed_approver_hears_of_it_when_the_snooze_ends(w: World) -> None:
    assert (await w.slack.command("bob", CHANNEL, "/approvals", "snooze 2h")).ok
    await w.slack.whisper("bob", "Snoozed until")
    card = await awaiting(w)
    await w.slack.message(w.slack.dm("carol"), "Your approval is asked for")
    assert w.slack.messages(w.slack.dm("bob")) == []
    assert (await w.slack.command("bob", CHANNEL, "/approvals", "snooze off")).ok
    notice = await w.slack.message(w.slack.dm("bob"), "Your approval is asked for")
    await w.slack.click("bob", notice, "promotion.approve")
    await w.slack.until(lambda: "Bob Approver" in w.slack.now(card).words, "Bob's vote on the card")


async def test_a_policy_may_leave_it_at_the_card(w: World) -> None:
    policies = (await w.rest("admin", "GET", "/approval-policies")).body["data"]
    policy = next(each for each in policies if each["name"] == "production-policy")
    terms = {name: value for name, value in policy.items() if name not in {"id", "digest"}}
    terms["notify"] = {"via": "channel", "remindAtPercent": None}
    answer = await w.rest("admin", "PUT", f"/approval-policies/{policy['id']}", terms)
    assert answer.status == 200, answer.body
    assert answer.body["notify"]["via"] == "channel"
    assert answer.body["digest"] == policy["digest"]
    await awaiting(w)
    await w.slack.settled()
    assert w.slack.messages(w.slack.dm("bob")) == []
