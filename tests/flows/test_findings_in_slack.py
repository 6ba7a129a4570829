"""From a scanner's own file to a card that says what blocks, what was waived and what does not affect it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.playground.seen import Seen
from core.app.drafts import PersonDraft
from core.domain.people import SYSTEM, Right
from tests.core.gates.reports.samples import TRIVY
from tests.core.gates.vex.samples import OPENVEX
from tests.support.world import CHANNEL, World

BLOCKED = "1 critical vulnerability exceeds threshold (max: 0)"


async def may_waive(w: World, handle: str) -> None:
    """Give somebody the role."""
    person = w.people[handle]
    draft = PersonDraft(person.email, person.name, person.roles | {Right.WAIVER}, person.slack)
    await w.app.core.countersign.administering.update_person(SYSTEM, person.id, draft)


async def scanned(w: World, version: str, report: dict[str, Any] = TRIVY) -> str:
    """A release in staging with a scanner's own report; its id."""
    release = await w.release(version)
    answer = await w.rest("ci", "POST", f"/releases/{release.id}/scan-reports", report)
    assert answer.status == 201, answer.body
    return str(release.id)


async def waive(w: World, who: str, **changes: Any) -> dict[str, Any]:
    """Waive the critical finding for production."""
    wanted = {
        "vulnerabilityId": "CVE-2024-0001",
        "component": "shop",
        "environmentId": str(w.production.id),
        "reason": "Only <reachable> from the build network",
        "endsAt": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    }
    answer = await w.rest(who, "POST", "/waivers", wanted | changes)
    assert answer.status == 201, answer.body
    body: dict[str, Any] = answer.body
    return body


async def blocked(w: World, version: str) -> Seen:
    """The card of a promotion that the finding blocks."""
    await w.slack.command("alice", CHANNEL, "/promote", f"shop-{version} production")
    return await w.slack.message(CHANNEL, BLOCKED)


async def test_a_waiver_opens_the_gate_shows_on_the_card_and_is_sealed(w: World) -> None:
    await may_waive(w, "bob")
    await scanned(w, "2.0.0")
    card = await blocked(w, "2.0.0")

    waiver = await waive(w, "bob")
    await w.slack.until(lambda: "Awaiting approval" in w.slack.now(card).words, "the card goes on")
    assert "Waived" in w.slack.now(card).words
    assert "CVE-2024-0001" in w.slack.now(card).words
    for who in ("bob", "sam"):
        await w.slack.click(who, w.slack.now(card), "promotion.approve")
        await w.slack.whisper(who, "You approved")
    path = f"/promotions?status=approved&environmentId={w.production.id}"
    (decided,) = (await w.rest("ci", "GET", path)).body["data"]
    content = (await w.rest("ci", "GET", f"/promotions/{decided['id']}/evidence")).body["content"]
    gate = next(each for each in content["gates"] if each["gateName"] == "security-gate")
    assert gate["inputs"]["takenOut"]["waived"]["findings"][0]["waiverId"] == waiver["id"]


async def test_a_revoked_waiver_and_one_that_ends_block_again(w: World) -> None:
    await may_waive(w, "bob")
    await scanned(w, "2.1.0")
    card = await blocked(w, "2.1.0")
    waiver = await waive(w, "bob")
    await w.slack.until(lambda: "Awaiting approval" in w.slack.now(card).words, "the card goes on")

    assert (await w.rest("bob", "DELETE", f"/waivers/{waiver['id']}")).status == 204
    await w.slack.until(lambda: BLOCKED in w.slack.now(card).words, "the card blocks again")

    await waive(w, "bob", endsAt=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    await w.slack.until(lambda: "1 waived" in w.slack.now(card).words, "the new waiver")
    w.clock.shift += timedelta(hours=2)
    await w.slack.until(lambda: BLOCKED in w.slack.now(card).words, "the waiver has ended")


async def test_the_requesters_own_waiver_changes_nothing_but_says_so(w: World) -> None:
    await may_waive(w, "alice")
    await scanned(w, "2.2.0")
    card = await blocked(w, "2.2.0")

    await waive(w, "alice")

    await w.slack.until(lambda: "waived by the requester, which does not count" in w.slack.now(card).words, "why not")
    assert "Blocked by security-gate" in w.slack.now(card).words


async def test_vex_takes_a_finding_out_and_the_details_tell_why(w: World) -> None:
    release = await scanned(w, "2.3.0")
    card = await blocked(w, "2.3.0")

    answer = await w.rest("ci", "POST", f"/releases/{release}/vex", OPENVEX)

    assert answer.status == 201, answer.body
    await w.slack.until(lambda: "1 not affected or fixed (VEX)" in w.slack.now(card).words, "the card goes on")
    await w.slack.click("carol", w.slack.now(card), "promotion.details")
    details = json.dumps(await w.slack.modal_of("carol", "Promotion"), default=str)
    assert "Not affected or fixed by VEX" in details
    assert "says Example Security" in details
    assert "TLS ends before us" in details
