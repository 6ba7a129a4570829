"""Slash commands, typed by people, answered where only they see it."""

from __future__ import annotations

import pytest

from core.domain.promotion import Status
from tests.bot.slack.conftest import CHANNEL, Rig


async def type_in(rig: Rig, who: str, command: str, text: str = "") -> str:
    """Type a command and read the answer that only that person sees."""
    before = len(rig.slack.ephemerals(who))
    assert (await rig.slack.command(who, CHANNEL, command, text)).ok
    whispers = rig.slack.ephemerals(who)
    return whispers[-1].words if len(whispers) > before else ""


@pytest.mark.parametrize(
    "typed",
    [
        "shop-1.4.0 to production fixes the checkout",
        "shop-1.4.0 production fixes the checkout",
        "SHOP-1.4.0 TO Production fixes the checkout",
        "“shop-1.4.0” to “production” fixes the checkout",
    ],
)
async def test_promote_asks_at_once(rig: Rig, typed: str) -> None:
    await rig.release()
    answer = await type_in(rig, "alice", "/promote", typed)
    assert "Requested" in answer
    assert "#releases" in answer
    asked = await rig.newest()
    assert (asked.release_name, asked.target.name, asked.reason) == ("shop-1.4.0", "production", "fixes the checkout")
    assert asked.requested_by.name == "Alice"


async def test_promote_without_words_opens_the_form(rig: Rig) -> None:
    assert await type_in(rig, "alice", "/promote") == ""
    await rig.slack.modal_of("alice", "Request a promotion")


async def test_near_misses_are_suggested(rig: Rig) -> None:
    await rig.release()
    assert "Did you mean *shop-1.4.0*?" in await type_in(rig, "alice", "/promote", "shop-1.4 production")
    assert "Did you mean *production*?" in await type_in(rig, "alice", "/promote", "shop-1.4.0 prodction")


async def test_what_is_missing_is_said_with_an_example(rig: Rig) -> None:
    answer = await type_in(rig, "alice", "/promote", "shop-1.4.0")
    assert "which environment" in answer
    assert "/promote shop-1.4.0 to production" in answer


async def test_a_second_request_shows_the_open_one(rig: Rig) -> None:
    await rig.asked()
    answer = await type_in(rig, "alice", "/promote", "shop-1.4.0 production again")
    assert "already has an open promotion" in answer
    assert rig.slack.ephemerals("alice")[-1].actions == ["promotion.details"]


async def test_somebody_without_the_role_is_told_whom_to_ask(rig: Rig) -> None:
    await rig.release()
    answer = await type_in(rig, "bob", "/promote", "shop-1.4.0 production")
    assert "You need the role *requester*" in answer
    assert "administrator" in answer


async def test_somebody_unknown_is_told_whom_to_ask_and_with_which_ids(rig: Rig) -> None:
    answer = await type_in(rig, "olga", "/approvals")
    assert "don't know who you are" in answer
    assert "administrator" in answer
    assert "T00000001" in answer
    assert "U05" in answer


async def test_approvals_lists_what_waits_for_me_and_no_more(rig: Rig) -> None:
    await rig.asked()
    assert "1 promotion waits for you" in await type_in(rig, "bob", "/approvals")
    assert rig.slack.ephemerals("bob")[-1].actions == ["promotion.approve", "promotion.reject", "promotion.details"]
    assert "Nothing waits for you" in await type_in(rig, "alice", "/approvals")


async def test_promotions_lists_what_is_open_and_pages_through_it(rig: Rig) -> None:
    for number in range(10):
        await rig.asked(f"1.{number}.0")
    answer = await type_in(rig, "bob", "/promotions")
    assert "10 promotions" in answer
    assert "1 to 8" in answer
    listed = rig.slack.ephemerals("bob")[-1]
    await rig.slack.click("bob", listed, "promotions.older")
    await rig.slack.until(lambda: "9 to 10" in rig.slack.ephemerals("bob")[-1].words)
    assert "No promotions" in await type_in(rig, "bob", "/promotions", "rejected")
    assert "No promotions of yours" in await type_in(rig, "bob", "/promotions", "mine")


async def test_two_people_approve_by_typing(rig: Rig) -> None:
    asked = await rig.asked()
    assert "1 of 2" in await type_in(rig, "bob", "/promotions", "approve shop-1.4.0 to production looks good")
    assert "Decided: approved by Bob and Carol" in await type_in(rig, "carol", "/promotions", f"approve {asked.id}")
    decided = await rig.newest()
    assert decided.status is Status.APPROVED
    assert [vote.comment for vote in decided.votes] == ["looks good", ""]
    assert {vote.door for vote in decided.votes} == {"slack"}


async def test_a_second_vote_is_already_recorded(rig: Rig) -> None:
    await rig.asked()
    await type_in(rig, "bob", "/promotions", "approve shop-1.4.0 production")
    answer = await type_in(rig, "bob", "/promotions", "approve shop-1.4.0 production")
    assert "already recorded" in answer
    assert len((await rig.newest()).votes) == 1


async def test_the_requester_is_refused_and_may_cancel(rig: Rig) -> None:
    await rig.asked()
    assert "somebody else must approve" in await type_in(rig, "alice", "/promotions", "approve shop-1.4.0 production")
    assert "You cancelled" in await type_in(rig, "alice", "/promotions", "cancel shop-1.4.0 production too early")
    assert (await rig.newest()).close_comment == "too early"


async def test_a_rejection_needs_a_reason_and_ends_it(rig: Rig) -> None:
    await rig.asked()
    assert "needs a reason" in await type_in(rig, "bob", "/promotions", "reject shop-1.4.0 production")
    assert "rejected by Bob" in await type_in(rig, "bob", "/promotions", "reject shop-1.4.0 production not now")
    assert "already rejected" in await type_in(rig, "carol", "/promotions", "approve shop-1.4.0 production")


async def test_a_blocking_gate_is_named(rig: Rig) -> None:
    await rig.asked(critical=3)
    answer = await type_in(rig, "bob", "/promotions", "approve shop-1.4.0 production")
    assert "3 critical vulnerabilities exceed threshold (max: 0)" in answer


async def test_preview_show_and_evidence(rig: Rig) -> None:
    await rig.release("2.0.0", critical=1)
    assert "1 of 2 gates would block" in await type_in(rig, "bob", "/promotions", "preview shop-2.0.0 production")
    asked = await rig.asked()
    assert "Fixes the checkout" in await type_in(rig, "bob", "/promotions", "show shop-1.4.0 production")
    assert "not decided" in await type_in(rig, "bob", "/promotions", f"evidence {asked.id}")
    await type_in(rig, "bob", "/promotions", f"reject {asked.id} no")
    assert "sha256:" in await type_in(rig, "bob", "/promotions", f"evidence {asked.id}")


async def test_nobody_has_asked_yet(rig: Rig) -> None:
    await rig.release()
    assert "Nobody has asked" in await type_in(rig, "bob", "/promotions", "show shop-1.4.0 production")


@pytest.mark.parametrize(("command", "text"), [("/promote", "help"), ("/promotions", "help"), ("/approvals", "help")])
async def test_help_is_everywhere(rig: Rig, command: str, text: str) -> None:
    assert "/promotions preview" in await type_in(rig, "bob", command, text)


async def test_an_unknown_word_is_answered_with_near_ones(rig: Rig) -> None:
    assert "/promotions approve" in await type_in(rig, "bob", "/promotions", "aprove shop-1.4.0 production")
    assert "/approvals quiet" in await type_in(rig, "bob", "/approvals", "please")
