"""What each errand shows in Slack: the card and its thread, direct messages, the signed summary, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.slack.views.card import card
from bot.slack.views.outcome import outcome
from bot.slack.views.summary import summary
from bot.slack.views.thread import history_entry
from bot.workers.announcing import AnnouncementDelivery
from bot.workers.desk import DeskDelivery
from bot.workers.homes import HomeDelivery
from bot.workers.outbox import Runner
from bot.workers.posting import Place, Poster
from bot.workers.reminding import ReminderDelivery
from bot.workers.sharing import ExportDelivery
from bot.workers.troubles import TroubleDelivery
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.app.proving import Proving
from core.app.reading import PromotionView, promotion_view
from core.domain.events import Action, Event
from core.domain.people import SYSTEM, ActorKind, Person


class SlackDelivery:
    """Brings Slack up to date. Each method may run any number of times, at any time."""

    def __init__(self, client: AsyncWebClient, channels: SlackChannels, ports: Ports) -> None:
        self._client = client
        self._channels = channels
        self._ports = ports
        self._poster = Poster(client, ports)
        self._reminders = ReminderDelivery(self._poster, ports, self._direct)
        self._proving = Proving(ports)
        self._team = ""

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        troubles = TroubleDelivery(self._poster, self._direct, self._ports)
        return {
            Errand.CARD: troubles.watched(self.card, "card"),
            Errand.SUMMARY: troubles.watched(self.summary, "summary"),
            Errand.OUTCOME: self.outcome,
            **troubles.runners(),
            **DeskDelivery(self._poster, self._direct, self._ports).runners(),
            **self._reminders.runners(),
            **ExportDelivery(self._poster, self._ports).runners(),
            **HomeDelivery(self._client, self._ports).runners(),
            **AnnouncementDelivery(self._client, self._channels, self._ports).runners(),
        }

    async def card(self, entry: OutboxEntry) -> None:
        """The card in the target environment's channel, then what is new in its thread."""
        view = await self._view(entry.subject_id)
        await self._reminders.refresh(view)
        channel = await self._channel(view)
        if not channel:
            return
        promotion_id = entry.subject_id
        await self._leave_former(promotion_id, channel)
        before = await self._poster.sent(f"card:{promotion_id}")
        shown = await self._poster.show(f"card:{promotion_id}", promotion_id, Place(channel), card(view))
        if before and before.ts not in ("", shown.ts):
            await self._forget(promotion_id, "history:")
        thread = Place(shown.channel, shown.ts)
        for event in await self._ports.transactions.read(lambda store: store.audit.of(promotion_id)):
            if message := history_entry(event, await self._questioned(view, event)):
                await self._poster.once(f"history:{promotion_id}:{event.sequence}", promotion_id, thread, message)

    async def _questioned(self, view: PromotionView, event: Event) -> str:
        """Whom a question mentions: the requester's user id; empty for other events, and for whoever has none here."""
        requester = view.promotion.requested_by
        if event.action is not Action.QUESTION_ASKED or requester.id is None:
            return ""
        ids = [requester.id] if requester.kind is ActorKind.PERSON else []
        people = await self._ports.transactions.read(lambda store: store.people.among(ids))
        return next(filter(None, [await self._user(person) for person in people]), "")

    async def _leave_former(self, promotion_id: UUID, channel: str) -> None:
        """Where the environment has another channel now, the card and its thread go there."""
        sent = await self._poster.sent(f"card:{promotion_id}")
        if sent and sent.channel != channel:
            await self._forget(promotion_id, "card:", "history:", "mention:", "nudge:")

    async def _forget(self, promotion_id: UUID, *kinds: str) -> None:
        """Have messages posted again: those are gone, or stand where they no longer belong."""

        def body(store: Store) -> None:
            for message in store.sent.of(promotion_id):
                if message.key.startswith(kinds):
                    store.sent.forget(message.key)

        await self._ports.transactions.write(body)

    async def summary(self, entry: OutboxEntry) -> None:
        """The signed summary in the channel, with the packet as a file in its thread."""
        view = await self._view(entry.subject_id)
        channel = await self._channel(view)
        packet = await self._ports.transactions.read(lambda store: store.evidence.of(entry.subject_id))
        if not channel or packet is None:
            return
        logged = await self._proving.inclusion(SYSTEM, promotion_id=entry.subject_id)
        shown = await self._poster.once(
            f"summary:{entry.subject_id}", entry.subject_id, Place(channel), summary(view, packet, logged)
        )
        await self._poster.upload_once(
            f"packet:{entry.subject_id}",
            entry.subject_id,
            Place(shown.channel, shown.ts),
            f"evidence-{packet.id}.json",
            packet.to_file(),
        )

    async def outcome(self, entry: OutboxEntry) -> None:
        """A direct message to the person who asked."""
        view = await self._view(entry.subject_id)
        requester = view.promotion.requested_by
        person_id = requester.id if requester.kind is ActorKind.PERSON else None
        if person_id is None:
            return
        for person in await self._ports.transactions.read(lambda store: store.people.among([person_id])):
            if place := await self._direct(person):
                await self._poster.once(f"outcome:{entry.subject_id}", entry.subject_id, place, outcome(view))

    async def _direct(self, person: Person) -> Place | None:
        """The direct message channel with a person; None for whoever has no usable account in this workspace."""
        user = await self._user(person)
        if not user or not person.active:
            return None
        answer = await self._client.conversations_open(users=user)
        return Place(str(answer["channel"]["id"]))

    async def _user(self, person: Person) -> str:
        """The person's account in this workspace; empty where there is no usable one."""
        team = await self._own_team()
        return next((each.user for each in person.slack if each.team == team and not each.blocked_by), "")

    async def _own_team(self) -> str:
        if not self._team:
            self._team = str((await self._client.auth_test())["team_id"])
        return self._team

    async def _channel(self, view: PromotionView) -> str:
        """The channel of the target environment; empty where it has none."""
        target = view.promotion.target.id
        environment = await self._ports.transactions.read(lambda store: store.environments.get(target))
        if environment is None or not environment.slack_channel:
            return ""
        return await self._channels.id_of(environment.slack_channel)

    async def _view(self, promotion_id: UUID) -> PromotionView:
        return await self._ports.transactions.read(lambda store: promotion_view(store, promotion_id))
