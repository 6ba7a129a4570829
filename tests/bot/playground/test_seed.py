from __future__ import annotations

import pytest

from bot.playground import ChannelSeed, PersonSeed, UsergroupSeed, WorkspaceSeed

ALICE = PersonSeed("U01", "alice", "Alice")


def test_ids_and_names_are_used_once() -> None:
    with pytest.raises(ValueError, match="person 'U01' is in the seed twice"):
        WorkspaceSeed(people=(ALICE, PersonSeed("U01", "bob", "Bob")), channels=())
    with pytest.raises(ValueError, match="channel name 'a' is in the seed twice"):
        WorkspaceSeed(people=(ALICE,), channels=(ChannelSeed("C01", "a"), ChannelSeed("C02", "a")))


def test_members_are_people_of_the_seed() -> None:
    with pytest.raises(ValueError, match="'U09' in 'a' is nobody in the seed"):
        WorkspaceSeed(people=(ALICE,), channels=(ChannelSeed("C01", "a", ("U09",)),))
    with pytest.raises(ValueError, match="'U09' in 'g' is nobody in the seed"):
        WorkspaceSeed(people=(ALICE,), channels=(), usergroups=(UsergroupSeed("S01", "g", "G", ("U09",)),))
