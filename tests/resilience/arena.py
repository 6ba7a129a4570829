"""Where races are run: many approvers, two replicas of the real program on one database, and who does what to whom.

Every approver has a token and a Slack account. Two groups share most of the approvers, a policy asks for some of
either, one requester (who is in a group too) has asked for all the promotions. Half of what people do goes through the
Slack door.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.bootstrap import Core, build_core
from bot.db.schema import migrate
from bot.playground.playground import Playground
from bot.playground.seed import ChannelSeed, PersonSeed, WorkspaceSeed
from bot.playground.server import serve
from core.app.access import CreateToken
from core.app.drafts import EnvironmentDraft, GroupDraft, NotifyDraft, PersonDraft, PolicyDraft, ReleaseDraft
from core.app.ports import Store
from core.app.requesting import RequestPromotion
from core.domain.environment import Environment
from core.domain.notify import Via
from core.domain.people import SYSTEM, Actor, ActorKind, ActorRef, Person, Right, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup
from core.domain.promotion import Promotion
from tests.support.ports import unused_port
from tests.support.servers import serving
from tests.support.signed import SignedHand
from tests.support.world import BOT_TOKEN, SIGNING_SECRET, TEAM, program_environment, settings

GROUPS = ("red", "green")
DONE = {"approve": "You approved", "reject": "You rejected", "cancel": "You cancelled"}
ASKER, BOSS = "asker", "boss"


@dataclass
class Answer:
    """What somebody was told; `yes` where it was done."""

    who: str
    deed: str
    promotion: str
    status: int
    yes: bool


@dataclass
class Arena:
    """Everything a race needs. `replicas` are the settings of each by where it answers."""

    core: Core
    session: ClientSession
    replicas: dict[str, dict[str, str]]
    chance: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    groups: dict[str, ApproverGroup] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    target: Environment = field(init=False)
    policy: ApprovalPolicy = field(init=False)

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(self.replicas)

    @property
    def approvers(self) -> list[str]:
        return [who for who in self.people if who != BOSS]

    async def rest(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call either replica."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        url = f"{self.chance.choice(self.urls)}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if "json" in answer.content_type else await answer.text()

    async def act(self, who: str, deed: str, promotion: Promotion) -> None:
        """Approve, reject or cancel through one of the doors of one of the replicas."""
        if self.chance.random() < 0.5:
            words = {"approve": {"comment": "fine"}, "reject": {"reason": "no"}, "cancel": {}}[deed]
            status, _ = await self.rest(who, "POST", f"/promotions/{promotion.id}/{deed}", words)
            yes = status == 200
        else:
            url = f"{self.chance.choice(self.urls)}/slack/events"
            hand = SignedHand(self.session, url, SIGNING_SECRET, TEAM, "")
            text = f"{deed} {promotion.id} no"
            status, told = await hand.command(self.people[who].slack[0].user, "C01", "/promotions", text)
            yes = status == 200 and json.loads(told)["text"].startswith(DONE[deed])
        self.answers.append(Answer(who, deed, str(promotion.id), status, yes))

    async def edit(self) -> None:
        """Change the policy's terms, a group's members, or whether somebody is active; then change it back."""
        kind = self.chance.choice(("policy", "group", "person"))
        if kind == "policy":
            for required in (1, self.policy.required_approvals):
                body = {"name": "policy", "environmentId": str(self.policy.environment_id), "approverGroups": [*GROUPS]}
                wanted = body | {"requiredApprovals": required, "notify": {"via": "channel"}}
                await self._put(f"/approval-policies/{self.policy.id}", wanted)
        elif kind == "group":
            group = self.groups[self.chance.choice(GROUPS)]
            members = [person.email for person in self.people.values() if person.id in group.member_ids]
            for fewer in (members[:: self.chance.choice((2, 3))], members):
                await self._put(f"/approver-groups/{group.id}", {"name": group.name, "members": fewer})
        else:
            person = self.people[self.chance.choice(self.approvers)]
            slack = [{"team": account.team, "user": account.user} for account in person.slack]
            known = {"email": person.email, "name": person.name, "slack": slack, "roles": sorted(person.roles)}
            for active in (False, True):
                await self._put(f"/people/{person.id}", known | {"active": active})

    async def _put(self, path: str, body: Any) -> None:
        began = time.monotonic()
        status, told = await self.rest(BOSS, "PUT", path, body)
        self.answers.append(Answer(BOSS, "edit", "", status, status == 200))
        assert status == 200, told
        # Each edit has the cards of everything open brought up to date: leave the others some time.
        await asyncio.sleep(self.chance.uniform(1, 5) * (time.monotonic() - began))

    async def run_out(self, promotion: Promotion) -> None:
        """Let the time of a promotion end in a moment, as if it had been asked for a day ago."""
        end = datetime.now(UTC) + timedelta(seconds=self.chance.uniform(0, 0.2))

        def body(store: Store) -> None:
            current = store.promotions.get(promotion.id)
            if current and current.is_open:
                store.promotions.save(replace(current, expires_at=end))

        await self.core.database.write(body)


@asynccontextmanager
async def arena(
    database_url: str, folder: Path, seed: int, *, people: int, promotions: int, required: int
) -> AsyncIterator[Arena]:
    """Furnish a database and start two replicas on it."""
    wanted = furnished(database_url, folder, seed, people=people, promotions=promotions, required=required, replicas=2)
    async with wanted as made, AsyncExitStack() as stack:
        for url, environment in made.replicas.items():
            await stack.enter_async_context(serving(environment, url, folder))
        yield made


@asynccontextmanager
async def furnished(
    database_url: str,
    folder: Path,
    seed: int,
    *,
    people: int,
    promotions: int,
    required: int,
    replicas: int = 1,
    channel: str = "",
) -> AsyncIterator[Arena]:
    """A database with everything in it and a Slack beside it; whoever asked starts the replicas."""
    handles = [ASKER, *(f"p{number:02}" for number in range(people)), BOSS]
    users = {handle: f"U{number:03}" for number, handle in enumerate(handles)}
    seeds = tuple(PersonSeed(user, handle, handle.capitalize()) for handle, user in users.items())
    ground = Playground(
        WorkspaceSeed(seeds, (ChannelSeed("C01", "releases"),), team_id=TEAM),
        bot_url="",
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
    )
    await migrate(database_url)
    async with (
        serve(ground),
        ClientSession() as session,
        build_core(settings(database_url, folder, ground.api_url)) as core,
    ):
        ports = [unused_port() for _ in range(replicas)]
        environments = {
            f"http://127.0.0.1:{port}": program_environment(database_url, folder, ground.api_url, port)
            | {"COUNTERSIGN_RATE_LIMIT": "0"}
            for port in ports
        }
        made = Arena(core, session, environments, random.Random(seed))
        await _furnish(made, users, promotions, required, channel)
        yield made


async def _furnish(made: Arena, users: dict[str, str], promotions: int, required: int, channel: str) -> None:
    countersign = made.core.countersign
    admin = countersign.administering
    for who, user in users.items():
        roles = frozenset({Right.REQUESTER} if who == ASKER else {Right.ADMIN} if who == BOSS else set[Right]())
        draft = PersonDraft(f"{who}@example.com", who.capitalize(), roles, (SlackAccount(TEAM, user),))
        made.people[who] = await admin.create_person(SYSTEM, draft)
        made.tokens[who] = (await countersign.access.create_token(SYSTEM, CreateToken(draft.email))).text
    emails = [made.people[who].email for who in made.approvers]
    cut = len(emails) // 4
    for name, members in zip(GROUPS, (emails[:-cut], emails[cut:]), strict=True):
        made.groups[name] = await admin.create_group(SYSTEM, GroupDraft(name, tuple(members)))
    target = made.target = await admin.create_environment(
        SYSTEM, EnvironmentDraft("Target", require_sod=True, slack_channel=channel)
    )
    policy = PolicyDraft("policy", target.id, required, GROUPS, True, 24, NotifyDraft(Via.CHANNEL))
    made.policy = await admin.create_policy(SYSTEM, policy)
    asker = made.people[ASKER]
    actor = Actor(ActorRef(ActorKind.PERSON, asker.id, asker.name), "rest")
    for number in range(promotions):
        # Every tenth has an older sibling that its approval supersedes.
        component = f"shop-{number - number % 10 // 9}"
        release = await countersign.releasing.register(SYSTEM, ReleaseDraft(component, f"1.{number}.0"))
        made.promotions.append(await countersign.requesting.request(actor, RequestPromotion(release.id, target.id)))


async def at_once(deeds: list[Awaitable[None]], most: int) -> None:
    """Do everything, no more than `most` at a time."""
    room = asyncio.Semaphore(most)

    async def one(deed: Awaitable[None]) -> None:
        async with room:
            await deed

    await asyncio.gather(*(one(deed) for deed in deeds))
