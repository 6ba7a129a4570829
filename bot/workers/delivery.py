"""What each errand shows in Slack: the card and its thread, direct messages, the signed summary, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from bot.gateways.slack_steps import SlackSteps
from bot.gateways.slack_workspaces import Workspaces
from bot.metrics import Metrics
from bot.slack.views.card import card
from bot.slack.views.outcome import outcome
from bot.slack.views.summary import summary
from bot.slack.views.thread import history_entry, mentions_requester
from bot.workers.announcing import AnnouncementDelivery
from bot.workers.desk import DeskDelivery
from bot.workers.homes import HomeDelivery
from bot.workers.lane import Runner
from bot.workers.places import Directs, channel_of
from bot.workers.posting import Place, Poster
from bot.workers.sharing import ExportDelivery
from bot.workers.stepping import StepDelivery
from bot.workers.troubles import TroubleDelivery
from core.app.changing import Changed, last_changed
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.app.proving import Proving
from core.app.reading import PromotionView, promotion_view
from core.app.workflows import Workflows
from core.domain.events import Event
from core.domain.notify import Via
from core.domain.people import SYSTEM, ActorKind


class SlackDelivery:
    """Brings Slack up to date. Each method may run any number of times, at any time."""

    def __init__(self, workspaces: Workspaces, ports: Ports) -> None:
        self._workspaces = workspaces
        self._directs = Directs(workspaces)
        self._ports = ports
        self._poster = Poster(workspaces, ports)
        self._proving = Proving(ports)

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        troubles = TroubleDelivery(self._poster, self._directs.place, self._ports)
        return {
            Errand.CARD: troubles.watched(self.card, "card"),
            Errand.SUMMARY: troubles.watched(self.summary, "summary"),
            Errand.OUTCOME: self.outcome,
            **troubles.runners(),
            **DeskDelivery(self._poster, self._directs.place, self._ports).runners(),
            **ExportDelivery(self._poster, self._ports).runners(),
            **HomeDelivery(self._workspaces, self._ports).runners(),
            **AnnouncementDelivery(self._workspaces, self._ports).runners(),
        }

    def steps(self, workflows: Workflows, metrics: Metrics) -> Mapping[Errand, Runner]:
        """What runs the errands of workflows' steps."""
        steps = SlackSteps(self._workspaces)
        return StepDelivery(
            steps, self._poster, self._directs, workflows=workflows, ports=self._ports, metrics=metrics
        ).runners()

    async def card(self, entry: OutboxEntry) -> None:
        """The card in the target environment's channel, then what is new in its thread."""
        promotion_id = entry.subject_id

        def read(store: Store) -> tuple[PromotionView, Changed | None]:
            return promotion_view(store, promotion_id), last_changed(store, promotion_id)

        # Of one moment: what changed must be what the card shows.
        view, changed = await self._ports.transactions.read(read)
        place = await self._channel(view)
        if place is None:
            return
        await self._leave_former(promotion_id, place)
        before = await self._poster.sent(f"card:{promotion_id}")
        shown = await self._poster.show(f"card:{promotion_id}", promotion_id, place, card(view, changed))
        if before and before.ts not in ("", shown.ts):
            await self._forget(promotion_id, "history:")
        if (before is None or before.ts != shown.ts) and _speaks_in_channel(view):
            await self._mention_below(promotion_id)
        thread = Place.of(shown).thread(shown.ts)
        for event in await self._ports.transactions.read(lambda store: store.audit.of(promotion_id)):
            if message := history_entry(event, await self._mentioned(view, event, place.team)):
                await self._poster.once(f"history:{promotion_id}:{event.sequence}", promotion_id, thread, message)

    async def _mention_below(self, promotion_id: UUID) -> None:
        """Whoever is mentioned beside the card could not be before it was there."""
        now = self._ports.clock()
        await self._ports.transactions.write(lambda store: store.outbox.put(Errand.NOTICES, promotion_id, now))
        self._ports.wake()

    async def _mentioned(self, view: PromotionView, event: Event, team: str) -> str:
        """Whom a line mentions: the requester's user id; empty for most events, and for whoever has none here."""
        requester = view.promotion.requested_by
        if not mentions_requester(event) or requester.id is None:
            return ""
        ids = [requester.id] if requester.kind is ActorKind.PERSON else []
        people = await self._ports.transactions.read(lambda store: store.people.among(ids))
        return next(filter(None, [await self._directs.mentioned(person, team) for person in people]), "")

    async def _leave_former(self, promotion_id: UUID, place: Place) -> None:
        """Where the environment has another channel now, the card and its thread go there."""
        sent = await self._poster.sent(f"card:{promotion_id}")
        if sent and (sent.channel != place.channel or sent.team not in ("", place.team)):
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
        place = await self._channel(view)
        packet = await self._ports.transactions.read(lambda store: store.evidence.of(entry.subject_id))
        if place is None or packet is None:
            return
        logged = await self._proving.inclusion(SYSTEM, promotion_id=entry.subject_id)
        shown = await self._poster.once(
            f"summary:{entry.subject_id}", entry.subject_id, place, summary(view, packet, logged)
        )
        await self._poster.upload_once(
            f"packet:{entry.subject_id}",
            entry.subject_id,
            Place.of(shown).thread(shown.ts),
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
        target = view.promotion.target.id
        people, environment = await self._ports.transactions.read(
            lambda store: (store.people.among([person_id]), store.environments.get(target))
        )
        for person in people:
            if place := await self._directs.place(person, environment):
                await self._poster.once(f"outcome:{entry.subject_id}", entry.subject_id, place, outcome(view))

    async def _channel(self, view: PromotionView) -> Place | None:
        """The channel of the target environment; None where it has none."""
        target = view.promotion.target.id
        environment = await self._ports.transactions.read(lambda store: store.environments.get(target))
        return await channel_of(self._workspaces, environment)

    async def _view(self, promotion_id: UUID) -> PromotionView:
        return await self._ports.transactions.read(lambda store: promotion_view(store, promotion_id))


def _speaks_in_channel(view: PromotionView) -> bool:
    return any(policy.notify.via is not Via.DM for policy in view.promotion.policies)
