"""The log's beginning: what was decided before there was a log is in it, in order, and once."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest

from core.app.beginning_log import begin_log
from core.app.journal import Journal
from core.app.keys import registered
from core.domain.people import SYSTEM
from core.errors import InvalidError
from core.evidence.log.entries import decision_entry
from tests.core.app.room import Room
from tests.core.evidence.samples import SIGNER, record
from tests.support.clock import MORNING, SequentialIds
from tests.support.memory.log import LogTables


async def start(room: Room, origin: str = "") -> None:
    """What every start of the server does."""
    await room.memory.write(lambda store: begin_log(store, origin, SequentialIds(), room.clock()))


def kinds(room: Room) -> list[str]:
    """The kinds of leaves, without those of the room itself: its environments, groups and people."""
    contents = (json.loads(leaf.content) for leaf in room.memory.tables.log.leaves)
    told = (str(content.get("action", content["type"])) for content in contents)
    return [kind for kind in told if not kind.startswith(("environment:", "approver_group:", "person:"))]


async def test_what_was_before_the_log_is_in_it_in_the_order_in_which_it_happened(room: Room) -> None:
    key = record(not_before=MORNING - timedelta(days=1))
    room.clock.advance(hours=1)
    first = await room.approved()
    room.clock.advance(hours=1)
    await room.policy_for(room.staging, 1, "sre-team")
    room.clock.advance(hours=1)
    second = await room.approved(release=await room.a_release_with_scan("2.0"))
    room.memory.tables.keys[key.key_ref] = key
    room.memory.tables.log = LogTables()

    await start(room)

    assert kinds(room) == [
        "signing_key:registered",
        "approval_policy:created",
        "release_decision",
        "approval_policy:created",
        "release_decision",
    ]
    packets = [room.evidence(promotion.id) for promotion in (first, second)]
    logged = [leaf for leaf in room.memory.tables.log.leaves if b"release_decision" in leaf.content]
    assert logged == [decision_entry(packet) for packet in packets if packet]


async def test_starting_again_adds_nothing(room: Room) -> None:
    await room.approved()
    await start(room)
    before = room.memory.tables.log.leaves.copy()
    await start(room)
    assert room.memory.tables.log.leaves == before


async def test_what_another_version_decided_meanwhile_is_added(room: Room) -> None:
    await start(room)
    promotion = await room.approved()
    leaf = room.memory.tables.log.leaves.pop()
    hasty = partial(begin_log, origin="", new_id=SequentialIds(), now=room.clock(), catch_up=False)
    await room.memory.write(hasty)
    assert leaf not in room.memory.tables.log.leaves
    await start(room)
    assert room.memory.tables.log.leaves[-1] == leaf
    assert leaf.subject_id == getattr(room.evidence(promotion.id), "id", None)


async def test_a_log_has_the_name_that_is_set_or_one_of_its_own(room: Room) -> None:
    await start(room, "example.com/log")
    assert room.memory.tables.log.origin == "example.com/log"
    await start(room)
    assert room.memory.tables.log.origin == "example.com/log"
    room.memory.tables.log.origin = ""
    await start(room)
    assert room.memory.tables.log.origin == "countersign.internal/000000000001"


@pytest.mark.parametrize("origin", ["example.com/other", "two words", "a+b", "x" * 201])
async def test_a_log_is_never_renamed_nor_given_a_name_that_is_none(room: Room, origin: str) -> None:
    await start(room, "example.com/log")
    with pytest.raises(InvalidError) as refusal:
        await start(room, origin)
    assert refusal.value.field == "COUNTERSIGN_LOG_ORIGIN"
    assert room.memory.tables.log.origin == "example.com/log"


async def test_a_key_is_in_the_log_when_it_is_registered(room: Room) -> None:
    await start(room)
    await room.memory.write(lambda store: registered(Journal(store, SYSTEM, MORNING), SIGNER.public_key_pem))
    assert kinds(room)[-1] == "signing_key:registered"
    content = json.loads(room.memory.tables.log.leaves[-1].content)
    assert content["details"]["keyRef"] == SIGNER.key_ref
