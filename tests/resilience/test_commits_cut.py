"""The connection to PostgreSQL is cut during a COMMIT: it is there whole or not at all, people are told that nobody
knows, and doing it again ends right. The same server goes on with new connections.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.db.answers import Answers
from bot.db.promotions import Promotions
from tests.resilience.votes import awaiting, in_slack, require_approved, vote
from tests.support.agreement import require_agreement
from tests.support.crowd import MAYBE
from tests.support.cutting import CutWay, cut_way
from tests.support.delivering import everything_delivered
from tests.support.postgres import PostgresCluster
from tests.support.world import world

UNKNOWN, IN_FLIGHT, LOST = "outcome_unknown", "request_in_flight", "answer_lost"


@pytest_asyncio.fixture
async def way(postgres_cluster: PostgresCluster) -> AsyncIterator[CutWay]:
    """A way to PostgreSQL that can be cut."""
    async with cut_way(postgres_cluster.socket) as opened:
        yield opened


@pytest.fixture
def url(way: CutWay, postgres_database: str, postgres_cluster: PostgresCluster) -> str:
    """An empty database behind it."""
    return way.url(postgres_cluster.name_of(postgres_database))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_vote_is_there_whole_or_not_at_all(
    url: str, tmp_path: Path, way: CutWay, when: str, *, short: bool
) -> None:
    if short and when == "before":
        pytest.skip("in the full run alone")
    stored = when == "after"
    async with world(url, tmp_path) as w:
        promotion_id = await awaiting(w)
        await everything_delivered(w)
        with way.cut(when, Promotions, "save"):
            refused = await vote(w, "bob", promotion_id)
        assert (refused.status, refused.body["code"]) == (503, UNKNOWN), refused.body
        assert int(refused.headers["Retry-After"]) > 0
        assert "it may be stored, or not" in refused.body["detail"]
        again = await vote(w, "bob", promotion_id)
        assert (again.status, again.body.get("code")) == ((409, "already_voted") if stored else (200, None))
        with way.cut(when, Promotions, "save"):
            await in_slack(w, "sam", promotion_id, MAYBE)
        await in_slack(w, "sam", promotion_id, "It is already approved" if stored else "You approved")
        await require_approved(w, promotion_id)
    assert way.cuts == 2
    await require_agreement(url)


@pytest.mark.parametrize(
    ("nth", "when", "told"),
    [
        (1, "before", [UNKNOWN, 201]),
        (1, "after", [UNKNOWN, IN_FLIGHT]),
        (2, "before", [UNKNOWN, 201]),
        (2, "after", [UNKNOWN, LOST]),
        (3, "before", [201, IN_FLIGHT]),
        (3, "after", [201, 201]),
    ],
)
async def test_a_request_with_a_key_is_carried_out_once_whichever_commit_is_cut(
    url: str, tmp_path: Path, way: CutWay, nth: int, when: str, told: list[object], *, short: bool
) -> None:
    """The commits are those of the reservation, of the work, and of the answer; `told` what it and a second one are."""
    if short and LOST not in told:
        pytest.skip("in the full run alone")
    async with world(url, tmp_path) as w:
        release = await w.release("1.0.0", in_staging=False)
        wanted = {"releaseId": str(release.id), "targetEnvironmentId": str(w.staging.id)}
        with way.cut(when, Answers, "put", nth):
            answers = [await w.rest("ci", "POST", "/promotions", wanted, {"Idempotency-Key": "once"}) for _ in range(2)]
        assert [answer.body.get("code", answer.status) for answer in answers] == told
        found = await w.rest("ci", "GET", f"/promotions?releaseId={release.id}")
        assert found.body["meta"]["totalCount"] == (told != [UNKNOWN, IN_FLIGHT]), "never two of them"
    assert way.cuts == 1
    await require_agreement(url)
