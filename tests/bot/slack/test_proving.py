"""The evidence, with a link to the signed summary where it stands in Slack."""

from __future__ import annotations

from bot.slack.door import Door
from bot.slack.proving import evidence
from bot.slack.views.summary import summary
from core.app.deciding import CancelPromotion
from core.app.outbox import SentMessage
from tests.bot.slack.conftest import CHANNEL, Rig
from tests.bot.slack.makers import logged, said
from tests.support.workspaces import only


async def test_it_names_the_hash_and_links_to_the_summary_once_that_is_posted(rig: Rig) -> None:
    asked = await rig.asked()
    alice = await rig.actor("alice")
    await rig.countersign.deciding.cancel(alice, CancelPromotion(asked.id))
    door = Door(rig.countersign, only(rig.client), None, rig.replies)  # type: ignore[arg-type]
    packet = await rig.countersign.reading.evidence(alice, asked.id)
    words = said(await evidence(door, alice, asked.id))
    assert packet.content_hash in words and "/archives/" not in words

    posted = await rig.client.chat_postMessage(channel="C01", text="the signed summary")
    ts = str(posted["ts"])
    message = SentMessage(f"summary:{asked.id}", asked.id, "C01", ts, "", rig.clock.now)
    await rig.countersign.ports.transactions.write(lambda store: store.sent.put(message))
    assert f"/archives/C01/p{ts.replace('.', '')}|the signed summary>" in said(await evidence(door, alice, asked.id))


async def test_files_for_other_tools_are_asked_for_by_the_button_of_the_summary(rig: Rig) -> None:
    asked = await rig.asked()
    alice = await rig.actor("alice")
    await rig.countersign.deciding.cancel(alice, CancelPromotion(asked.id))
    view = await rig.countersign.reading.promotion(alice, asked.id)
    packet = await rig.countersign.reading.evidence(alice, asked.id)
    shown = summary(view, packet, logged())
    await rig.client.chat_postMessage(channel="C01", text=shown.text, blocks=shown.blocks)
    await rig.slack.click("carol", await rig.slack.message(CHANNEL, "sha256:"), "promotion.exports")
    assert "comes into the thread" in (await rig.slack.whisper("carol", "the evidence for other tools")).words
