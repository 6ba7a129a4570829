"""The form opens with what is probably meant, and helps while it is filled in."""

from __future__ import annotations

from core.app.drafts import EnvironmentDraft
from core.domain.people import SYSTEM
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


async def test_the_environment_of_the_channel_is_chosen_and_says_at_once_who_approves(rig: Rig) -> None:
    await rig.slack.command("alice", CHANNEL, "/promote")
    shown = await rig.slack.modal_of("alice", "Choose both")
    assert "production runs nothing that I know of now" in shown.words
    assert "Who may approve*: Bob and Carol" in shown.words


async def test_what_it_would_meet_is_shown_as_soon_as_both_are_chosen(rig: Rig) -> None:
    await rig.release(critical=3)
    await rig.slack.command("alice", CHANNEL, "/promote")
    form = await rig.slack.modal_of("alice", "Choose both")
    await rig.slack.fill("alice", form, {"reason": "typed before"})
    await rig.slack.choose("alice", form, "request.environment", "production")
    await rig.slack.choose("alice", form, "request.release", "shop-1.4.0")
    shown = await rig.slack.modal_of("alice", "1 of 2 gates would block now")
    assert "3 critical vulnerabilities exceed threshold" in shown.words
    assert "from release-managers, within 24 hours (production-policy)" in shown.words
    await rig.slack.submit_modal("alice")
    assert (await rig.newest()).reason == "typed before"


async def test_one_that_is_open_already_is_shown_with_a_link_before_anything_is_sent(rig: Rig) -> None:
    await rig.posted(await rig.asked())
    await rig.slack.command("alice", CHANNEL, "/promote")
    form = await rig.slack.modal_of("alice")
    await rig.slack.choose("alice", form, "request.release", "shop-1.4.0")
    shown = await rig.slack.modal_of("alice", "Already open")
    assert "|Open its card>" in shown.words


async def test_somebody_who_may_not_ask_reads_so_before_typing(rig: Rig) -> None:
    await rig.slack.command("bob", CHANNEL, "/promote")
    assert "You need the role *requester*" in (await rig.slack.modal_of("bob")).words


async def test_the_environment_asked_for_last_is_remembered(rig: Rig) -> None:
    asked = await rig.asked()
    elsewhere = EnvironmentDraft("production", rig.staging.id, True, "", {})
    await rig.countersign.administering.update_environment(SYSTEM, asked.target.id, elsewhere)
    await rig.slack.open_home("alice")
    await rig.slack.shortcut("alice", "shortcut.request")
    assert "production runs nothing" in (await rig.slack.modal_of("alice")).words
