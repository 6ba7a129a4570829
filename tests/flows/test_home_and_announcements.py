"""From an announcement to a request, and App Homes that follow without being opened again."""

from __future__ import annotations

from core.app.drafts import EnvironmentDraft
from core.domain.people import SYSTEM
from tests.support.world import CHANNEL, World


async def test_a_home_follows_what_happens_by_any_door(w: World) -> None:
    await w.slack.open_home("bob")
    await w.slack.home_of("bob", "Nothing waits for you")
    await w.slack.open_home("alice")
    release = await w.release("1.4.0")
    wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.production.id), "reason": "the checkout"}
    promotion_id = (await w.rest("alice", "POST", "/promotions", wanted)).body["id"]
    home = await w.slack.home_of("bob", "1 waits for you")
    await w.slack.home_of("alice", "You asked for")
    await w.slack.click("bob", home, "promotion.approve")
    await w.slack.home_of("bob", "Nothing waits for you")
    assert (await w.rest("sam", "POST", f"/promotions/{promotion_id}/approve", {})).status == 200
    assert "*Approved*" in (await w.slack.home_of("bob", "Decided lately")).words
    assert w.slack.home("carol") is None


async def test_an_announcement_leads_to_a_request_and_knows_how_it_went_on(w: World) -> None:
    announcing = EnvironmentDraft("Staging", slack_channel="#random", announce=True)
    await w.app.core.countersign.administering.update_environment(SYSTEM, w.staging.id, announcing)
    await w.release("1.4.0")
    told = await w.slack.message("#random", "shop-1.4.0 is in Staging")
    await w.slack.click("alice", told, "request.open")
    await w.slack.modal_of("alice", "The gates would pass now")
    await w.slack.submit_modal("alice", {"reason": "the checkout"})
    await w.slack.message(CHANNEL, "shop-1.4.0")
    await w.slack.until(lambda: "asked for by Alice" in w.slack.now(told).words, "the announcement to follow")
    assert "Promote to Production" not in str(w.slack.now(told).blocks)
    announced = [seen for seen in w.slack.messages("#random") if "is in Staging" in seen.words]
    assert len(announced) == 1
