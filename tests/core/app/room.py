"""All use cases over a store in memory, with people, environments and a release to begin with.

Alice requests. Bob, Carol, Dave and Alice are release managers, Sam is in the SRE team, Ann is an administrator, Olga
is known and nothing else, Wendy may waive findings, Erin lifts freezes in emergencies. Production takes releases from
Staging, asks for two approvals within a day, and has two built-in gates and a `switch` that a test turns. `ci` is a
service account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from core.app.countersign import Countersign
from core.app.deciding import CancelPromotion, CastVote
from core.app.deploying import ReportDeployment
from core.app.drafts import (
    EnvironmentDraft,
    FreezeWindowDraft,
    GroupDraft,
    PersonDraft,
    PolicyDraft,
    ReleaseDraft,
    ScanDraft,
)
from core.app.outbox import Errand
from core.app.ports import Ports, SignElsewhere, Transactions
from core.app.requesting import RequestPromotion
from core.domain.environment import Environment, FreezeWindow
from core.domain.events import Action
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Person, Right, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup
from core.domain.promotion import Promotion, VoteChoice
from core.domain.release import Artifact, DeploymentStatus, Release
from core.errors import DomainError
from core.evidence.envelope import EvidencePacket
from core.gates.gate import GateContext, GateSettings, Verdict
from core.gates.registry import GateRegistry, built_in_gates
from tests.core.evidence.samples import SIGNER
from tests.support.clock import FakeClock, SequentialIds, nth_id
from tests.support.memory import MemoryTransactions

CI_RIGHTS = frozenset({Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER})
GATES: dict[str, dict[str, Any]] = {"security-gate": {"maxHigh": 5}, "freeze-window-gate": {}, "switch": {}}
PEOPLE: dict[str, frozenset[Right]] = {
    "alice": frozenset({Right.REQUESTER}),
    "bob": frozenset(),
    "carol": frozenset(),
    "dave": frozenset(),
    "sam": frozenset(),
    "ann": frozenset({Right.ADMIN}),
    "olga": frozenset(),
    "wendy": frozenset({Right.WAIVER}),
    "erin": frozenset({Right.EMERGENCY}),
}
MANAGERS, SRES = ("alice", "bob", "carol", "dave"), ("sam",)


class Switch:
    """A gate that a test turns on and off."""

    name: ClassVar[str] = "switch"
    summary: ClassVar[str] = "Whatever the test wants"
    settings_model = GateSettings

    def __init__(self) -> None:
        self.passes = True

    def inputs(self, context: GateContext, settings: GateSettings) -> Mapping[str, Any]:
        return {"on": self.passes}

    def judge(self, inputs: Mapping[str, Any], settings: GateSettings) -> Verdict:
        return Verdict(inputs["on"], "The switch is on" if inputs["on"] else "The switch is off", {})


class NotHereSigner:
    """The name of a key that is elsewhere."""

    key_ref = SIGNER.key_ref

    def sign(self, message: bytes) -> bytes:
        raise AssertionError("a transaction waits for a key that is elsewhere")


class Room:
    """Use cases to call, and short words for what tests do most."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.switch = Switch()
        self.memory = MemoryTransactions()
        self.woken = 0
        self._ids = SequentialIds(start=0x1000)
        self.people: dict[str, Person] = {}
        self.ci = Actor(ActorRef(ActorKind.SERVICE, nth_id(0xC1), "ci"), "rest", CI_RIGHTS)
        self.use(self.memory)

    def use(self, transactions: Transactions) -> None:
        """Run the use cases on these transactions from now on."""
        gates = GateRegistry([*built_in_gates(), self.switch])
        ports = Ports(transactions, self.clock, self._ids, lambda: f"secret-{self._ids()}", SIGNER, gates, self._wake)
        self.countersign = Countersign(ports)

    def sign_elsewhere(self, sign: SignElsewhere) -> None:
        """Sign by a key that is not in memory from now on; whoever asks it inside a transaction is refused."""
        ports = replace(self.countersign.ports, sign_elsewhere=sign, signer=NotHereSigner())
        self.countersign = Countersign(ports)

    def actor(self, handle: str, door: str = "rest", scopes: frozenset[Right] | None = None) -> Actor:
        """A person at a door, with the one Slack account where the door is Slack's."""
        person = self.people[handle]
        account = person.slack[0] if door == "slack" else None
        return Actor(ActorRef(ActorKind.PERSON, person.id, person.name), door, scopes, account)

    async def furnish(self) -> Room:
        """Create everything that the module's first lines promise."""
        for number, (handle, roles) in enumerate(PEOPLE.items()):
            account = SlackAccount("T01", f"U0{number}")
            draft = PersonDraft(f"{handle}@example.com", handle.capitalize(), roles, (account,))
            self.people[handle] = await self.countersign.administering.create_person(SYSTEM, draft)
        self.managers = await self.group("release-managers", *MANAGERS)
        self.sres = await self.group("sre-team", *SRES)
        self.staging = await self.environment("Staging", gates={})
        self.production = await self.environment(
            "Production", source_environment_id=self.staging.id, require_sod=True, gates=GATES
        )
        groups = ("release-managers", "sre-team")
        self.policy = await self.policy_for(self.production, 2, *groups, name="production-policy", auto_expire_hours=24)
        self.release = await self.a_release_with_scan("1.4.0")
        return self

    async def group(self, name: str, *handles: str) -> ApproverGroup:
        emails = tuple(self.people[handle].email for handle in handles)
        return await self.countersign.administering.create_group(SYSTEM, GroupDraft(name, emails))

    async def members(self, group: ApproverGroup, *handles: str) -> None:
        """Let exactly these people be in a group."""
        draft = GroupDraft(group.name, tuple(self.people[handle].email for handle in handles))
        await self.countersign.administering.update_group(SYSTEM, group.id, draft)

    async def change(self, handle: str, **changes: Any) -> None:
        """Change a person's `roles`, `active`, `slack` or `name`."""
        person = self.people[handle]
        known = {"email": person.email, "name": person.name, "roles": person.roles, "slack": person.slack}
        draft = PersonDraft(**(known | changes))
        self.people[handle] = await self.countersign.administering.update_person(SYSTEM, person.id, draft)

    async def environment(self, name: str, **given: Any) -> Environment:
        return await self.countersign.administering.create_environment(SYSTEM, EnvironmentDraft(name, **given))

    async def gates_of(self, environment: Environment, gates: dict[str, dict[str, Any]], **changes: Any) -> None:
        """Give an environment other gates."""
        known = {"source_environment_id": environment.source_environment_id, "require_sod": environment.require_sod}
        draft = EnvironmentDraft(environment.name, gates=gates, **(known | changes))
        await self.countersign.administering.update_environment(SYSTEM, environment.id, draft)

    async def a_release(self, version: str, component: str = "shop") -> Release:
        digest = "sha256:" + version.encode().hex().ljust(64, "0")[:64]
        draft = ReleaseDraft(component, version, artifacts=(Artifact("image", digest),), authors=("dev@example.com",))
        return await self.countersign.releasing.register(self.ci, draft)

    async def a_release_with_scan(self, version: str, component: str = "shop", **counts: int) -> Release:
        release = await self.a_release(version, component)
        await self.scan(release, **counts)
        return release

    async def scan(self, release: Release, **counts: int) -> None:
        await self.countersign.releasing.submit_scan(self.ci, ScanDraft(release.id, "trivy", **counts))

    async def freeze(
        self, *, begins: float = -1, ends: float = 1, name: str = "year-end", **given: Any
    ) -> FreezeWindow:
        """Freeze Production; `begins` and `ends` are hours from now."""
        now = self.clock()
        times = (now + timedelta(hours=begins), now + timedelta(hours=ends))
        draft = FreezeWindowDraft(name, (self.production.id,), *times, **given)
        return await self.countersign.administering.create_freeze_window(SYSTEM, draft)

    async def policy_for(self, environment: Environment, required: int, *groups: str, **terms: Any) -> ApprovalPolicy:
        name = terms.pop("name", f"{environment.name}-policy")
        draft = PolicyDraft(name, environment.id, required, groups, **terms)
        return await self.countersign.administering.create_policy(SYSTEM, draft)

    async def request(
        self, who: str | Actor = "alice", release: Release | None = None, to: Environment | None = None
    ) -> Promotion:
        actor = self.actor(who) if isinstance(who, str) else who
        command = RequestPromotion((release or self.release).id, (to or self.production).id, "Fixes the login")
        return await self.countersign.requesting.request(actor, command)

    async def evaluate(self, id: UUID) -> Promotion | None:
        return await self.countersign.evaluating.evaluate(id)

    async def awaiting(self, **given: Any) -> Promotion:
        """A request whose gates have passed."""
        asked = await self.request(**given)
        evaluated = await self.evaluate(asked.id)
        assert evaluated is not None
        return evaluated

    async def approve(self, who: str | Actor, id: UUID, comment: str = "LGTM") -> Promotion:
        return await self._vote(who, CastVote(id, VoteChoice.APPROVED, comment))

    async def reject(self, who: str | Actor, id: UUID, reason: str = "Not today") -> Promotion:
        return await self._vote(who, CastVote(id, VoteChoice.REJECTED, reason))

    async def cancel(self, who: str | Actor, id: UUID, reason: str = "") -> Promotion:
        actor = self.actor(who) if isinstance(who, str) else who
        return await self.countersign.deciding.cancel(actor, CancelPromotion(id, reason))

    async def report(self, id: UUID, status: str, **given: Any) -> Promotion:
        command = ReportDeployment(id, DeploymentStatus(status), **given)
        return await self.countersign.deploying.report(self.ci, command)

    async def approved(self, **given: Any) -> Promotion:
        """A promotion that Bob and Carol have approved."""
        promotion = await self.awaiting(**given)
        await self.approve("bob", promotion.id)
        return await self.approve("carol", promotion.id)

    def stored(self, id: UUID) -> Promotion:
        """The promotion as it stands in the store."""
        return self.memory.tables.promotions[id]

    def evidence(self, id: UUID) -> EvidencePacket | None:
        return self.memory.tables.packets.get(id)

    def actions(self, id: UUID) -> list[Action]:
        """What the audit log says of one subject, oldest first."""
        return [entry.action for entry in self.memory.tables.audit if entry.subject_id == id]

    def errands(self) -> set[tuple[Errand, UUID]]:
        """What waits to be told."""
        rows = self.memory.tables.outbox.values()
        return {(row.entry.errand, row.entry.subject_id) for row in rows if row.due_at is not None}

    def run_errands(self) -> None:
        """Pretend that everything has been told."""
        self.memory.tables.outbox.clear()

    async def _vote(self, who: str | Actor, command: CastVote) -> Promotion:
        actor = self.actor(who) if isinstance(who, str) else who
        return await self.countersign.deciding.vote(actor, command)

    def _wake(self) -> None:
        self.woken += 1


async def code_of(act: Any) -> str:
    """What became of a use case: the status it led to, or the code of its refusal."""
    try:
        outcome = await act
    except DomainError as refusal:
        return refusal.code
    return outcome.status.value if isinstance(outcome, Promotion) else str(outcome)
