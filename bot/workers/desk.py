"""Direct messages to approvers: everything that one person is told goes out here, one errand at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from bot.slack.views.calls import channel_reminder, digest, mention, reminder
from bot.slack.views.message import Message
from bot.slack.views.notice import notice
from bot.workers.lane import Runner
from bot.workers.places import Direct
from bot.workers.posting import Place, Poster, all_of
from core.app.letters import Letter
from core.app.notifying import Notifying
from core.app.outbox import Errand, OutboxEntry, SentMessage
from core.app.ports import Ports, Store
from core.app.reading import PromotionView, promotion_view
from core.domain.people import Person


class DeskDelivery:
    """Tells people what `Notifying` says, and keeps what they were told current."""

    def __init__(self, poster: Poster, direct: Direct, ports: Ports) -> None:
        self._poster = poster
        self._direct = direct
        self._ports = ports
        self._notifying = Notifying(ports)

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.NOTICES: self.notices, Errand.DESK: self.desk}

    async def notices(self, entry: OutboxEntry) -> None:
        """Have everybody told who is to be told about a promotion; those told before see how it went on."""
        promotion_id = entry.subject_id
        wanted = await self._notifying.call(promotion_id)
        view, sent, people = await self._ports.transactions.read(lambda store: _told(store, promotion_id))
        await all_of(
            partial(self._poster.show, message.key, promotion_id, Place.of(message), shown(message.key, view, person))
            for message in sent
            if (person := people.get(_person_of(message.key)))
        )
        thread = await self._thread(promotion_id)
        if thread is None:
            return
        if wanted.mentioned or await self._poster.sent(f"mention:{promotion_id}"):
            groups = await self._usergroups(wanted.mentioned)
            await self._poster.show(f"mention:{promotion_id}", promotion_id, thread, mention(view, groups))
        if wanted.channel_reminded or await self._poster.sent(f"nudge:{promotion_id}"):
            aloud = replace(thread, aloud=True)
            await self._poster.show(f"nudge:{promotion_id}", promotion_id, aloud, channel_reminder(view))

    async def desk(self, entry: OutboxEntry) -> None:
        """Send a person's letters, and bring the digests up to date."""
        person, letters = await self._notifying.letters(entry.subject_id)
        await all_of(partial(self._send, letter, person) for letter in letters)
        for letter in await self._notifying.digests(entry.subject_id):
            if sent := await self._poster.sent(letter.key):
                await self._poster.show(letter.key, person.id, Place.of(sent), _rendered(letter, person))

    async def _send(self, letter: Letter, person: Person) -> None:
        if place := await self._place(letter, person):
            await self._poster.show(letter.key, _subject(letter, person), place, _rendered(letter, person))
        await self._notifying.told(letter)

    async def _place(self, letter: Letter, person: Person) -> Place | None:
        """Where it stands already, or where the person is told of the environment that it is about first."""
        if sent := await self._poster.sent(letter.key):
            return Place.of(sent)
        target = letter.views[0].promotion.target.id
        environment = await self._ports.transactions.read(lambda store: store.environments.get(target))
        return await self._direct(person, environment)

    async def _thread(self, promotion_id: UUID) -> Place | None:
        card = await self._poster.sent(f"card:{promotion_id}")
        return Place.of(card).thread(card.ts) if card and card.ts else None

    async def _usergroups(self, groups: Iterable[UUID]) -> list[str]:
        wanted = sorted(groups)
        found = await self._ports.transactions.read(lambda store: [store.groups.get(id) for id in wanted])
        return [group.slack_usergroup for group in found if group]


def shown(key: str, view: PromotionView, person: Person) -> Message:
    """What a direct message about one promotion shows now."""
    if key.startswith("remind:"):
        return reminder(view, person)
    return notice(view, person, again=key.startswith("nudged:"))


def _rendered(letter: Letter, person: Person) -> Message:
    return digest(letter, person) if letter.is_digest else shown(letter.key, letter.views[0], person)


def _subject(letter: Letter, person: Person) -> UUID:
    return person.id if letter.is_digest else letter.views[0].promotion.id


def _told(store: Store, promotion_id: UUID) -> tuple[PromotionView, list[SentMessage], dict[UUID, Person]]:
    view = promotion_view(store, promotion_id)
    sent = [message for message in store.sent.of(promotion_id) if is_direct(message.key) and message.ts]
    people = store.people.among(_person_of(message.key) for message in sent)
    return view, sent, {person.id: person for person in people}


def is_direct(key: str) -> bool:
    """Whether a message of that key is a direct message to an approver about one promotion."""
    return key.startswith(("notice:", "remind:", "nudged:"))


def _person_of(key: str) -> UUID:
    return UUID(key.rpartition(":")[2])
