"""One promotion that awaits approval, and people who vote on it by REST and in Slack."""

from __future__ import annotations

from tests.support.world import CHANNEL, Answer, World


async def awaiting(w: World) -> str:
    """Ask for a release to go to production; its gates pass, and two people are waited for."""
    release = await w.release("1.0.0")
    wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id)}
    answer = await w.rest("alice", "POST", "/promotions", wanted, {"Prefer": "wait=5"})
    assert answer.body["status"] == "awaiting_approval", answer.body
    return str(answer.body["id"])


async def vote(w: World, who: str, promotion_id: str) -> Answer:
    """Approve by REST."""
    return await w.rest(who, "POST", f"/promotions/{promotion_id}/approve", {"comment": "fine"})


async def in_slack(w: World, who: str, promotion_id: str, words: str) -> None:
    """Approve by a slash command, and be told so."""
    await w.slack.command(who, CHANNEL, "/promotions", f"approve {promotion_id}")
    await w.slack.whisper(who, words)


async def require_approved(w: World, promotion_id: str) -> None:
    """Decided by two people, each of whom has one vote."""
    decided = await w.rest("bob", "GET", f"/promotions/{promotion_id}")
    assert (decided.body["status"], len(decided.body["approvals"])) == ("approved", 2)
