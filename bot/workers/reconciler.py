"""Self-healing: what each promotion should show is compared with what was delivered, and asked for where it differs.

It covers open promotions and those closed within a day, a page of them at each round, so that its cost has a bound
however many there are. Rendering is cheap; Slack is called only for what differs. Cards that somebody deleted are
found by looking for a few of them each round, the longest unseen first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError

from bot.gateways.slack_client import NotNowError, slack_error
from bot.gateways.slack_workspaces import Workspaces
from bot.metrics import Metrics
from bot.slack.views.card import card
from bot.slack.views.message import Message
from bot.slack.views.thread import history_entry
from bot.workers.desk import is_direct, shown
from bot.workers.posting import digest
from bot.workers.scheduler import Round
from core.app.changing import last_changed
from core.app.notifying import Notifying, wanted_calls
from core.app.outbox import Errand, SentMessage
from core.app.ports import Ports, Store
from core.app.reading import PromotionView, promotion_view
from core.domain.notices import moments
from core.domain.people import ActorKind

PAGE = 50
LOOKS = 10
IN_TIME = timedelta(seconds=5)
COMPARE = timedelta(seconds=20)
LOOK = timedelta(minutes=1)
LATELY = timedelta(days=1)
_MOST = 1000
_log = structlog.get_logger(__name__)


class Reconciler:
    """Rounds that the scheduler makes."""

    def __init__(self, workspaces: Workspaces, ports: Ports, metrics: Metrics) -> None:
        self._workspaces = workspaces
        self._ports = ports
        self._metrics = metrics
        self._to_compare: deque[UUID] = deque()
        self._to_look_for: deque[UUID] = deque()
        self._notifying = Notifying(ports)
        self._called_until = ports.clock()

    def rounds(self) -> tuple[Round, ...]:
        """What to do how often."""
        return (
            Round("notices in time", IN_TIME, self.call_in_time),
            Round("notices held back", IN_TIME, self._notifying.due),
            Round("compare", COMPARE, self.compare),
            Round("look for cards", LOOK, self.look),
        )

    async def compare(self) -> None:
        """Compare the next page, and ask for what differs."""
        read, now = self._ports.transactions.read, self._ports.clock()
        if not self._to_compare:
            self._to_compare.extend(await read(lambda store: _lately(store, now)))
        for promotion_id in [self._to_compare.popleft() for _ in range(min(PAGE, len(self._to_compare)))]:
            for errand in sorted(await read(partial(differences, promotion_id=promotion_id, now=now))):
                await self._repair(errand, promotion_id)

    async def look(self) -> None:
        """Look whether the next few cards still stand in Slack; whatever keeps Slack from saying so is for later."""
        if not self._to_look_for:
            self._to_look_for.extend(await self._ports.transactions.read(lambda store: store.promotions.open_ids()))
        silent: set[str] = set()
        for _ in range(min(LOOKS, len(self._to_look_for))):
            promotion_id = self._to_look_for.popleft()
            sent = await self._ports.transactions.read(partial(_card, promotion_id=promotion_id))
            if sent is None or not sent.ts or sent.team in silent:
                continue
            try:
                stands = await self._stands(sent)
            except (NotNowError, OSError, TimeoutError) as error:
                _log.info("cards cannot be looked for now", workspace=sent.team, error=type(error).__name__)
                silent.add(sent.team)
                continue
            if not stands:
                await self._lost(sent)

    async def call_in_time(self) -> None:
        """Ask for the notices of promotions whose reminder or escalation has come."""
        since, now = self._called_until, self._ports.clock()

        def body(store: Store) -> int:
            due = [each for each in store.promotions.awaiting() if any(since < at <= now for at in moments(each))]
            for promotion in due:
                store.outbox.put(Errand.NOTICES, promotion.id, now)
            return len(due)

        if await self._ports.transactions.write(body):
            self._ports.wake()
        self._called_until = now

    async def _stands(self, sent: SentMessage) -> bool:
        """Whether a message is there. A channel that Slack does not show us counts as empty: posting says why."""
        try:
            client = await self._workspaces.client(sent.team)
            answer = await client.conversations_history(
                channel=sent.channel, oldest=sent.ts, latest=sent.ts, inclusive=True, limit=1
            )
        except SlackApiError as error:
            return slack_error(error) not in {"channel_not_found", "not_in_channel"}
        found = answer.get("messages") or []
        return any(each.get("ts") == sent.ts and each.get("subtype") != "tombstone" for each in found)

    async def _lost(self, sent: SentMessage) -> None:
        """Forget the card with its thread, and have both posted again."""

        def body(store: Store) -> None:
            for message in store.sent.of(sent.promotion_id):
                if message.key.startswith(("card:", "history:", "mention:", "nudge:")):
                    store.sent.forget(message.key)

        _log.info("a card is gone from Slack and is posted again", key=sent.key)
        await self._ports.transactions.write(body)
        await self._repair(Errand.CARD, sent.promotion_id)

    async def _repair(self, errand: Errand, promotion_id: UUID) -> None:
        now = self._ports.clock()
        await self._ports.transactions.write(lambda store: store.outbox.repair(errand, promotion_id, now))
        self._metrics.repairs.labels(errand.value).inc()
        self._ports.wake()


def _card(store: Store, promotion_id: UUID) -> SentMessage | None:
    return store.sent.get(f"card:{promotion_id}")


def differences(store: Store, promotion_id: UUID, now: datetime) -> frozenset[Errand]:
    """The errands whose work is not to be seen in what was delivered."""
    view = promotion_view(store, promotion_id)
    sent = {message.key: message for message in store.sent.of(promotion_id) if message.ts}
    return frozenset((*_in_channel(store, view, sent), *_to_people(store, view, sent, now)))


def _in_channel(store: Store, view: PromotionView, sent: dict[str, SentMessage]) -> Iterator[Errand]:
    promotion = view.promotion
    environment = store.environments.get(promotion.target.id)
    if environment is None or not environment.slack_channel:
        return
    told = (event for event in store.audit.of(promotion.id) if history_entry(event))
    untold = any(f"history:{promotion.id}:{event.sequence}" not in sent for event in told)
    shown = card(view, last_changed(store, promotion.id))
    if untold or not _shows(sent.get(f"card:{promotion.id}"), shown):
        yield Errand.CARD
    signed = not promotion.is_open and store.evidence.of(promotion.id) is not None
    if signed and not {f"summary:{promotion.id}", f"packet:{promotion.id}"} <= sent.keys():
        yield Errand.SUMMARY


def _to_people(store: Store, view: PromotionView, sent: dict[str, SentMessage], now: datetime) -> Iterator[Errand]:
    promotion = view.promotion
    direct = {key: UUID(key.rpartition(":")[2]) for key in sent if is_direct(key)}
    people = {person.id: person for person in store.people.among(direct.values())}
    current = all(_shows(sent[key], shown(key, view, people[who])) for key, who in direct.items() if who in people)
    wanted = wanted_calls(store, promotion, now)
    noted = {(notice.person_id, notice.call) for notice in store.notices.of(promotion.id)}
    aloud = (wanted.mentioned and f"mention:{promotion.id}") or (wanted.channel_reminded and f"nudge:{promotion.id}")
    has_card = f"card:{promotion.id}" in sent
    if not current or not wanted.direct <= noted or (has_card and aloud and aloud not in sent):
        yield Errand.NOTICES
    if not promotion.is_open and f"outcome:{promotion.id}" not in sent and _hears(store, view):
        yield Errand.OUTCOME


def _hears(store: Store, view: PromotionView) -> bool:
    """Whether the requester is a person whom a direct message can reach."""
    requester = view.promotion.requested_by
    person = store.people.get(requester.id) if requester.kind is ActorKind.PERSON and requester.id else None
    return person is not None and person.active and any(not account.blocked_by for account in person.slack)


def _shows(sent: SentMessage | None, message: Message) -> bool:
    return sent is not None and sent.digest == digest(message)


def _lately(store: Store, now: datetime) -> list[UUID]:
    """Open promotions, and those closed within a day."""
    environments = [environment.id for environment in store.environments.all()]
    closed = store.homes.decided(environments, now - LATELY, _MOST)
    return [*store.promotions.open_ids(), *(promotion.id for promotion in closed)]
