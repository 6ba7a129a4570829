from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from core.app.tokens import Token, token_digest
from tests.support.clock import MORNING, nth_id

LIMITED = Token(nth_id(1), "00" * 32, MORNING, person_id=nth_id(2), expires_at=MORNING + timedelta(hours=1))


def test_what_is_stored_is_the_hash_of_the_whole_text() -> None:
    assert token_digest("csn_abc") == hashlib.sha256(b"csn_abc").hexdigest()


def test_texts_that_differ_in_anything_have_other_hashes() -> None:
    texts = ["csn_abc", "csn_abd", "CSN_abc", "csn_abc ", "", "\ud800"]

    assert len({token_digest(text) for text in texts}) == len(texts)


def test_a_token_is_usable_until_just_before_its_end() -> None:
    assert LIMITED.usable_at(MORNING + timedelta(hours=1) - timedelta(microseconds=1))
    assert not LIMITED.usable_at(MORNING + timedelta(hours=1))


def test_a_token_without_an_end_is_usable_for_good() -> None:
    assert replace(LIMITED, expires_at=None).usable_at(MORNING + timedelta(days=99999))


def test_a_revoked_token_is_not_usable_however_long_it_would_have_lasted() -> None:
    assert not replace(LIMITED, expires_at=None, revoked_at=MORNING).usable_at(MORNING)
