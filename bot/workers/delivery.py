"""What each errand shows in Slack: the card and its thread, direct messages, the signed summary, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from bot.gateways.slack_channels import SlackChannels
from bot.slack.views.card import card
from bot.slack.views.notice import notice
from bot.slack.views.outcome import outcome
from bot.slack.views.summary import summary
from bot.slack.views.thread import history_entry
from bot.workers.outbox import Runner
from bot.workers.posting import Place, Poster
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.app.reading import PromotionView, promotion_view
from core.domain.people import ActorKind, Person
from core.domain.promotion import Status


class SlackDelivery:
    """Brings Slack up to date. Each method may run any number of times, at any time."""

    def __init__(self, client: AsyncWebClient, channels: SlackChannels, ports: Ports) -> None:
        self._client = client
        self._channels = channels
        self._ports = ports
        self._poster = Poster(client, ports)
        self._team = ""

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {
            Errand.CARD: self.card,
            Errand.NOTICES: self.notices,
            Errand.SUMMARY: self.summary,
            Errand.OUTCOME: self.outcome,
        }

    async def card(self, entry: OutboxEntry) -> None:
        """The card in the target environment's channel, then what is new in its thread."""
        view = await self._view(entry.subject_id)
        channel = await self._channel(view)
        if not channel:
            return
        promotion_id = entry.subject_id
        shown = await self._poster.show(f"card:{promotion_id}", promotion_id, Place(channel), card(view))
        thread = Place(shown.channel, shown.ts)
        for event in await self._ports.transactions.read(lambda store: store.audit.of(promotion_id)):
            if message := history_entry(event):
                await self._poster.once(f"history:{promotion_id}:{event.sequence}", promotion_id, thread, message)

    async def notices(self, entry: OutboxEntry) -> None:
        """A direct message to everybody who may still approve; those asked before see how it went on."""
        view = await self._view(entry.subject_id)
        asked = await self._ports.transactions.read(lambda store: _asked(store, view))
        for person in asked:
            await self._tell(f"notice:{entry.subject_id}:{person.id}", view, person)

    async def summary(self, entry: OutboxEntry) -> None:
        """The signed summary in the channel, with the packet as a file in its thread."""
        view = await self._view(entry.subject_id)
        channel = await self._channel(view)
        packet = await self._ports.transactions.read(lambda store: store.evidence.of(entry.subject_id))
        if not channel or packet is None:
            return
        shown = await self._poster.once(
            f"summary:{entry.subject_id}", entry.subject_id, Place(channel), summary(view, packet)
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

    async def _tell(self, key: str, view: PromotionView, person: Person) -> None:
        sent = await self._poster.sent(key)
        place = Place(sent.channel) if sent else await self._direct(person)
        if place:
            await self._poster.show(key, view.promotion.id, place, notice(view, person))

    async def _direct(self, person: Person) -> Place | None:
        """The direct message channel with a person; None for whoever has no usable account in this workspace."""
        team = await self._own_team()
        user = next((each.user for each in person.slack if each.team == team and not each.blocked_by), None)
        if user is None or not person.active:
            return None
        answer = await self._client.conversations_open(users=user)
        return Place(str(answer["channel"]["id"]))

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


def _asked(store: Store, view: PromotionView) -> tuple[Person, ...]:
    """Those who may approve now, once the gates have passed, and those who were asked at some time."""
    keys = [message.key for message in store.sent.of(view.promotion.id) if message.key.startswith("notice:")]
    asked = store.people.among(UUID(key.rpartition(":")[2]) for key in keys)
    if view.promotion.status is not Status.AWAITING_APPROVAL:
        return asked
    return tuple({person.id: person for person in (*view.may_still_approve, *asked)}.values())
