"""Service accounts and tokens, on every kind of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.app.ports import Transactions
from core.app.tokens import Token, token_digest
from core.domain.people import Right, ServiceAccount
from core.errors import NameTakenError
from tests.bot.db.samples import ALICE
from tests.support.clock import MORNING, nth_id

CI = ServiceAccount(nth_id(61), "ci")
OF_ALICE = Token(nth_id(71), token_digest("one"), MORNING, person_id=ALICE.id)
OF_CI = Token(
    nth_id(72),
    token_digest("two"),
    MORNING + timedelta(seconds=1),
    service_id=CI.id,
    scopes=frozenset({Right.PUBLISHER, Right.DEPLOYER}),
    expires_at=MORNING + timedelta(days=1),
)


async def test_a_service_account_is_found_by_id_and_name(filled: Transactions) -> None:
    await filled.write(lambda store: store.services.add(CI))
    assert await filled.read(lambda store: store.services.get(CI.id)) == CI
    assert await filled.read(lambda store: store.services.named("CI")) == CI
    assert await filled.read(lambda store: store.services.named("cd")) is None
    with pytest.raises(NameTakenError):
        await filled.write(lambda store: store.services.add(ServiceAccount(nth_id(62), "Ci")))


async def _with_tokens(filled: Transactions) -> None:
    await filled.write(lambda store: store.services.add(CI))
    await filled.write(lambda store: store.tokens.add(OF_ALICE))
    await filled.write(lambda store: store.tokens.add(OF_CI))


async def test_tokens_are_found_by_digest_and_id_and_listed_newest_first(filled: Transactions) -> None:
    await _with_tokens(filled)
    assert await filled.read(lambda store: store.tokens.by_digest(OF_CI.digest)) == OF_CI
    assert await filled.read(lambda store: store.tokens.get(OF_ALICE.id)) == OF_ALICE
    assert await filled.read(lambda store: store.tokens.by_digest("nonsense")) is None
    assert await filled.read(lambda store: store.tokens.all()) == (OF_CI, OF_ALICE)


async def test_no_scopes_at_all_is_not_the_same_as_all_that_the_person_may(filled: Transactions) -> None:
    powerless = replace(OF_ALICE, scopes=frozenset())
    await filled.write(lambda store: store.tokens.add(powerless))
    assert await filled.read(lambda store: store.tokens.get(powerless.id)) == powerless


async def test_revoking_closes_a_token_for_good(filled: Transactions) -> None:
    await _with_tokens(filled)
    later = MORNING + timedelta(hours=1)
    await filled.write(lambda store: store.tokens.revoke(OF_CI.id, later))
    await filled.write(lambda store: store.tokens.revoke(OF_CI.id, later + timedelta(hours=1)))
    assert await filled.read(lambda store: store.tokens.get(OF_CI.id)) == replace(OF_CI, revoked_at=later)
    assert await filled.read(lambda store: store.tokens.get(OF_ALICE.id)) == OF_ALICE
