"""Sequences of votes and changes by chance: the use cases and an oracle that shares nothing with them must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from core.app.drafts import PolicyDraft
from core.domain.people import SYSTEM, Right, SlackAccount
from core.domain.promotion import Promotion
from core.errors import DomainError
from tests.core.app.room import Room
from tests.support.oracle import Oracle
from tests.support.wired import done

VOTERS = ("alice", "bob", "carol")
GROUPS = ("red", "green")
ROLES = ("approver", "admin")
DOORS = ("rest", "slack", "second account")

voters, groups = st.sampled_from(VOTERS), st.sampled_from(GROUPS)
policies = st.lists(st.tuples(st.integers(0, 3), st.sets(groups, min_size=1), st.booleans()), max_size=2)
memberships = st.fixed_dictionaries({group: st.sets(voters) | st.just(set(VOTERS)) for group in (*GROUPS, *ROLES)})
approving = st.tuples(st.just("approve"), voters, st.sampled_from(DOORS))
commands = st.one_of(
    *(approving for _ in range(10)),
    st.tuples(st.just("reject"), voters, st.sampled_from(DOORS)),
    st.tuples(st.sampled_from(["join", "leave"]), voters, st.sampled_from([*GROUPS, *ROLES])),
    st.tuples(st.sampled_from(["activate", "deactivate"]), voters, st.just("")),
    st.tuples(st.sampled_from(["evaluate", "block", "unblock"]), st.just(""), st.just("")),
)


@dataclass(frozen=True)
class Setting:
    """What a promotion is asked for under."""

    policies: list[tuple[int, set[str], bool]]
    members: dict[str, set[str]]
    requester: str | None
    require_sod: bool


settings_ = st.builds(Setting, policies, memberships, st.none() | voters, st.booleans())


class Stage:
    """The use cases, and the oracle beside them."""

    def __init__(self, setting: Setting) -> None:
        self.room = Room()
        done(self.room.furnish())
        self.members = {group: set(people) for group, people in setting.members.items()}
        self.active = set(VOTERS)
        self.oracle = Oracle(
            [(asked, set(names)) for asked, names, _ in setting.policies] or [(1, set(ROLES))],
            setting.requester,
            setting.require_sod or not setting.policies or any(sod for *_, sod in setting.policies),
            self.active,
            self.members,
        )
        self.promotion = done(self._request(setting))

    async def _request(self, setting: Setting) -> Promotion:
        room = self.room
        self.groups = {name: await room.group(name, *setting.members[name]) for name in GROUPS}
        for number, handle in enumerate(VOTERS):
            second = SlackAccount("T02", f"U1{number}")
            await room.change(handle, roles=self._roles(handle), slack=(*room.people[handle].slack, second))
        gates: dict[str, dict[str, Any]] = {"switch": {}}
        target = await room.environment("Target", gates=gates, require_sod=setting.require_sod)
        for number, (asked, names, sod) in enumerate(setting.policies):
            draft = PolicyDraft(f"policy-{number}", target.id, asked, tuple(sorted(names)), sod)
            await room.countersign.administering.create_policy(SYSTEM, draft)
        return await room.request(setting.requester or room.ci, to=target)

    def _roles(self, handle: str) -> frozenset[Right]:
        return frozenset({Right.REQUESTER, *(Right(role) for role in ROLES if handle in self.members[role])})

    def act(self, what: str, handle: str, where: str) -> tuple[str, str]:
        """Do it, and say what the use cases answered and what the oracle did."""
        match what:
            case "approve":
                return done(self._vote(self.room.approve, handle, where)), self.oracle.approve(handle)
            case "reject":
                return done(self._vote(self.room.reject, handle, where)), self.oracle.reject(handle)
            case "evaluate":
                done(self.room.evaluate(self.promotion.id))
                return "", self.oracle.evaluate()
            case "block" | "unblock":
                self.oracle.gates_pass = self.room.switch.passes = what == "unblock"
            case "join":
                self.members[where].add(handle)
            case "leave":
                self.members[where].discard(handle)
            case "activate":
                self.active.add(handle)
            case "deactivate":
                self.active.discard(handle)
        if handle:
            done(self._bring_up_to_date(handle, where))
        return "", ""

    async def _bring_up_to_date(self, handle: str, group: str) -> None:
        if group in GROUPS:
            await self.room.members(self.groups[group], *sorted(self.members[group]))
        else:
            await self.room.change(handle, roles=self._roles(handle), active=handle in self.active)

    async def _vote(self, vote: Any, handle: str, where: str) -> str:
        door = "rest" if where == "rest" else "slack"
        actor = self.room.actor(handle, door)
        if where == "second account":
            person = self.room.people[handle]
            actor = await self.room.countersign.access.by_slack(person.slack[1].team, person.slack[1].user)
        try:
            await vote(actor, self.promotion.id)
        except DomainError as refusal:
            return refusal.code
        return ""

    def agree(self) -> None:
        """Everything that can be seen must be as the oracle has it."""
        stored = self.room.stored(self.promotion.id)
        with_votes = {vote.person_name.lower() for vote in stored.votes}
        assert stored.status == self.oracle.status
        assert with_votes == self.oracle.approved | self.oracle.rejected
        assert len(stored.votes) == len(with_votes)
        assert self.waiting() == self.oracle.asked()
        if stored.is_open:
            assert self.room.evidence(stored.id) is None
            view = done(self.room.countersign.reading.promotion(SYSTEM, stored.id))
            assert [step.approvals for step in view.quorum.policies] == self.oracle.counts()
            assert view.quorum.met is self.oracle.met()

    def waiting(self) -> set[str]:
        """Those whose list of pending approvals has the promotion, deactivated people having no list at all."""
        found = set()
        for handle in self.active & set(VOTERS):
            pending = done(self.room.countersign.reading.pending_approvals(self.room.actor(handle)))
            found |= {handle for each in pending if each.id == self.promotion.id}
        return found

    def check_evidence(self) -> None:
        """At the moment of the decision the evidence counts as the oracle does."""
        packet = self.room.evidence(self.promotion.id)
        assert packet is not None
        assert [policy["approvalCount"] for policy in packet.content["policies"]] == self.oracle.counts()
        assert packet.content["promotion"]["status"] == self.oracle.status


EVERYBODY = {group: set(VOTERS) for group in (*GROUPS, *ROLES)}
TWO_OF_RED = Setting([(2, {"red"}, False)], EVERYBODY, None, require_sod=False)
MOVE_ON, BLOCK = ("evaluate", "", ""), ("block", "", "")
ALICE, BOB = ("approve", "alice", "rest"), ("approve", "bob", "slack")


@example(TWO_OF_RED, [MOVE_ON, ALICE, ("leave", "alice", "red"), BOB, ("join", "alice", "red")])
@example(TWO_OF_RED, [MOVE_ON, ALICE, ("deactivate", "alice", ""), BOB, ("approve", "carol", "rest")])
@example(TWO_OF_RED, [MOVE_ON, ALICE, BLOCK, BOB, ("unblock", "", ""), BOB])
@example(TWO_OF_RED, [BLOCK, ALICE])
@example(TWO_OF_RED, [ALICE, ("approve", "alice", "second account"), ("reject", "alice", "rest")])
@example(Setting([(1, {"red"}, False)], EVERYBODY, "alice", require_sod=True), [ALICE, BOB])
@example(Setting([(1, {"red"}, False), (0, {"green"}, True)], EVERYBODY, "alice", require_sod=False), [ALICE, BOB])
@example(Setting([(1, {"red"}, True)], EVERYBODY | {"red": set()}, None, require_sod=False), [MOVE_ON, ALICE])
@example(Setting([], EVERYBODY | {"approver": {"bob"}, "admin": set()}, "alice", require_sod=False), [ALICE, BOB])
@example(Setting([(0, {"red"}, True)], EVERYBODY, "alice", require_sod=True), [BLOCK, BOB, MOVE_ON])
@example(Setting([(0, {"red"}, True)], EVERYBODY, "alice", require_sod=True), [MOVE_ON])
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(settings_, st.lists(commands, min_size=4, max_size=16))
def test_votes_by_chance_lead_where_the_oracle_says(setting: Setting, acts: list[tuple[str, str, str]]) -> None:
    stage = Stage(setting)
    stage.agree()
    for act in acts:
        was_open = stage.room.stored(stage.promotion.id).is_open
        found, expected = stage.act(*act)
        assert found == expected, act
        if found:
            event(found)
        stage.agree()
        if was_open and not stage.room.stored(stage.promotion.id).is_open:
            event(stage.oracle.status)
            stage.check_evidence()
