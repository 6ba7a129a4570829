from __future__ import annotations

from bot.cli.demo.world import CLI, PEOPLE, PIPELINE, World
from core.app.outbox import SentMessage
from core.app.pages import PageRequest
from core.app.ports import PromotionFilter
from core.domain.gate_result import blocking
from core.domain.promotion import Promotion, Status
from tests.support.clock import MORNING


async def to_production(world: World) -> dict[str, Promotion]:
    page = await world.countersign.reading.promotions(CLI, PromotionFilter(), PageRequest(size=100))
    return {each.release_name: each for each in page.items if each.target.name == "production"}


async def blocked(world: World, release: str) -> list[str]:
    found, production = await world.countersign.reading.resolve(CLI, release, "production")
    previewed = await world.countersign.evaluating.preview(CLI, found.id, production.id)
    return [gate.gate_name for gate in blocking(previewed.gates)]


async def test_everybody_has_a_token(world: World) -> None:
    assert world.tokens.keys() == {*PEOPLE, PIPELINE}
    assert len(set(world.tokens.values())) == len(world.tokens)


async def test_releases_are_in_every_situation_worth_trying(world: World) -> None:
    await world.furnish()
    assert await blocked(world, "shop-2.3.1") == []
    assert await blocked(world, "shop-2.4.0") == ["security-gate"]
    assert await blocked(world, "billing-1.9.0") == ["sequence-gate"]
    assert await blocked(world, "cart-1.0.0") == ["freeze-window-gate"]


async def test_there_is_decided_history_with_evidence(world: World) -> None:
    await world.furnish()
    history = await to_production(world)
    assert {name: each.status for name, each in history.items()} == {
        "billing-1.8.2": Status.DEPLOYED,
        "shop-2.3.0": Status.REJECTED,
        "search-1.1.0": Status.CANCELLED,
    }
    for promotion in history.values():
        assert await world.countersign.reading.evidence(CLI, promotion.id)


async def test_the_build_brings_releases_to_staging_and_nobody_is_told_of_each(world: World) -> None:
    await world.furnish()
    page = await world.countersign.reading.promotions(CLI, PromotionFilter(), PageRequest(size=100))
    assert {each.requested_by.name for each in page.items if each.target.name == "staging"} == {PIPELINE}


async def test_something_waits_for_everybody_but_its_requester(world: World) -> None:
    await world.furnish()
    await world.ask_for_one()
    waiting = {name: await world.countersign.reading.pending_approvals(world.actors[name]) for name in PEOPLE}
    assert {name: len(each) for name, each in waiting.items()} == {"alice": 0, "bob": 1, "carol": 1, "sam": 1}


async def test_cards_of_what_is_open_are_posted_again_in_a_new_playground(world: World) -> None:
    await world.furnish()
    await world.ask_for_one()
    promotion = (await to_production(world))["search-1.2.0"]
    message = SentMessage(f"card:{promotion.id}", promotion.id, "C1", "1.0", "d", MORNING)
    transactions = world.countersign.ports.transactions
    await transactions.write(lambda store: store.sent.put(message))
    await world.show_again()
    assert await transactions.read(lambda store: store.sent.of(promotion.id)) == ()
