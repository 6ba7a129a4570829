from __future__ import annotations

from core.app.gate_context import gate_context, members_of
from core.app.ports import Store
from core.domain.promotion import Status
from tests.core.app.room import Room


async def test_what_runs_and_what_was_deployed_is_known_of_the_component(room: Room) -> None:
    await room.gates_of(room.production, {})
    promotion = await room.approved()
    for status in ("deploying", "deployed"):
        await room.report(promotion.id, status)
    other = await room.a_release_with_scan("9.0", "search")

    def body(store: Store) -> None:
        target = store.environments.get(room.production.id)
        assert target is not None
        known = gate_context(store, room.release, target, room.clock()).known
        running = known.running("shop")
        assert running is not None
        assert running.version == "1.4.0"
        assert known.running("search") is None
        assert [(each.release.name, each.deployment.status) for each in known.deployments()] == [
            ("shop-1.4.0", Status.DEPLOYED.value)
        ]
        assert gate_context(store, other, target, room.clock()).known.deployments() == ()

    await room.memory.read(body)


async def test_in_a_dry_run_nothing_is_ticked_and_nobody_was_asked(room: Room) -> None:
    def body(store: Store) -> None:
        target = store.environments.get(room.production.id)
        assert target is not None
        context = gate_context(store, room.release, target, room.clock())
        assert context.promotion_id is None
        assert (context.known.ticks(), context.known.questions()) == ((), ())
        assert context.source is not None
        assert context.source.name == "Staging"

    await room.memory.read(body)


async def test_only_members_who_may_vote_are_members(room: Room) -> None:
    await room.change("dave", active=False)

    def body(store: Store) -> None:
        members = members_of(store, "Release-Managers")
        assert members == frozenset(room.people[handle].id for handle in ("alice", "bob", "carol"))
        assert members_of(store, "nobody") is None

    await room.memory.read(body)
