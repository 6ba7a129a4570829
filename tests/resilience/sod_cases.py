"""Made-up persons, accounts, groups, policies and what happens to them, and the stage on which they are played."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.app.drafts import GroupDraft, PersonDraft, PolicyDraft
from core.app.emergencies import LiftFreeze
from core.app.usergroups import Heard
from core.domain.environment import Environment, FreezeWindow
from core.domain.people import SYSTEM, Actor, Person, Right, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup, GroupRef
from core.domain.usergroup import Reading, UserGroup
from core.errors import DomainError
from tests.core.app.room import Room
from tests.support.clock import MORNING, nth_id
from tests.support.law import OPEN, Law
from tests.support.wired import done

PEOPLE = ("ann", "bea", "cid", "dan", "eve")
LISTED, FED = ("red", "green"), "blue"
ROLES = ("approver", "admin")
TEAMS = ("T1", "T2")
FLAGS = ("deleted", "is_bot", "is_restricted", "is_stranger")
WHAT = ("join", "leave", "leave", "slip", "flag", "clear", "off", "on", "terms", "look", "lift", "later")
WHERE = {"join": (*LISTED, FED, *ROLES), "flag": TEAMS, "clear": TEAMS, "slip": (FED,)}
WHERE["leave"] = WHERE["join"]
Act = tuple[str, str, str]
"""What, who, where. Who slips out of the user group does so in Slack, and nobody tells us."""


@dataclass(frozen=True)
class Case:
    """`accounts` by person: team and, where it may not vote, why. `acts` come one after the other."""

    policies: tuple[tuple[int, tuple[str, ...], bool], ...]
    require_sod: bool
    requester: str
    accounts: dict[str, tuple[tuple[str, str], ...]]
    groups: dict[str, tuple[str, ...]]
    roles: dict[str, tuple[str, ...]]
    inactive: tuple[str, ...]
    frozen: bool
    acts: tuple[Act, ...]


def made_up(chance: random.Random) -> Case:
    """A case by chance, mostly of people who may vote, for refusals alone tell little."""

    def some(of: tuple[str, ...], share: float) -> tuple[str, ...]:
        return tuple(each for each in of if chance.random() < share)

    def account(team: str) -> tuple[str, str]:
        return team, chance.choice(FLAGS) if chance.random() < 0.15 else ""

    groups, frozen = (*LISTED, FED), chance.random() < 0.2
    policies = tuple(
        (chance.randint(0, 3), tuple(chance.sample(groups, chance.randint(1, 2))), chance.random() < 0.4)
        for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3)))
    )
    accounts = {who: tuple(account(team) for team in some(TEAMS, 0.6)) for who in PEOPLE}
    in_slack = tuple(who for who in PEOPLE if ("T1", "") in accounts[who])
    members = {group: some(PEOPLE, 0.7) for group in LISTED} | {FED: some(in_slack, 0.8)}
    one = chance.choice(PEOPLE)
    before: tuple[Act, ...] = (("look", "", ""), ("lift", one, "")) if frozen else ()
    if chance.random() < 0.1:
        before += (("slip", one, FED), ("later", "", ""), ("approve", one, ""))
    return Case(
        policies,
        chance.random() < 0.4,
        chance.choice((*PEOPLE, "ci")),
        accounts,
        members,
        {role: some(PEOPLE, 0.4) for role in ROLES},
        some(PEOPLE, 0.07),
        frozen,
        (*before, *(an_act(chance) for _ in range(chance.randint(3, 9)))),
    )


def an_act(chance: random.Random) -> Act:
    who = chance.choice(PEOPLE)
    if chance.random() < 0.65:
        what = "reject" if chance.random() < 0.06 else "approve"
        return what, chance.choice((*[who] * 12, "ci", "stranger")), chance.choice(("", "", *TEAMS))
    what = chance.choice(WHAT)
    return what, who, chance.choice(WHERE.get(what, ("",)))


class InSlack:
    """The user group that one approver group follows."""

    def __init__(self) -> None:
        self.users: set[str] = set()

    async def all(self) -> Heard:
        return Heard({"SBLUE": UserGroup("SBLUE", "T1", tuple(sorted(self.users)))})


def user_of(who: str) -> str:
    return f"U{who.upper()}"


class Stage:
    """The use cases over a store in memory and the law beside them."""

    def __init__(self) -> None:
        self.room = Room()
        self.slack = InSlack()
        self.room.countersign = type(self.room.countersign)(replace(self.room.countersign.ports, usergroups=self.slack))
        self.release = done(self.room.a_release("1.0.0"))
        self.template = self.room.memory.tables
        self.ids = {name: nth_id(0xA00 + n) for n, name in enumerate((*PEOPLE, *LISTED, FED, "target", "freeze"))}

    def differs(self, case: Case) -> str:
        """Where the use cases and the law part in a case; empty where they do not."""
        self._furnish(case)
        for number, act in enumerate(case.acts):
            if problem := self._acted(act) or self._seen():
                return f"after act {number} {act}: {problem}"
        return self._counted()

    def _furnish(self, case: Case) -> None:
        """Put everything there as if it had been so for a while, and ask for the promotion."""
        room = self.room
        room.memory.tables = tables = self.template.copy()
        room.clock.now = MORNING
        self.case, self.members = case, {name: set(people) for name, people in case.groups.items()}
        self.members |= {role: set(people) for role, people in case.roles.items()}
        self.off = set(case.inactive)
        self.flags = {who: dict(accounts) for who, accounts in case.accounts.items()}
        self.slack.users = {user_of(who) for who in self.members[FED]}
        for who in PEOPLE:
            tables.people[self.ids[who]] = self._person(who)
        for name in (*LISTED, FED):
            tables.groups[self.ids[name]] = self._group(name)
        gates: dict[str, Any] = {"freeze-window-gate": {}} if case.frozen else {}
        target = Environment(self.ids["target"], "Target", require_sod=case.require_sod, gates=gates)
        tables.environments[target.id] = target
        week = timedelta(days=7)
        window = FreezeWindow(self.ids["freeze"], "freeze", (target.id,), MORNING - week, MORNING + week)
        tables.freeze_windows[window.id] = window
        for number, (asked, groups, sod) in enumerate(case.policies):
            named = tuple(GroupRef(self.ids[name], name) for name in groups)
            policy = ApprovalPolicy(nth_id(0xB00 + number), f"policy-{number}", target.id, asked, named, sod)
            tables.policies[policy.id or target.id] = policy
        asker = room.ci if case.requester == "ci" else self._actor(case.requester)
        tables.people |= {id: replace(person, active=True) for id, person in tables.people.items()}
        self.read_at, self.sealed = MORNING, False
        self.id = done(room.request(asker, self.release, target)).id
        tables = room.memory.tables
        tables.people |= {self.ids[who]: self._person(who) for who in PEOPLE}
        self.law = Law(
            [(asked, set(groups)) for asked, groups, _ in case.policies] or [(1, set(ROLES))],
            None if case.requester == "ci" else case.requester,
            case.require_sod or not case.policies or any(sod for *_, sod in case.policies),
            {who: {team: not flag for team, flag in self.flags[who].items()} for who in PEOPLE},
            {name: set(people) for name, people in self.members.items()},
            set(PEOPLE) - self.off,
            case.frozen,
        )

    def _acted(self, act: Act) -> str:
        what, who, where = act
        if what in {"approve", "reject"}:
            return self._voted(who, what == "approve", where)
        if what == "lift":
            return self._lifted(who)
        if what == "look":
            done(self.room.evaluate(self.id))
            self.law.look_again()
        elif what == "terms":
            self._edit_policies()
        elif what == "later":
            self.room.clock.advance(minutes=61)
        elif what in {"join", "leave", "slip"}:
            self._move(who, where, joins=what == "join", told=what != "slip")
        else:
            self._change(what, who, where)
        return ""

    def _voted(self, who: str, approves: bool, team: str) -> str:
        account = team if team in self.flags.get(who, ()) else ""
        comes_that_far = (
            self.law.status in OPEN and who in self.law.voters() and (not account or not self.flags[who][account])
        )
        if comes_that_far and self.room.clock() - self.read_at > timedelta(minutes=60):
            self._read_slack()
        found = self._outcome(self._vote(who, approves, account))
        against = self.law.against(who, approves, account)
        if not against and not found:
            self.law.vote(who, approves)
        elif found not in against:
            return f"the product says {found or 'yes'!r}, the design {sorted(against) or 'yes'}"
        return ""

    async def _vote(self, who: str, approves: bool, account: str) -> None:
        if who == "ci":
            actor = self.room.ci
        elif account or who == "stranger":
            actor = await self.room.countersign.access.by_slack(account or "T1", user_of(who))
        else:
            actor = self._actor(who)
        await (self.room.approve if approves else self.room.reject)(actor, self.id)

    def _lifted(self, who: str) -> str:
        """Lifting a freeze stands apart from deciding: not the requester, not who has voted, no approval after it."""
        law, until = self.law, self.room.clock() + timedelta(days=6)
        found = self._outcome(
            self.room.countersign.emergencies.lift(self._actor(who), LiftFreeze(self.id, "urgent", until))
        )
        if found:
            return ""
        if who not in law.voters() or who == law.requester or who in law.approved | law.rejected:
            return f"{who} lifted the freeze"
        law.lifters.add(who)
        law.gate_blocks = False
        law.look_again()
        return ""

    @staticmethod
    def _outcome(use_case: Coroutine[Any, Any, Any]) -> str:
        try:
            done(use_case)
        except DomainError as refusal:
            named = {"separation_of_duties", "already_voted", "already_decided"}
            return refusal.code if refusal.code in named else "422" if refusal.code == "gates_blocked" else "403"
        return ""

    def _read_slack(self) -> None:
        """Who is in the group that Slack keeps counts as it was last read, no longer than an hour ago at a vote."""
        self.read_at = self.room.clock()
        self.law.groups[FED] = {who for who in PEOPLE if user_of(who) in self.slack.users and "T1" in self.flags[who]}

    def _move(self, who: str, group: str, *, joins: bool, told: bool) -> None:
        (self.members[group].add if joins else self.members[group].discard)(who)
        if group in ROLES:
            self._store(who)
        elif group in LISTED:
            emails = tuple(f"{each}@example.com" for each in sorted(self.members[group]))
            draft = GroupDraft(group, emails)
            done(self.room.countersign.administering.update_group(SYSTEM, self.ids[group], draft))
        else:
            self.slack.users = {user_of(each) for each in self.members[FED]}
            if told:
                done(self.room.countersign.syncing.sync())
                self._read_slack()
            return
        self.law.groups[group] = set(self.members[group])

    def _change(self, what: str, who: str, team: str) -> None:
        if what in {"flag", "clear"} and team in self.flags[who]:
            self.flags[who][team] = FLAGS[len(team + who) % 4] if what == "flag" else ""
            account = SlackAccount(team, user_of(who), self.flags[who][team])
            done(self.room.countersign.access.note_slack_account(account))
            self.law.accounts[who][team] = what == "clear"
        elif what in {"off", "on"}:
            (self.off.add if what == "off" else self.off.discard)(who)
            self._store(who)
            self.law.active = set(PEOPLE) - self.off

    def _edit_policies(self) -> None:
        """What was asked for before keeps its terms."""
        for number, (_, groups, _) in enumerate(self.case.policies):
            draft = PolicyDraft(f"policy-{number}", self.ids["target"], 1, groups[:1], False)
            done(self.room.countersign.administering.update_policy(SYSTEM, nth_id(0xB00 + number), draft))

    def _seen(self) -> str:
        stored = self.room.stored(self.id)
        if stored.status != self.law.status:
            return f"it is {stored.status}, by the design {self.law.status}"
        voted = sorted(vote.person_id for vote in stored.votes)
        if voted != sorted(self.ids[who] for who in self.law.approved | self.law.rejected):
            return f"votes of {voted}, by the design of {self.law.approved | self.law.rejected}"
        return "" if self.law.status in OPEN or self.sealed else self._sealed()

    def _sealed(self) -> str:
        """The evidence counts whom the design counts at the moment of the decision."""
        self.sealed = True
        packet = self.room.evidence(self.id)
        found = [policy["approvalCount"] for policy in packet.content["policies"]] if packet else None
        expected = self.law.counted(self.law.approved)
        return "" if found == expected else f"the evidence counts {found}, the design {expected}"

    def _counted(self) -> str:
        """What is said of one that is still open, and that there is no evidence of it."""
        if self.law.status not in OPEN:
            return ""
        view = done(self.room.countersign.reading.promotion(SYSTEM, self.id))
        found, expected = [step.approvals for step in view.quorum.policies], self.law.counted(self.law.approved)
        if found != expected or self.room.evidence(self.id) is not None:
            return f"it counts {found}, the design {expected}; evidence: {self.room.evidence(self.id)}"
        return ""

    def _store(self, who: str) -> None:
        person = self._person(who)
        draft = PersonDraft(person.email, person.name, person.roles, person.slack, person.active)
        done(self.room.countersign.administering.update_person(SYSTEM, person.id, draft))

    def _actor(self, who: str) -> Actor:
        self.room.people[who] = self._person(who)
        return self.room.actor(who)

    def _person(self, who: str) -> Person:
        accounts = tuple(SlackAccount(team, user_of(who), flag) for team, flag in self.flags[who].items())
        roles = {Right.REQUESTER, Right.EMERGENCY} | {Right(role) for role in ROLES if who in self.members[role]}
        email = f"{who}@example.com"
        return Person(self.ids[who], email, who.capitalize(), frozenset(roles), accounts, who not in self.off)

    def _group(self, name: str) -> ApproverGroup:
        members = frozenset(self.ids[who] for who in self.members[name])
        if name == FED:
            return ApproverGroup(self.ids[name], name, members, "SBLUE", Reading(MORNING, "T1"))
        return ApproverGroup(self.ids[name], name, members)
