"""Everybody at once on the same promotions, over two replicas and both doors: one end each, every vote by the rules.

`race` lets all approvers vote on each promotion while others reject, cancel, let its time run out, edit the policy,
the groups and the people, and look at the log's checkpoints. Afterwards it is read back what was stored.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable
from pathlib import Path
from uuid import UUID

import pytest

from core.domain.promotion import Promotion, VoteChoice
from core.evidence.log.checkpoints import checkpoint_of
from core.evidence.log.notes import parse_note
from tests.resilience.aftermath import Aftermath, aftermath, lost
from tests.resilience.arena import ASKER, BOSS, Arena, arena, at_once
from tests.support.agreement import disagreements, looked_at
from tests.support.figures import Figures

AT_ONCE = 32
"""Requests under way: enough for every promotion to be fought over by most approvers."""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
async def test_races_over_two_replicas_end_once_and_by_the_rules(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, figures: Figures, short: bool
) -> None:
    if short and kind == "sqlite":
        pytest.skip("two programs on one SQLite file are raced in the long run alone")
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")
    people, promotions, required = (12, 15, 6) if short else (50, 200, 20)
    url = request.getfixturevalue("postgres_database" if kind == "postgresql" else "sqlite_url")
    began = time.monotonic()
    async with arena(url, tmp_path, seed, people=people, promotions=promotions, required=required) as made:
        print(f"furnished after {time.monotonic() - began:.1f} s")
        seen = await race(made)
        print(f"raced until {time.monotonic() - began:.1f} s")
        for promotion in made.promotions:
            await made.act(BOSS, "cancel", promotion)
        ids = [promotion.id for promotion in made.promotions]
        after = await made.core.database.read(lambda store: aftermath(store, ids))
    split = await looked_at(url, lambda connection: [*disagreements(connection)])
    told(figures, kind, made, after, split, seen, required)


async def race(made: Arena) -> dict[int, set[bytes]]:
    """Let it run, and give the roots that the replicas have signed by the log's size."""
    seen: dict[int, set[bytes]] = {}
    over = asyncio.Event()
    beside = [asyncio.create_task(edit(made, over)), asyncio.create_task(watch(made, over, seen))]
    deeds: list[Awaitable[None]] = []
    for number in range(0, len(made.promotions), 3):
        group = [deed for promotion in made.promotions[number : number + 3] for deed in deeds_on(made, promotion)]
        made.chance.shuffle(group)
        deeds += group
    await at_once(deeds, AT_ONCE)
    over.set()
    await asyncio.gather(*beside)
    return seen


def deeds_on(made: Arena, promotion: Promotion) -> list[Awaitable[None]]:
    """What is done to one promotion: everybody votes, some twice; some reject; now and then it is cancelled or ends."""
    chance, voters = made.chance, made.approvers
    rejects = 1 / len(voters) / 3
    deeds: list[Awaitable[None]] = [
        made.act(who, "reject" if chance.random() < rejects else "approve", promotion) for who in voters
    ]
    deeds += [made.act(who, "approve", promotion) for who in chance.sample(voters, 3)]
    if chance.random() < 0.4:
        deeds.append(made.act(chance.choice((ASKER, BOSS)), "cancel", promotion))
    if chance.random() < 0.4:
        deeds.append(made.run_out(promotion))
    return deeds


async def edit(made: Arena, over: asyncio.Event) -> None:
    while not over.is_set():
        await made.edit()


async def watch(made: Arena, over: asyncio.Event, seen: dict[int, set[bytes]]) -> None:
    while not over.is_set():
        status, note = await made.rest(BOSS, "GET", "/log/checkpoint")
        assert status == 200, note
        checkpoint = checkpoint_of(parse_note(note.encode()))
        seen.setdefault(checkpoint.size, set()).add(checkpoint.root)
        await asyncio.sleep(0.05)


def told(
    figures: Figures,
    kind: str,
    made: Arena,
    after: Aftermath,
    split: list[str],
    seen: dict[int, set[bytes]],
    required: int,
) -> None:
    """Print what is wrong, if anything, and record how much; `split` is where the database disagrees with itself."""
    choices = {"approve": VoteChoice.APPROVED, "reject": VoteChoice.REJECTED}
    votes = [answer for answer in made.answers if answer.yes and answer.deed in choices]
    roots = after.roots()
    faults: dict[str, list[str]] = {
        "answers with 5xx": [str(answer) for answer in made.answers if answer.status >= 500],
        "promotions that did not end": [str(each.id) for each in after.promotions.values() if each.is_open],
        "disagreements of ends, votes, evidence, audit, log and errands": split,
        "people counted twice": after.counted_twice(),
        "acknowledged votes that are lost": [
            str(vote)
            for vote in votes
            if lost(after, made.people[vote.who].id, UUID(vote.promotion), choices[vote.deed])
        ],
        "votes or decisions that the rules did not allow": after.not_allowed(required),
        "signed checkpoints that the log does not begin with": [
            str(size) for size, signed in seen.items() if signed != {roots.get(size)}
        ],
    }
    about = f"{len(made.answers):,} deeds of {len(made.people)} people on {len(made.promotions)} promotions"
    ends = sorted({promotion.outcome for promotion in after.promotions.values()})
    for name, found in faults.items():
        print("\n".join(found[:10]))
        figures.exactly(f"{name}, {kind}", len(found), 0, about=about)
    print(f"ends: {ends}; checkpoints seen: {len(seen)}; votes stored: {len(votes)}")
    assert len(ends) > 1, "several kinds of ends must have been fought for"
