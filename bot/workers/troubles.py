"""Channels that cannot be posted in: noticed where posting fails, told to the administrators once, and when it is over.

Nothing is polled. What could not be posted is tried again by the outbox, and the first success is the good news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from slack_sdk.errors import SlackApiError

from bot.gateways.slack_channels import UnknownChannelError
from bot.gateways.slack_client import slack_error
from bot.slack.views.trouble import solved, trouble
from bot.workers.lane import Runner
from bot.workers.places import Direct
from bot.workers.posting import Poster, all_of
from core.app.outbox import Errand, OutboxEntry
from core.app.ports import Ports, Store
from core.app.telling import ChannelTrouble
from core.domain.environment import Environment
from core.domain.people import Person, Right

WORDS = frozenset({"is_archived", "not_in_channel", "channel_not_found", "restricted_action"})
"""What Slack answers where the channel, and not the message, is what is wrong."""


class TroubleDelivery:
    """Watches the errands that post in channels, and tells administrators."""

    def __init__(self, poster: Poster, direct: Direct, ports: Ports) -> None:
        self._poster = poster
        self._direct = direct
        self._ports = ports

    def runners(self) -> Mapping[Errand, Runner]:
        """Which method runs which errand."""
        return {Errand.TROUBLE: self.tell}

    def watched(self, runner: Runner, key: str) -> Runner:
        """The same errand, noting whether its channel could be posted in; `key` begins the key of its message."""

        async def run(entry: OutboxEntry) -> None:
            message = f"{key}:{entry.subject_id}"
            before = await self._poster.sent(message)
            try:
                await runner(entry)
            except (SlackApiError, UnknownChannelError) as error:
                if problem := _problem(error):
                    await self._ports.transactions.write(lambda store: self._note(store, entry.subject_id, problem))
                raise
            went_out = await self._poster.sent(message) != before
            await self._ports.transactions.write(lambda store: self._note_well(store, entry.subject_id, went_out))

        return run

    async def tell(self, entry: OutboxEntry) -> None:
        """Tell everybody with the role admin what is wrong, or that it no longer is."""
        found, environment, admins = await self._ports.transactions.read(lambda store: _facts(store, entry.subject_id))
        if found is None or environment is None:
            return
        await all_of(partial(self._tell, found, environment, person) for person in admins)
        if found.solved_at is not None:
            await self._ports.transactions.write(lambda store: _close(store, found))

    async def _tell(self, found: ChannelTrouble, environment: Environment, person: Person) -> None:
        key = f"{environment.id}:{int(found.since.timestamp())}:{person.id}"
        told = await self._poster.sent(f"trouble:{key}")
        if found.solved_at is not None and told is None:
            return
        place = await self._direct(person, environment)
        if place is None:
            return
        if found.solved_at is None:
            message = trouble(environment.name, found.channel, found.problem)
            await self._poster.once(f"trouble:{key}", environment.id, place, message)
        else:
            message = solved(environment.name, found.channel)
            await self._poster.show(f"trouble:{key}", environment.id, place, message)
            await self._poster.once(f"solved:{key}", environment.id, place, message)

    def _note(self, store: Store, promotion_id: UUID, problem: str) -> None:
        environment = _environment_of(store, promotion_id)
        if environment is None:
            return
        known = store.troubles.get(environment.id)
        same = (
            known and known.solved_at is None and (known.channel, known.problem) == (environment.slack_channel, problem)
        )
        if same:
            return
        now = self._ports.clock()
        store.troubles.put(ChannelTrouble(environment.id, environment.slack_channel, problem, now))
        store.outbox.put(Errand.TROUBLE, environment.id, now)
        for open_id in store.promotions.open_ids(environment_id=environment.id):
            store.outbox.put(Errand.NOTICES, open_id, now)

    def _note_well(self, store: Store, promotion_id: UUID, went_out: bool) -> None:
        environment = _environment_of(store, promotion_id)
        known = store.troubles.get(environment.id) if environment else None
        if environment is None or known is None or known.solved_at is not None:
            return
        if went_out or known.channel != environment.slack_channel:
            now = self._ports.clock()
            store.troubles.put(replace(known, solved_at=now))
            store.outbox.put(Errand.TROUBLE, environment.id, now)


def _problem(error: SlackApiError | UnknownChannelError) -> str:
    word = slack_error(error) if isinstance(error, SlackApiError) else "channel_not_found"
    return word if word in WORDS else ""


def _environment_of(store: Store, promotion_id: UUID) -> Environment | None:
    promotion = store.promotions.get(promotion_id)
    return store.environments.get(promotion.target.id) if promotion else None


def _facts(store: Store, environment_id: UUID) -> tuple[ChannelTrouble | None, Environment | None, list[Person]]:
    admins = [person for person in store.people.all() if person.active and Right.ADMIN in person.roles]
    return store.troubles.get(environment_id), store.environments.get(environment_id), admins


def _close(store: Store, told: ChannelTrouble) -> None:
    """Forget it, unless there is new trouble meanwhile."""
    if store.troubles.get(told.environment_id) == told:
        store.troubles.drop(told.environment_id)
