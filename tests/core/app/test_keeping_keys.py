from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.app.journal import Journal
from core.app.keeping_keys import change_key, key_subject, register_key
from core.app.ports import Store
from core.domain.events import Action
from core.domain.people import SYSTEM
from tests.core.app.room import Room
from tests.core.evidence.samples import STRANGER, record
from tests.support.clock import MORNING


async def test_each_change_of_the_registry_is_in_both_logs(room: Room) -> None:
    key = record(STRANGER, not_before=MORNING)
    ended = replace(key, not_after=MORNING + timedelta(days=1))
    before = len(room.memory.tables.log.leaves)

    def body(store: Store) -> None:
        journal = Journal(store, SYSTEM, MORNING)
        register_key(journal, key)
        change_key(journal, ended)

    await room.memory.write(body)
    assert room.memory.tables.keys[key.key_ref] == ended
    assert room.actions(key_subject(key.key_ref)) == [Action.KEY_REGISTERED, Action.KEY_CHANGED]
    leaves = [leaf.content for leaf in room.memory.tables.log.leaves[before:]]
    assert [b'"exp"' in leaf for leaf in leaves] == [False, True]
