"""People at work while the product is in trouble: they ask, approve, reject, cancel and deploy, by REST and in Slack,
and remember what they were told.

    crowd = Crowd(product, hand, crash_environment, random.Random(1))
    await crowd.work_until_gone(6)          # six of them, until the server does not answer any more
    await crowd.insist()                    # once it is back: what had no answer is tried again
    lost = await looked_at(url, crowd.lost)

What was acknowledged must be there for good. What was not may be there or not, and asking again must end right.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import ClientError
from sqlalchemy import Connection, select

from bot.db import tables
from core.app.drafts import EnvironmentDraft, PolicyDraft
from core.domain.environment import Environment
from core.domain.people import SYSTEM
from tests.support.signed import SignedHand
from tests.support.world import CHANNEL, CHANNEL_ID, PEOPLE, Answer, Product

APPROVERS = ("bob", "carol", "sam")
LET_GO = {"approved", "deploying", "deployed"}
FINAL = {"rejected", "cancelled"}
PATIENCE_S = 5.0
"""How long somebody waits for an answer; as good as none after that."""

NOT_NOW = "I cannot reach what I need right now. Nothing was stored; please try again in a moment."
MAYBE = "It may be stored all the same"
"""What Slack is told, where a database does not take it, and where it does not say whether it did."""
GONE = (ClientError, ConnectionError, TimeoutError)


class UnexpectedAnswerError(AssertionError):
    """The product said something that is not right at this moment."""


class NotNowError(ConnectionError):
    """The product said that it cannot now: as good as no answer."""


@dataclass
class Story:
    """What people were told of one promotion. `votes` are of those who were told that theirs counts."""

    status: set[str]
    votes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """What somebody did, to do it again where no answer came."""

    who: str
    promotion_id: str
    verb: str


@dataclass
class Crowd:
    """Everybody who works on one database, through all lives of its server."""

    product: Product
    hand: SignedHand
    environment: Environment
    chance: Random
    stories: dict[str, Story] = field(default_factory=dict)
    unanswered: list[Deed] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def work_until_gone(self, people: int) -> None:
        """Work until nobody gets an answer any more. Raises UnexpectedAnswerError."""
        async with asyncio.TaskGroup() as group:
            for _ in range(people):
                group.create_task(self._work())

    async def work_through(self, people: int, over: asyncio.Event) -> None:
        """Work until it is over, and go on where no answer comes."""

        async def one() -> None:
            while not over.is_set():
                try:
                    await self._one_promotion()
                except GONE as error:
                    self.said[type(error).__name__] += 1
                    await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as group:
            for _ in range(people):
                group.create_task(one())

    async def insist(self) -> None:
        """Do again what had no answer; each must end as if it had been done once."""
        while self.unasked:
            await self._ask_again(self.unasked[-1])
            self.unasked.pop()
        again, self.unanswered = self.unanswered, []
        for deed in again:
            await self._do(deed, may_be_done=True)

    def lost(self, connection: Connection) -> list[str]:
        """What was acknowledged and is not in the database."""
        people = {str(person.id): handle for handle, person in self.product.people.items()}
        statuses = {str(row.id): row.status for row in connection.execute(select(tables.promotions))}
        votes: dict[str, dict[str, str]] = {}
        for row in connection.execute(select(tables.votes)):
            votes.setdefault(str(row.promotion_id), {})[people[str(row.person_id)]] = row.choice
        found = []
        for promotion_id, story in self.stories.items():
            cast, status = votes.get(promotion_id, {}), statuses.get(promotion_id, "gone")
            found += [f"{promotion_id}: lost {vote}" for vote in story.votes.items() if vote not in cast.items()]
            if story.status and status not in story.status:
                found.append(f"{promotion_id} is {status}, and {sorted(story.status)} was acknowledged")
        here = select(tables.promotions.c.release_id).where(
            tables.promotions.c.target_environment_id == self.environment.id
        )
        times = Counter(map(str, connection.execute(here).scalars()))
        return found + [f"{id} was asked for {times[id]} times" for id in self.asked | set(times) if times[id] != 1]

    async def _work(self) -> None:
        try:
            while True:
                await self._one_promotion()
        except GONE:
            return

    async def _one_promotion(self) -> None:
        number = next(self._numbers)
        draft = {"component": f"app{number}", "version": "1.0.0", "artifacts": []}
        release = self._expect(await self._rest("ci", "POST", "/releases", draft), 201).body
        promotion_id = await self._ask(release)
        first, second = self.chance.sample(APPROVERS, 2)
        ways = ((first, "approve"), (second, self.chance.choice(("approve", "approve", "approve", "reject"))))
        ends = self.chance.random()
        deeds = [Deed(who, promotion_id, verb) for who, verb in (ways[1:] if ends < 0.1 else ways)]
        if ends > 0.9:
            deeds[-1] = Deed("alice", promotion_id, "cancel")
        elif all(deed.verb == "approve" for deed in deeds) and len(deeds) == 2:
            deeds += [Deed("ci", promotion_id, "deploying"), Deed("ci", promotion_id, "deployed")]
        for deed in deeds:
            await self._do(deed)

    async def _ask(self, release: dict[str, Any]) -> str:
        """Request a promotion, by REST or in Slack, and return its id."""
        id, name = str(release["id"]), str(release["name"])
        try:
            if self.chance.random() < 0.5:
                key = {"Idempotency-Key": f"ask {id}", "Prefer": "wait=5"}
                asked = await self._rest("alice", "POST", "/promotions", self._wanted(id), key)
                return str(self._acknowledged(id, self._expect(asked, 201).body["id"]))
            words = await self._slack("alice", "/promote", f"{name} to {self.environment.name} because")
        except GONE:
            self.unasked.append(id)
            raise
        if "Requested" not in words:
            raise UnexpectedAnswerError(f"/promote: {words[:300]}")
        self.asked.add(id)
        found = await self._rest("alice", "GET", f"/promotions?releaseId={id}")
        (promotion,) = self._expect(found, 200).body["data"]
        return str(self._acknowledged(id, promotion["id"]))

    async def _ask_again(self, id: str) -> None:
        """Request what was perhaps requested: it is made now, or the one that is there is named."""
        asked = await self._rest("alice", "POST", "/promotions", self._wanted(id))
        if asked.status == 409 and asked.body["code"] == "promotion_already_open":
            self._acknowledged(id, asked.body["promotionId"])
            self.said["asked before"] += 1
        else:
            self._acknowledged(id, self._expect(asked, 201).body["id"])

    def _wanted(self, release_id: str) -> dict[str, str]:
        return {"releaseId": release_id, "targetEnvironmentId": str(self.environment.id)}

    def _acknowledged(self, release_id: str, promotion_id: str) -> str:
        self.asked.add(release_id)
        self.stories[promotion_id] = Story(status={"pending", "awaiting_approval", *LET_GO, *FINAL})
        return promotion_id

    async def _do(self, deed: Deed, *, may_be_done: bool = False) -> None:
        """Do something to a promotion and note what was acknowledged. Raises what `GONE` names."""
        try:
            if deed.verb in {"deploying", "deployed"}:
                await self._deploy(deed, may_be_done)
            elif self.chance.random() < 0.5:
                await self._by_rest(deed, may_be_done)
            else:
                await self._by_slack(deed, may_be_done)
        except GONE:
            self.unanswered.append(deed)
            raise

    async def _by_rest(self, deed: Deed, may_be_done: bool) -> None:
        body = {"reason": "not today"} if deed.verb != "approve" else {"comment": "fine"}
        answer = await self._rest(deed.who, "POST", f"/promotions/{deed.promotion_id}/{deed.verb}", body)
        if may_be_done and answer.status == 409:
            self._was_done(deed, answer.body["code"])
        else:
            self._note(deed, str(self._expect(answer, 200).body["status"]))

    async def _by_slack(self, deed: Deed, may_be_done: bool) -> None:
        text = f"{deed.verb} {deed.promotion_id} in a moment of trouble"
        words = await self._slack(deed.who, "/promotions", text)
        if "You approved" in words or "You rejected" in words or "You cancelled" in words:
            status = {"reject": "rejected", "cancel": "cancelled"}.get(deed.verb, "")
            self._note(deed, status)
        elif may_be_done and ("already" in words or "has been" in words or "was " in words):
            self._was_done(deed, "already_voted" if "voted" in words else "already_decided")
        else:
            raise UnexpectedAnswerError(f"{deed}: {words[:300]}")

    async def _deploy(self, deed: Deed, may_be_done: bool) -> None:
        path = f"/promotions/{deed.promotion_id}/deployment"
        answer = await self._rest("ci", "POST", path, {"status": deed.verb})
        if not (may_be_done and answer.status == 409):
            self._expect(answer, 200)
            order = ("deploying", "deployed")
            self.stories[deed.promotion_id].status = set(order[order.index(deed.verb) :])

    def _note(self, deed: Deed, status: str) -> None:
        """What was acknowledged holds for good, whatever comes later."""
        story = self.stories[deed.promotion_id]
        if deed.verb in {"approve", "reject"}:
            story.votes[deed.who] = {"approve": "approved", "reject": "rejected"}[deed.verb]
        if status in FINAL:
            story.status = {status}
        elif status == "approved" or len([vote for vote in story.votes.values() if vote == "approved"]) == 2:
            story.status &= LET_GO
        self.said[deed.verb] += 1

    def _was_done(self, deed: Deed, code: str) -> None:
        """A refusal says that the deed of which nothing was heard was done, or that others came first."""
        if code not in {"already_voted", "already_decided"}:
            raise UnexpectedAnswerError(f"{deed}: {code}")
        story = self.stories[deed.promotion_id]
        if deed.verb in {"approve", "reject"}:
            story.votes[deed.who] = {"approve": "approved", "reject": "rejected"}[deed.verb]
        self.said["again"] += 1

    async def _rest(
        self, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        async with asyncio.timeout(PATIENCE_S):
            return await self.product.rest(who, method, path, body, headers)

    async def _slack(self, who: str, command: str, text: str) -> str:
        async with asyncio.timeout(PATIENCE_S):
            status, words = await self.hand.command(PEOPLE[who][0], CHANNEL_ID, command, text)
        if NOT_NOW in words or MAYBE in words:
            raise NotNowError(words)
        if status != 200:
            raise UnexpectedAnswerError(f"Slack's {command} was answered {status}: {words[:300]}")
        return words

    def _expect(self, answer: Answer, status: int) -> Answer:
        if answer.status == 503 and answer.headers.get("Retry-After") and answer.body["detail"]:
            raise NotNowError(answer.body["detail"])
        if answer.status != status:
            raise UnexpectedAnswerError(f"{answer.status} in place of {status}: {answer.body}")
        return answer


async def made_ready(product: Product, name: str = "Crowded") -> Environment:
    """An environment that asks two people and whose gates pass."""
    admin = product.app.core.countersign.administering
    draft = EnvironmentDraft(name, None, True, CHANNEL, {"freeze-window-gate": {}})
    environment = await admin.create_environment(SYSTEM, draft)
    groups = ("release-managers", "sre-team")
    await admin.create_policy(SYSTEM, PolicyDraft(f"{name}-policy", environment.id, 2, groups, True, 24))
    return environment
