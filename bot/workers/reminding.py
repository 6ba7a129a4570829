"""Reminders that somebody asked for: posted once to each person, and kept as current as the first message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from uuid import UUID

from bot.slack.views.notice import is_theirs, notice
from bot.workers.outbox import Runner
from bot.workers.places import Direct
from bot.workers.posting import Place, Poster, all_of
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.app.reading import PromotionView, promotion_view
from core.domain.environment import Environment
from core.domain.events import Action, Event
from core.domain.people import Person


class ReminderDelivery:
    """Posts reminders by the audit log's word. Each method may run any number of times, at any time."""

    def __init__(self, poster: Poster, ports: Ports, direct: Direct) -> None:
        self._poster = poster
        self._ports = ports
        self._direct = direct

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.REMIND: self.remind}

    async def remind(self, entry: OutboxEntry) -> None:
        """Post what has been asked for since, to those who may still approve; then refresh the rest."""
        promotion_id = entry.subject_id

        def body(store: Store) -> tuple[PromotionView, Environment | None, list[tuple[str, Person]]]:
            view = promotion_view(store, promotion_id)
            return view, store.environments.get(view.promotion.target.id), list(_asked_for(store, promotion_id))

        view, environment, asked_for = await self._ports.transactions.read(body)

        async def post(key: str, person: Person) -> None:
            if is_theirs(view, person) and (place := await self._direct(person, environment)):
                await self._poster.show(key, promotion_id, place, notice(view, person, again=True))

        await all_of(partial(post, key, person) for key, person in asked_for)
        await self.refresh(view)

    async def refresh(self, view: PromotionView) -> None:
        """Bring the reminders that stand in Slack up to date."""
        promotion_id = view.promotion.id
        sent = await self._ports.transactions.read(lambda store: store.sent.of(promotion_id))
        reminders = {each.key: each for each in sent if each.key.startswith("reminder:") and each.ts}
        if not reminders:
            return
        ids = {_person_in(key) for key in reminders}
        people = {each.id: each for each in await self._ports.transactions.read(lambda s: s.people.among(ids))}
        await all_of(
            partial(self._poster.show, key, promotion_id, Place.of(message), notice(view, person, again=True))
            for key, message in reminders.items()
            if (person := people.get(_person_in(key)))
        )


def _asked_for(store: Store, promotion_id: UUID) -> Iterator[tuple[str, Person]]:
    for event in store.audit.of(promotion_id):
        if event.action is Action.APPROVERS_REMINDED:
            for person in store.people.among(_reminded(event)):
                yield f"reminder:{promotion_id}:{event.sequence}:{person.id}", person


def _reminded(event: Event) -> list[UUID]:
    return [UUID(str(each)) for each in event.details.get("to") or ()]


def _person_in(key: str) -> UUID:
    return UUID(key.rpartition(":")[2])
