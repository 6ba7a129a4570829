"""A service outside and a checklist let a release go on; the evidence of it is judged again afterwards."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from bot.listening import listening
from bot.playground.seen import Seen
from bot.settings import Address
from core.app.replaying import Outcome, differs, replay
from core.gates.registry import GateRegistry, built_in_gates
from tests.support.world import CHANNEL, GATE_SECRET, World

ITEMS = [{"name": "Runbook updated", "group": "sre-team"}, {"name": "Support told", "group": "release-managers"}]


class Board:
    """A change board that takes questions and answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(GATE_SECRET).verify(body, {name.lower(): value for name, value in request.headers.items()})
        self.asked.append(json.loads(body)["data"])
        return web.Response(status=202)


async def vault(w: World, url: str) -> None:
    """An environment with everything in the way."""
    gates = {
        "policy-gate": {"rules": [{"name": "Scanned", "allow": "scan.present && scan.criticalCount == 0"}]},
        "webhook-gate": {"services": [{"name": "change-board", "url": url}]},
        "manual-gate": {"items": ITEMS},
    }
    body = {"name": "Vault", "requireSod": True, "slackChannel": CHANNEL, "gates": gates}
    made = await w.rest("admin", "POST", "/environments", body)
    assert made.status == 201, made.body
    policy = {"name": "vault-policy", "environmentId": made.body["id"], "requiredApprovals": 1}
    policy |= {"approverGroups": ["release-managers"]}
    assert (await w.rest("admin", "POST", "/approval-policies", policy)).status == 201


def saying(w: World, card: Seen, words: str) -> Seen | None:
    now = w.slack.now(card)
    return now if words in now.words else None


async def shows(w: World, card: Seen, words: str) -> Seen:
    return await w.slack.until(lambda: saying(w, card, words), f"{words!r} on the card")


async def test_a_release_goes_on_when_the_board_agrees_and_the_list_is_ticked(w: World) -> None:
    board = Board()
    app = web.Application()
    app.router.add_post("/ask", board.handle)
    async with listening(app, Address("127.0.0.1", 0)) as here:
        await vault(w, f"http://127.0.0.1:{here.port}/ask")
        await w.release("1.4.0")
        await w.slack.command("alice", CHANNEL, "/promote", "shop-1.4.0 to vault keys rotate")
        card = await w.slack.message(CHANNEL, "shop-1.4.0")
        await shows(w, card, "Waiting for change-board")

    (asked,) = board.asked
    answer = {"token": asked["answer"]["token"], "passed": True, "message": "CHG-7 is approved"}
    path = asked["answer"]["url"].removeprefix("/api/v1")
    assert (await w.rest("", "POST", path, answer)).status == 200
    changed = await shows(w, card, "change-board agrees: CHG-7 is approved")
    assert "Changed" in changed.words
    assert (await w.rest("", "POST", path, answer)).status == 409

    await w.slack.click("sam", changed, "promotion.checklist")
    await w.slack.click("sam", await w.slack.modal_of("sam", "Checklist"), "checklist.tick")
    await shows(w, card, "1 of 2 ticked")
    refused = await w.rest("alice", "POST", f"/promotions/{asked['promotionId']}/checklist", {"item": "Support told"})
    assert (refused.status, refused.body["code"]) == (403, "separation_of_duties")
    ticked = await w.rest("bob", "POST", f"/promotions/{asked['promotionId']}/checklist", {"item": "Support told"})
    assert ticked.status == 200
    ready = await shows(w, card, "All ticked: Runbook updated (Sam Reliable), Support told (Bob Approver)")
    thread = " ".join(each.words for each in w.slack.thread(card))
    assert "change-board" in thread
    assert "ticked Runbook updated" in thread

    await w.slack.click("carol", ready, "promotion.approve")
    await shows(w, card, "Approved")
    packet = await w.rest("alice", "GET", f"/promotions/{asked['promotionId']}/evidence")
    steps = replay(packet.body["content"], GateRegistry(built_in_gates()))
    assert not differs(steps)
    assert sum(step.name == "result" and step.outcome is Outcome.AGREES for step in steps) == 3
    assert asked["answer"]["token"] not in json.dumps(packet.body)
