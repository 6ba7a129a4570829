"""The transparency log, on every kind of store."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from uuid import UUID

import pytest

from bot.db.database import Database, open_database
from bot.db.urls import parse_url, sqlite_file
from core.app.ports import Store, Transactions
from core.app.proving import Proving
from core.app.transparency import LogState, StoredCheckpoint
from core.domain.people import SYSTEM
from core.domain.promotion import Status
from core.errors import DomainError, LogInconsistentError, StaleVersionError
from core.evidence.envelope import seal
from core.evidence.log.entries import LogEntry, decision_entry
from core.evidence.log.merkle import Node, consistency_holds, leaf_hash, root_of
from tests.bot.db.samples import promotion
from tests.core.evidence.log.oracle import Kept
from tests.core.evidence.samples import SIGNER
from tests.support.clock import MORNING, nth_id
from tests.support.wired import begun, ports_on


def entry(number: int, subject: UUID | None = None) -> LogEntry:
    return LogEntry(subject or nth_id(number), MORNING, f"entry {number}".encode())


def append(store: Store, *numbers: int) -> None:
    for number in numbers:
        store.log.append(entry(number))


async def test_leaves_are_numbered_in_the_order_of_their_commits(transactions: Transactions) -> None:
    for numbers in ((0,), (1, 2, 3), (), (4,)):
        await transactions.write(lambda store, numbers=numbers: append(store, *numbers))  # type: ignore[misc]
    expected = Kept([entry(number).content for number in range(5)])

    def look(store: Store) -> None:
        assert store.log.state() == LogState("", expected.frontier)
        assert store.log.entries(0, 5) == tuple(entry(number).content for number in range(5))
        assert store.log.entries(3, 9) == (b"entry 3", b"entry 4")
        assert store.log.hashes(list(expected.nodes)) == expected.nodes
        assert root_of(5, store.log.hashes) == expected.frontier.root
        assert [store.log.index_of(nth_id(number)) for number in (0, 4, 5)] == [0, 4, None]

    await transactions.read(look)


async def test_an_unused_log_is_empty(transactions: Transactions) -> None:
    def look(store: Store) -> None:
        assert store.log.state() == LogState()
        assert store.log.entries(0, 9) == ()
        assert store.log.hashes([Node(0, 0)]) == {}
        assert store.log.checkpoint() is None
        assert store.log.checkpoint(0) is None
        assert not list(store.log.forgotten())

    await transactions.read(look)


async def test_what_a_transaction_appends_is_gone_with_it(transactions: Transactions) -> None:
    def fails(store: Store) -> None:
        append(store, 1)
        raise DomainError("not this time")

    await transactions.write(lambda store: append(store, 0))
    with pytest.raises(DomainError):
        await transactions.write(fails)
    await transactions.write(lambda store: append(store, 2))
    assert await transactions.read(lambda store: store.log.entries(0, 9)) == (b"entry 0", b"entry 2")


async def test_a_transaction_that_is_run_again_appends_once(database: Database) -> None:
    tries: list[int] = []

    def body(store: Store) -> None:
        tries.append(1)
        append(store, 7)
        if len(tries) == 1:
            raise StaleVersionError("somebody was first")

    await database.write(body)
    assert await database.read(lambda store: store.log.entries(0, 9)) == (b"entry 7",)


async def test_the_log_is_named_once(transactions: Transactions) -> None:
    await transactions.write(lambda store: append(store, 0))
    await transactions.write(lambda store: store.log.name("example.com/log"))
    await transactions.write(lambda store: store.log.name("example.com/other"))
    assert (await transactions.read(lambda store: store.log.state())).origin == "example.com/log"
    assert (await transactions.write(lambda store: store.log.locked())).size == 1


async def test_the_newest_leaf_about_a_subject_is_found(transactions: Transactions) -> None:
    def body(store: Store) -> None:
        for number in range(3):
            store.log.append(entry(number, nth_id(7)))

    await transactions.write(body)
    assert await transactions.read(lambda store: store.log.index_of(nth_id(7))) == 2


async def test_decisions_without_a_leaf_are_known_in_their_order(filled: Transactions) -> None:
    packets = [
        seal(
            {"number": number},
            SIGNER,
            packet_id=nth_id(600 + number),
            promotion_id=promotion(number).id,
            generated_at=MORNING - timedelta(minutes=number),
        )
        for number in (1, 2, 3)
    ]

    def decide(store: Store) -> None:
        for number, packet in enumerate(packets, start=1):
            store.promotions.add(promotion(number, status=Status.CANCELLED, decided_at=MORNING))
            store.evidence.add(packet)
        store.log.append(decision_entry(packets[1]))

    await filled.write(decide)
    forgotten = await filled.read(lambda store: list(store.log.forgotten()))
    assert forgotten == [decision_entry(packets[2]), decision_entry(packets[0])]


async def test_checkpoints_and_cosignatures_are_kept(transactions: Transactions) -> None:
    first = StoredCheckpoint(1, b"\1" * 32, "a note — signed", MORNING)
    second = StoredCheckpoint(12, b"\2" * 32, "another", MORNING + timedelta(hours=1))

    def body(store: Store) -> None:
        store.log.add_checkpoint(first)
        store.log.add_checkpoint(second)
        store.log.cosign(12, "witness b", "— b")
        store.log.cosign(12, "witness a", "— a, earlier")
        store.log.cosign(12, "witness a", "— a")

    def look(store: Store) -> None:
        assert store.log.checkpoint() == store.log.checkpoint(12) == second
        assert store.log.checkpoint(1) == first
        assert store.log.checkpoint(2) is None
        assert store.log.cosignatures(12) == ("— a", "— b")
        assert store.log.cosignatures(1) == ()

    await transactions.write(body)
    await transactions.read(look)


async def test_a_size_is_signed_once(database: Database) -> None:
    one, other = (StoredCheckpoint(3, root, "note", MORNING) for root in (b"\1" * 32, b"\2" * 32))
    await database.write(lambda store: store.log.add_checkpoint(one))
    with pytest.raises(Exception, match=r"UNIQUE|unique|could not"):
        await database.write(lambda store: store.log.add_checkpoint(other))
    assert await database.read(lambda store: store.log.checkpoint(3)) == one


async def test_replicas_that_append_at_once_make_one_log_without_gaps(postgres_store_url: str) -> None:
    replicas = [open_database(postgres_store_url) for _ in range(3)]

    async def work(replica: Database, numbers: range) -> None:
        await asyncio.gather(*(replica.write(lambda store, n=n: append(store, n)) for n in numbers))  # type: ignore[misc]

    await asyncio.gather(*(work(each, range(100 * n, 100 * n + 40)) for n, each in enumerate(replicas)))

    def look(store: Store) -> None:
        entries = store.log.entries(0, 1000)
        assert sorted(entries) == sorted(entry(100 * n + i).content for n in range(3) for i in range(40))
        tree = Kept(entries)
        assert store.log.state().frontier == tree.frontier
        assert store.log.hashes(list(tree.nodes)) == tree.nodes
        assert tree.nodes[Node(0, 7)] == leaf_hash(entries[7])

    await replicas[0].read(look)
    for each in replicas:
        await each.close()


async def test_replicas_that_sign_while_others_append_never_go_back_and_never_fork(postgres_store_url: str) -> None:
    replicas = [open_database(postgres_store_url) for _ in range(3)]
    await replicas[0].write(begun)
    provers = [Proving(ports_on(each)) for each in replicas]
    sizes: list[list[int]] = [[] for _ in replicas]

    async def append_all(replica: Database, numbers: range) -> None:
        for number in numbers:
            await replica.write(lambda store, n=number: append(store, n))  # type: ignore[misc]

    async def sign(number: int) -> None:
        for _ in range(12):
            sizes[number].append((await provers[number].checkpoint()).checkpoint.size)
            await asyncio.sleep(0.002)

    appending = (append_all(each, range(100 * n, 100 * n + 30)) for n, each in enumerate(replicas))
    await asyncio.gather(*appending, *(sign(number) for number in range(3)))
    last = (await provers[0].checkpoint()).checkpoint
    assert last.size == 91
    assert all(seen == sorted(seen) for seen in sizes), "nobody is ever shown a smaller log than before"
    for size in sorted({size for seen in sizes for size in seen}):
        stored = await replicas[1].read(lambda store, at=size: store.log.checkpoint(at))  # type: ignore[misc]
        assert stored is not None
        proof = await provers[2].consistency(size, last.size)
        assert consistency_holds(size, last.size, stored.root, last.root, proof.hashes)
    for each in replicas:
        await each.close()


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM log_nodes WHERE level = 0 AND position = 2",
        "UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 0 AND position = 0) WHERE level = 1",
        "UPDATE log_leaves SET content = (SELECT content FROM log_leaves WHERE position = 0) WHERE position = 2",
        "DELETE FROM log_leaves WHERE position = 2",
    ],
)
async def test_what_somebody_changed_in_the_database_is_never_proved(sqlite_store_url: str, damage: str) -> None:
    database = open_database(sqlite_store_url)
    await database.write(begun)
    await database.write(lambda store: append(store, 1, 2, 3))
    proving = Proving(ports_on(database))
    await proving.checkpoint()
    file = sqlite3.connect(sqlite_file(parse_url(sqlite_store_url)))
    with file:
        file.execute(damage)
    file.close()
    with pytest.raises(LogInconsistentError):
        for index in (2, 3):
            await proving.inclusion(SYSTEM, index=index)
    await database.close()


async def test_checkpoints_are_found_by_when_they_were_signed(transactions: Transactions) -> None:
    def body(store: Store) -> None:
        for size in (3, 1, 2):
            signed_at = MORNING + timedelta(hours=size)
            store.log.add_checkpoint(StoredCheckpoint(size, bytes(32), "note", signed_at))

    await transactions.write(body)
    since, until = MORNING + timedelta(hours=1), MORNING + timedelta(hours=3)
    assert await transactions.read(lambda store: store.log.checkpoint_sizes(since, until)) == (1, 2)
    assert await transactions.read(lambda store: store.log.checkpoint_sizes(until, until)) == ()
