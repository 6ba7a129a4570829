"""The form helps while it is filled in."""

from __future__ import annotations

from tests.bot.slack.conftest import CHANNEL, Rig


async def test_both_menus_offer_what_fits(rig: Rig) -> None:
    for version in ("1.4.0", "1.5.0"):
        await rig.release(version)
    await rig.slack.command("alice", CHANNEL, "/promote")
    form = await rig.slack.modal_of("alice")
    offered = await rig.slack.suggest("alice", form, "release", "1.5")
    assert [each["text"]["text"] for each in offered] == ["shop-1.5.0"]
    offered = await rig.slack.suggest("alice", form, "environment", "PROD")
    assert [each["text"]["text"] for each in offered] == ["production"]
    assert len(await rig.slack.suggest("alice", form, "environment")) == 2


async def test_somebody_unknown_is_offered_nothing(rig: Rig) -> None:
    await rig.release()
    await rig.slack.command("alice", CHANNEL, "/promote")
    form = await rig.slack.modal_of("alice")
    assert await rig.slack.suggest("olga", form, "release", "shop") == []


async def test_gates_and_policy_are_shown_as_soon_as_both_are_chosen(rig: Rig) -> None:
    await rig.release(critical=3)
    await rig.slack.command("alice", CHANNEL, "/promote")
    form = await rig.slack.modal_of("alice", "Choose both")
    await rig.slack.fill("alice", form, {"reason": "typed before"})
    await rig.slack.choose("alice", form, "request.release", "shop-1.4.0")
    await rig.slack.choose("alice", form, "request.environment", "production")
    shown = await rig.slack.modal_of("alice", "1 of 2 gates would block now")
    assert "3 critical vulnerabilities exceed threshold" in shown.words
    assert "from release-managers (production-policy)" in shown.words
    await rig.slack.submit_modal("alice")
    assert (await rig.newest()).reason == "typed before"
