"""Answers to requests with an Idempotency-Key, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.app.ports import Store, StoredAnswer, Transactions
from tests.support.clock import MORNING

IN_FLIGHT = StoredAnswer("token:1", "key-1", "sha256:ab", MORNING)
DONE = replace(IN_FLIGHT, status=201, headers=(("Location", "/x"), ("ETag", "ü")), body=b"\x00\xff{}")


async def test_an_answer_takes_the_place_of_the_one_in_flight(transactions: Transactions) -> None:
    await transactions.write(lambda store: store.answers.put(IN_FLIGHT))
    assert await transactions.read(lambda store: store.answers.get("token:1", "key-1")) == IN_FLIGHT
    await transactions.write(lambda store: store.answers.put(DONE))
    assert await transactions.read(lambda store: store.answers.get("token:1", "key-1")) == DONE


async def test_a_key_belongs_to_its_owner(transactions: Transactions) -> None:
    await transactions.write(lambda store: store.answers.put(DONE))
    assert await transactions.read(lambda store: store.answers.get("token:2", "key-1")) is None
    assert await transactions.write(lambda store: store.answers.get("token:1", "key\0")) is None


async def test_a_forgotten_key_is_free(transactions: Transactions) -> None:
    await transactions.write(lambda store: store.answers.put(DONE))
    await transactions.write(lambda store: store.answers.forget("token:1", "key-1"))
    assert await transactions.write(lambda store: store.answers.get("token:1", "key-1")) is None


async def test_old_answers_are_forgotten_and_counted(transactions: Transactions) -> None:
    def body(store: Store) -> None:
        for hours in range(4):
            store.answers.put(replace(DONE, key=f"key-{hours}", created_at=MORNING + timedelta(hours=hours)))

    await transactions.write(body)
    moment = MORNING + timedelta(hours=2)
    assert await transactions.write(lambda store: store.answers.forget_before(moment)) == 2
    assert await transactions.read(lambda store: store.answers.get("token:1", "key-1")) is None
    assert await transactions.read(lambda store: store.answers.get("token:1", "key-2")) is not None
