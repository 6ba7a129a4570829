"""What is announced, where, and how it is kept current."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.app.announcing import Announcement, announcements
from core.app.outbox import Errand
from core.domain.environment import Environment
from core.domain.promotion import Promotion
from core.domain.release import Release
from tests.core.app.room import Room


async def announced(room: Room, release: Release) -> tuple[Announcement, ...]:
    return await room.memory.read(lambda store: announcements(store, release.id))


async def announcing(room: Room, environment: Environment, **changes: Any) -> None:
    """Let an environment announce in a channel."""
    given = {"slack_channel": "#releases", "announce": True, **changes}
    await room.gates_of(environment, {}, **given)


async def deployed(room: Room, to: Environment, release: Release) -> Promotion:
    promotion = await room.approved(to=to, release=release)
    await room.report(promotion.id, "deploying")
    return await room.report(promotion.id, "deployed")


async def test_nothing_is_announced_unless_the_environment_says_so(room: Room) -> None:
    await announcing(room, room.staging, announce=False)
    assert await announced(room, await room.a_release("2.0")) == ()
    await announcing(room, room.staging, slack_channel="")
    assert await announced(room, await room.a_release("2.1")) == ()
    assert not any(errand is Errand.ANNOUNCE for errand, _ in room.errands())


async def test_a_registered_release_is_announced_where_releases_enter(room: Room) -> None:
    for environment in (room.staging, room.production):
        await announcing(room, environment)
    release = await room.a_release("2.0")
    (new,) = await announced(room, release)
    assert (new.environment.name, new.promotion, new.posted) == ("Staging", None, False)
    assert [each.environment.name for each in new.onward] == ["Staging"]
    assert new.onward[0].may_be_asked_for
    assert (Errand.ANNOUNCE, release.id) in room.errands()


async def test_what_was_registered_before_is_not_announced_afterwards(room: Room) -> None:
    await announcing(room, room.staging)
    await room.request(to=room.staging)
    assert await announced(room, room.release) == ()


async def test_a_finished_deployment_is_announced_with_the_next_environments(room: Room) -> None:
    await announcing(room, room.production)
    west = await room.environment("West", source_environment_id=room.production.id)
    room.clock.advance(minutes=1)
    promotion = await room.approved()
    assert await announced(room, room.release) == ()
    await room.report(promotion.id, "deploying")
    assert await announced(room, room.release) == ()
    await room.report(promotion.id, "deployed")
    (told,) = await announced(room, room.release)
    assert (told.environment.name, told.since) == ("Production", room.clock())
    assert [(each.environment, each.may_be_asked_for) for each in told.onward] == [(west, True)]


async def test_it_follows_the_release_on_its_way(room: Room) -> None:
    await room.policy_for(room.staging, 2, "release-managers")
    await announcing(room, room.staging)
    await deployed(room, room.staging, room.release)
    room.run_errands()
    promotion = await room.request()
    assert (Errand.ANNOUNCE, room.release.id) in room.errands()
    (told,) = await announced(room, room.release)
    assert (told.onward[0].promotion, told.onward[0].may_be_asked_for) == (room.stored(promotion.id), False)
    await room.evaluate(promotion.id)
    room.run_errands()
    await room.reject("bob", promotion.id)
    assert (Errand.ANNOUNCE, room.release.id) in room.errands()
    (told,) = await announced(room, room.release)
    assert told.onward[0].may_be_asked_for
    await deployed(room, room.production, room.release)
    (told,) = await announced(room, room.release)
    assert told.onward[0].since is not None
    assert not told.onward[0].may_be_asked_for


async def test_one_that_was_rolled_back_before_it_was_posted_is_not_announced(room: Room) -> None:
    await announcing(room, room.production)
    promotion = await room.approved()
    for status in ("deploying", "deployed", "rolled_back"):
        await room.report(promotion.id, status)
    assert await announced(room, room.release) == ()


async def test_one_that_was_posted_says_that_it_was_rolled_back(room: Room) -> None:
    await announcing(room, room.production)
    promotion = await deployed(room, room.production, room.release)
    (message,) = (each for each in room.memory.tables.sent.values() if each.key == f"runs:{promotion.id}")
    await room.memory.write(lambda store: store.sent.put(replace(message, channel="C01", ts="1.1")))
    await room.report(promotion.id, "rolled_back")
    (told,) = await announced(room, room.release)
    assert told.rolled_back
    assert told.posted
