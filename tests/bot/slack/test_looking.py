"""Looking things up for lists, details and the App Home."""

from __future__ import annotations

import pytest

from bot.slack.ids import ListValue
from bot.slack.looking import approvals_page, details, promotions_page
from bot.slack.views.home import home
from core.app.deciding import CancelPromotion
from core.domain.promotion import Status
from core.errors import NotFoundError
from tests.bot.slack.conftest import Rig
from tests.bot.slack.makers import said
from tests.support.clock import nth_id


async def test_details_have_the_packet_once_it_is_decided(rig: Rig) -> None:
    asked = await rig.asked()
    alice = await rig.actor("alice")
    assert (await details(rig.countersign, alice, asked.id)).packet is None
    await rig.countersign.deciding.cancel(alice, CancelPromotion(asked.id))
    found = await details(rig.countersign, alice, asked.id)
    assert found.packet is not None
    assert len(found.history) == 4
    with pytest.raises(NotFoundError):
        await details(rig.countersign, alice, nth_id(999))


async def test_lists_hold_what_they_say(rig: Rig) -> None:
    await rig.asked()
    alice, bob = await rig.actor("alice"), await rig.actor("bob")
    assert "1 promotion of yours" in said(await promotions_page(rig.countersign, alice, ListValue(mine=True)))
    assert "No promotions of yours" in said(await promotions_page(rig.countersign, bob, ListValue(mine=True)))
    rejected = ListValue(statuses=(Status.REJECTED,))
    assert "No promotions (rejected)" in said(await promotions_page(rig.countersign, bob, rejected))
    assert "1 promotion waits" in said(await approvals_page(rig.countersign, bob))


async def test_the_home_of_a_requester_and_of_an_approver(rig: Rig) -> None:
    await rig.asked()
    mine = said(home(await rig.countersign.overviews.of(await rig.actor("alice"))))
    assert "Nothing waits for you" in mine
    assert "You asked for" in mine
    assert "1 waits for you" in said(home(await rig.countersign.overviews.of(await rig.actor("bob"))))


async def test_the_home_of_somebody_unknown_says_whom_to_ask(rig: Rig) -> None:
    await rig.slack.open_home("olga")
    assert "administrator" in (await rig.slack.home_of("olga")).words
