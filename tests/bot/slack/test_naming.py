"""From names to things, with suggestions."""

from __future__ import annotations

import pytest

from bot.slack.grammar import Names
from bot.slack.naming import promotion_id, resolved
from core.app.deciding import CancelPromotion
from core.app.requesting import RequestPromotion
from core.errors import NotFoundError
from tests.bot.slack.conftest import Rig
from tests.support.clock import nth_id


async def test_letter_case_does_not_count(rig: Rig) -> None:
    made = await rig.release()
    release, environment = await resolved(rig.countersign, await rig.actor("bob"), Names("SHOP-1.4.0", "PRODUCTION"))
    assert (release, environment) == (made, rig.production)


@pytest.mark.parametrize(
    ("names", "near"),
    [
        (Names("shop-1.40", "production"), ["shop-1.4.0"]),
        (Names("zzz", "production"), []),
        (Names("shop-1.4.0", "prod"), ["production"]),
        (Names("shop-1.4.0", "zzz"), ["production", "staging"]),
    ],
)
async def test_suggestions(rig: Rig, names: Names, near: list[str]) -> None:
    await rig.release()
    with pytest.raises(NotFoundError) as refused:
        await resolved(rig.countersign, await rig.actor("bob"), names)
    assert refused.value.params["suggestions"] == near


async def test_names_mean_the_newest_promotion(rig: Rig) -> None:
    first = await rig.asked()
    alice = await rig.actor("alice")
    await rig.countersign.deciding.cancel(alice, CancelPromotion(first.id))
    rig.clock.advance(minutes=1)
    again = await rig.countersign.requesting.request(alice, RequestPromotion(first.release_id, rig.production.id))
    assert await promotion_id(rig.countersign, alice, Names("shop-1.4.0", "production")) == again.id
    assert await promotion_id(rig.countersign, alice, nth_id(7)) == nth_id(7)
    with pytest.raises(NotFoundError, match="Nobody has asked"):
        await promotion_id(rig.countersign, alice, Names("shop-1.4.0", "staging"))
