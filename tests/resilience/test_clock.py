"""The wall clock of the running program jumps ten minutes forward and back.

What runs out does so at its second, what Slack sent is not taken again, nothing waits until the clock has caught up,
and wherever times are out of order the audit log and the transparency log say that the clock was moved.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from core.app.access import CreateToken
from core.app.outbox import Errand
from core.app.ports import Store
from core.app.timekeeping import CLOCK_ID
from core.domain.events import Action
from core.domain.people import SYSTEM
from core.domain.promotion import CloseReason, Promotion
from tests.resilience.aftermath import aftermath
from tests.resilience.arena import ASKER, BOSS, Arena, furnished
from tests.support.agreement import require_agreement
from tests.support.figures import Figures
from tests.support.servers import serving
from tests.support.shared_data import ROOT
from tests.support.shifted_clock import CLOCK_FILE, PROGRAM, set_by
from tests.support.signed import FORM
from tests.support.world import SIGNING_SECRET, TEAM

JUMP = 600
PATIENCE = timedelta(seconds=30)


@dataclass
class Moved:
    """The program with its clock."""

    made: Arena
    clock: Path
    moves: int = 0

    async def set_by(self, seconds: float) -> None:
        """Move the clock, and wait until that was noticed."""
        set_by(self.clock, seconds)
        self.moves += 1
        await self.until(lambda store: len(store.audit.of(CLOCK_ID)) >= self.moves, "the move is noticed")

    async def until(self, look: Callable[[Store], bool], what: str) -> None:
        end = datetime.now(UTC) + PATIENCE
        while not await self.made.core.database.read(look):
            assert datetime.now(UTC) < end, f"it took too long until {what}"
            await asyncio.sleep(0.1)

    async def stored(self, promotion: Promotion) -> Promotion:
        found = await self.made.core.database.read(lambda store: store.promotions.get(promotion.id))
        assert found is not None
        return found

    async def ends_in(self, promotion: Promotion, seconds: float) -> datetime:
        end = datetime.now(UTC) + timedelta(seconds=seconds)

        def body(store: Store) -> None:
            store.promotions.save(replace(found(store, promotion), expires_at=end))

        await self.made.core.database.write(body)
        return end


@dataclass(frozen=True)
class Delivery:
    """What Slack once sent, to be sent again as it was."""

    body: bytes
    headers: dict[str, str]

    async def send(self, made: Arena) -> tuple[int, str]:
        async with made.session.post(f"{made.urls[0]}/slack/events", data=self.body, headers=self.headers) as answer:
            return answer.status, await answer.text()


def command(made: Arena, who: str, name: str, text: str) -> Delivery:
    """A slash command as it is typed now."""
    user = made.people[who].slack[0].user
    form = {"team_id": TEAM, "channel_id": "C01", "channel_name": "releases", "user_id": user, "user_name": who}
    form |= {"command": name, "text": text, "trigger_id": secrets.token_hex(8), "response_url": "", "token": "x"}
    body, timestamp = urlencode(form).encode(), str(int(datetime.now(UTC).timestamp()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=timestamp, body=body) or ""
    headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    return Delivery(body, headers)


def found(store: Store, promotion: Promotion) -> Promotion:
    current = store.promotions.get(promotion.id)
    assert current is not None
    return current


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_jumps_of_ten_minutes_leave_everything_right(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, figures: Figures, short: bool
) -> None:
    if short and kind == "postgresql":
        pytest.skip("clocks are moved on PostgreSQL in the long run alone")
    url = request.getfixturevalue("postgres_database" if kind == "postgresql" else "sqlite_url")
    clock = tmp_path / "clock"
    set_by(clock, 0)
    async with furnished(url, tmp_path, 1, people=4, promotions=5, required=2) as made:
        ((address, environment),) = made.replicas.items()
        environment |= {CLOCK_FILE: str(clock), "PYTHONPATH": str(ROOT)}
        moved = Moved(made, clock)
        async with serving(environment, address, tmp_path, PROGRAM) as program:
            figures.exactly(f"moments by which expiry was wrong, {kind}", await expired(moved), 0)
            figures.exactly(f"old Slack requests that were taken again, {kind}", await replayed(moved), 0)
            figures.exactly(f"decisions dated out of order without a word, {kind}", await unspoken(moved), 0)
            await require_agreement(url)
            if not short:
                await nothing_waits(moved)
                await checkpoints_are_in_order(moved)
                program.kill()
                await program.wait()
        if not short:
            set_by(clock, 0)
            async with serving(environment, address, tmp_path, PROGRAM):
                await a_dead_program_holds_nothing_back(moved)


async def expired(moved: Moved) -> int:
    """A request and a token that end in ten minutes: right before that, and right after it; how much was wrong."""
    made, promotion, wrong = moved.made, moved.made.promotions[0], list[Any]()
    life = timedelta(seconds=JUMP)
    token = await made.core.countersign.access.create_token(
        SYSTEM, CreateToken(person_email=f"{ASKER}@example.com", valid_for=life)
    )
    made.tokens["short-lived"] = token.text
    end = await moved.ends_in(promotion, JUMP)
    await moved.set_by(JUMP - 20)
    early = await moved.stored(promotion), (await made.rest("short-lived", "GET", "/me"))[0]
    wrong += [early] if not early[0].is_open or early[1] != 200 else []
    await moved.set_by(JUMP)
    await moved.until(lambda store: not found(store, promotion).is_open, "the request runs out")
    late = await moved.stored(promotion)
    wrong += [late] if (late.close_reason, late.decided_at) != (CloseReason.EXPIRED, end) else []
    status, _ = await made.rest("short-lived", "GET", "/me")
    wrong += [status] if status != 401 else []
    print(*wrong, sep="\n")
    return len(wrong)


async def replayed(moved: Moved) -> int:
    """What Slack sent is sent again: ten minutes later, and when the clock is where it was; how often it is taken."""
    made, promotion = moved.made, moved.made.promotions[1]
    await moved.set_by(0)
    vote = command(made, "p00", "/promotions", f"approve {promotion.id} fine")
    name = "again-1.0.0"
    await made.rest(BOSS, "POST", "/releases", {"component": "again", "version": "1.0.0"})
    ask = command(made, ASKER, "/promote", f"{name} Target because")
    for delivery in (vote, ask):
        status, answer = await delivery.send(made)
        assert status == 200, answer
        assert json.loads(answer)["text"], "it was done, and told"
    cancel = command(made, ASKER, "/promotions", f"cancel {name} to Target")
    assert "You cancelled" in (await cancel.send(made))[1]
    before = await told(moved, promotion, name)
    await moved.set_by(JUMP)
    assert [(await delivery.send(made))[0] for delivery in (vote, ask, cancel)] == [401, 401, 401]
    await moved.set_by(0)
    again = [await delivery.send(made) for delivery in (vote, ask, cancel)]
    after = await told(moved, promotion, name)
    print(again, before, after)
    return sum(bool(text) for _, text in again) + (before != after)


async def told(moved: Moved, promotion: Promotion, name: str) -> tuple[int, int]:
    """How many audit entries there are on a promotion, and how many promotions of a release."""

    def body(store: Store) -> tuple[int, int]:
        release = store.releases.named(name)
        assert release is not None
        requests = store.audit.of_actions({Action.PROMOTION_REQUESTED})
        asked = [event for event in requests if event.details.get("releaseName") == name]
        return len(store.audit.of(promotion.id)), len(asked)

    return await moved.made.core.database.read(body)


async def unspoken(moved: Moved) -> int:
    """A vote in the future and one in the past of it: how many times are out of order where the log says nothing."""
    made, promotion = moved.made, moved.made.promotions[2]
    await moved.set_by(JUMP)
    await made.act("p01", "approve", promotion)
    await moved.set_by(0)
    await made.act("p02", "approve", promotion)
    assert all(answer.yes for answer in made.answers[-2:])
    ids = [each.id for each in made.promotions]
    after = await made.core.database.read(lambda store: aftermath(store, ids))
    assert after.promotions[promotion.id].decided_at < after.promotions[promotion.id].votes[0].at  # type: ignore[operator]
    leaves = b"\n".join(after.leaves)
    assert leaves.count(b'"clock:moved"') == moved.moves
    return sum(
        later.at < earlier.at - timedelta(seconds=5) and CLOCK_ID not in {later.subject_id, earlier.subject_id}
        for earlier, later in zip(after.events, after.events[1:], strict=False)
    )


async def nothing_waits(moved: Moved) -> None:
    """An errand that was asked for by the clock as it was, ten minutes ahead, is run at once all the same."""
    ahead, subject = datetime.now(UTC) + timedelta(seconds=JUMP), moved.made.promotions[3].id
    await moved.made.core.database.write(lambda store: store.outbox.put(Errand.CARD, subject, ahead))
    await moved.until(lambda store: not store.outbox.depth().waiting, "the errand is run")


async def checkpoints_are_in_order(moved: Moved) -> None:
    """The larger checkpoint is never the older one."""
    for seconds in (JUMP, 0):
        await moved.set_by(seconds)
        status, note = await moved.made.rest(BOSS, "GET", "/log/checkpoint")
        assert status == 200, note

    def body(store: Store) -> list[datetime]:
        kept = (store.log.checkpoint(size) for size in range(store.log.state().size + 1))
        return [checkpoint.signed_at for checkpoint in kept if checkpoint]

    dates = await moved.made.core.database.read(body)
    assert dates == sorted(dates)
    assert len(dates) > 1


async def a_dead_program_holds_nothing_back(moved: Moved) -> None:
    """A lease that was taken ten minutes ahead by a program that is gone is free, and the scheduler works."""
    promotion, ahead = moved.made.promotions[4], datetime.now(UTC) + timedelta(seconds=JUMP)
    await moved.ends_in(promotion, 1)

    def body(store: Store) -> None:
        assert store.leases.take("scheduler", "gone", ahead, ahead + timedelta(seconds=10))

    await moved.made.core.database.write(body)
    await moved.until(lambda store: not found(store, promotion).is_open, "the scheduler works")
