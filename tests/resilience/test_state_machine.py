"""Whatever people, gates, deployers and time do in any order, a promotion is where the design says, step after step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.db.database import open_database
from core.app.drafts import PolicyDraft
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Store
from core.domain.people import SYSTEM
from core.domain.promotion import Promotion
from core.errors import DomainError
from tests.core.app.room import MANAGERS, SRES, Room
from tests.resilience.aftermath import aftermath
from tests.resilience.lifecycle import Asked, Model
from tests.support.agreement import require_agreement
from tests.support.figures import Figures
from tests.support.wired import begun

T = TypeVar("T")

PEOPLE = ("alice", "bob", "carol", "dave", "sam", "ann", "olga")
GROUPS = ("release-managers", "sre-team")
RELEASES = ("shop-1.4.0", "shop-1.5.0", "cart-1.0.0")
STEPS, EXAMPLES, EXAMPLES_SHORT = 50, 200, 4

people, releases, groups = st.sampled_from(PEOPLE), st.sampled_from(RELEASES), st.sampled_from(GROUPS)
which = st.integers(0, 1000)


class Lives(RuleBasedStateMachine):
    """The use cases on a SQLite file, and the model beside them."""

    template: ClassVar[Path]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "countersign.db"
        shutil.copyfile(self.template, path)
        self.url = f"sqlite:///{path}"
        self.database = open_database(self.url)
        self.room = Room()
        self.room.use(self.database)
        self.done(self.database.write(begun))
        self.done(self._furnish())
        accounts = {who: {"T01": True} for who in PEOPLE}
        members = {GROUPS[0]: set(MANAGERS), GROUPS[1]: set(SRES)}
        self.model = Model(members, set(PEOPLE), accounts, 2, set(GROUPS), scans={"shop-1.4.0": 0, "shop-1.5.0": 0})
        self.promotions: list[Promotion] = []
        self.windows: list[Any] = []

    async def _furnish(self) -> None:
        room = await self.room.furnish()
        await room.change("bob", roles=frozenset({"requester"}))
        self.releases = {"shop-1.4.0": room.release, "shop-1.5.0": await room.a_release_with_scan("1.5.0")}
        self.releases["cart-1.0.0"] = await room.a_release("1.0.0", "cart")
        self.groups = dict(zip(GROUPS, (room.managers, room.sres), strict=True))

    def done(self, use_case: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(use_case)

    def teardown(self) -> None:
        try:
            ids = [promotion.id for promotion in self.promotions]
            after = self.done(self.database.read(lambda store: aftermath(store, ids)))
            assert not after.counted_twice()
            self.done(require_agreement(self.url))
        finally:
            self.done(self.database.close())
            self.loop.close()
            self.folder.cleanup()

    @initialize(who=st.sampled_from(("alice", "bob")), names=st.permutations(RELEASES))
    def begin(self, who: str, names: list[str]) -> None:
        for name in names[:2]:
            self.request(who, name)

    @rule(who=st.sampled_from(("alice", "bob", "bob")), name=releases)
    def request(self, who: str, name: str) -> None:
        expected = self.model.request(who, name, self.room.clock())
        found = self.outcome(self.room.request(who, self.releases[name]))
        self.agree(found, expected)

    @rule(who=people, number=which)
    def approve(self, who: str, number: int) -> None:
        self.vote(who, number, approves=True)

    @rule(voters=st.permutations(PEOPLE))
    def approve_the_newest(self, voters: list[str]) -> None:
        for who in voters[:3]:
            self.vote(who, -1, approves=True)

    @rule(who=people, number=which)
    def reject(self, who: str, number: int) -> None:
        self.vote(who, number, approves=False)

    @rule(who=people, number=which)
    def cancel(self, who: str, number: int) -> None:
        one, promotion = self.chosen(number)
        expected = self.model.cancel(one, who, self.room.clock())
        self.agree(self.outcome(self.room.cancel(who, promotion.id)), expected)

    @rule(number=which, words=st.permutations(("deploying", "deployed", "failed", "rolled_back")))
    def deploy(self, number: int, words: list[str]) -> None:
        one, promotion = self.chosen(number)
        for status in ("deploying", *words[:2]):
            expected = self.model.report(one, status)
            self.agree(self.outcome(self.room.report(promotion.id, status)), expected)

    @rule(what=st.sampled_from(("scan", "freeze", "policy", "join", "activate")), draw=st.data())
    def change(self, what: str, draw: st.DataObject) -> None:
        """Somebody changes what promotions are decided by."""
        {
            "scan": self.scan,
            "freeze": self.freeze_or_thaw,
            "policy": self.edit_policy,
            "join": self.join_or_leave,
            "activate": self.activate_or_deactivate,
        }[what](draw)
        self.settle()

    def scan(self, draw: st.DataObject) -> None:
        name, critical = draw.draw(releases), draw.draw(st.sampled_from((0, 0, 1)))
        self.done(self.room.scan(self.releases[name], critical=critical))
        self.model.scans[name] = critical

    def freeze_or_thaw(self, _draw: st.DataObject) -> None:
        if self.windows:
            self.done(self.room.countersign.administering.delete_freeze_window(SYSTEM, self.windows.pop().id))
        else:
            self.windows.append(self.done(self.room.freeze(ends=24 * 365)))
        self.model.frozen = bool(self.windows)

    def edit_policy(self, draw: st.DataObject) -> None:
        required, names = draw.draw(st.integers(0, 3)), draw.draw(st.sets(groups, min_size=1))
        hours = draw.draw(st.none() | st.integers(1, 48))
        draft = PolicyDraft("production-policy", self.room.production.id, required, tuple(sorted(names)), True, hours)
        assert self.room.policy.id
        self.done(self.room.countersign.administering.update_policy(SYSTEM, self.room.policy.id, draft))
        self.model.required, self.model.names, self.model.hours = required, names, hours

    def join_or_leave(self, draw: st.DataObject) -> None:
        group, who = draw.draw(groups), draw.draw(people)
        self.model.groups[group] ^= {who}
        self.done(self.room.members(self.groups[group], *sorted(self.model.groups[group])))

    def activate_or_deactivate(self, draw: st.DataObject) -> None:
        who = draw.draw(people)
        self.model.active ^= {who}
        self.done(self.room.change(who, active=who in self.model.active))

    @rule(minutes=st.sampled_from((1, 30, 60 * 12, 60 * 24)))
    def time_goes_by(self, minutes: int) -> None:
        """Nobody looks: what ran out is found by whoever comes next."""
        self.room.clock.advance(minutes=minutes)

    def vote(self, who: str, number: int, *, approves: bool) -> None:
        one, promotion = self.chosen(number)
        expected = self.model.vote(one, who, approves, self.room.clock())
        vote = self.room.approve if approves else self.room.reject
        self.agree(self.outcome(vote(who, promotion.id)), expected)

    def chosen(self, number: int) -> tuple[Asked, Promotion]:
        place = number % len(self.promotions) if number >= 0 else number
        return self.model.asked[place], self.promotions[place]

    def outcome(self, use_case: Coroutine[Any, Any, Promotion]) -> str:
        try:
            answer = self.done(use_case)
        except DomainError as refusal:
            forbidden = {"may_not_vote", "not_in_approver_list", "forbidden"}
            return "403" if refusal.code in forbidden else "422" if refusal.code == "gates_blocked" else refusal.code
        if len(self.promotions) < len(self.model.asked):
            self.promotions.append(answer)
        return ""

    def agree(self, found: str, expected: set[str]) -> None:
        Lives.steps += 1
        assert found in (expected or {""}), f"the product says {found or 'yes'}, the design {expected or 'yes'}"
        self.settle()

    def settle(self) -> None:
        """Let the scheduler and the outbox do their work, and compare everything."""
        self.done(self._settled())
        self.model.settle(self.room.clock())
        stored = self.done(
            self.database.read(lambda store: [store.promotions.get(each.id) for each in self.promotions])
        )
        for one, found in zip(self.model.asked, stored, strict=True):
            assert found is not None
            assert (found.status, found.close_reason or "") == (one.law.status, one.closed)
            voted = {vote.person_name.lower() for vote in found.votes}
            assert voted == one.law.approved | one.law.rejected
            assert len(found.votes) == len(voted)
        self.room.clock.advance(seconds=1)

    async def _settled(self) -> None:
        now = self.room.clock()
        await self.room.countersign.deciding.expire_due()
        due = await self.database.write(lambda store: store.outbox.claim(now, now, 100, frozenset({Errand.EVALUATE})))
        for entry in due:
            await self.room.countersign.evaluating.evaluate(entry.subject_id)
            await self.database.write(partial(self._finish, entry, now))

    @staticmethod
    def _finish(entry: OutboxEntry, now: datetime, store: Store) -> None:
        store.outbox.finish(entry, now)


@pytest.mark.timeout(1800)
def test_every_life_goes_as_the_design_says(sqlite_template: Path, figures: Figures, short: bool) -> None:
    Lives.template, Lives.steps = sqlite_template, 0
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES_SHORT if short else EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
        ),
    )
    wanted = 50 if short else 10_000
    figures.at_least("commands of the state machine that ended as in the model", Lives.steps, wanted, "", noise=1)
