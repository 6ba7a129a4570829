"""Telling people: what is to be said about a promotion, what a person is told at one go, and who wants peace.

Notices are written down first and told afterwards, all of one person by one errand at a time: so bursts and quiet
hours are seen whole, and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.reading import PromotionView, promotion_view
from core.app.telling import by_message
from core.domain.notices import MINUTE, Call, Calls, Notice, Plan, Surroundings, calls, plan
from core.domain.notify import Via
from core.domain.people import Actor, Person, Right
from core.domain.promotion import Promotion
from core.domain.quiet import LONGEST_SNOOZE, Preferences, QuietHours, quiet_until
from core.errors import InvalidError, NotAVoterError

DIGESTS_KEPT_CURRENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Letter:
    """One direct message: `key` names it for good. A digest is about several promotions."""

    key: str
    notices: tuple[Notice, ...]
    views: tuple[PromotionView, ...]

    @property
    def is_digest(self) -> bool:
        """Whether it may be about several promotions."""
        return self.key.startswith("digest:")


def nudge(store: Store, promotion_id: UUID, people: Iterable[Person], now: datetime) -> tuple[Person, ...]:
    """Write down that these people are to be reminded, and say who of them wants peace now and hears of it later."""
    held = []
    for person in people:
        store.notices.put(Notice(promotion_id, person.id, Call.NUDGE, now, now))
        store.outbox.put(Errand.DESK, person.id, now)
        if quiet_until(store.preferences.of(person.id), now) is not None:
            held.append(person)
    return tuple(held)


class Notifying:
    """Decides about notices with `core.domain.notices`, and remembers what was decided."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def call(self, promotion_id: UUID) -> Calls:
        """Write down what has to be said about a promotion by now, and ask for the errands that say it."""

        def body(store: Store) -> Calls:
            now = self._ports.clock()
            promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
            wanted = wanted_calls(store, promotion, now)
            noted = {(each.person_id, each.call) for each in store.notices.of(promotion_id)}
            for person_id, call in sorted(wanted.direct - noted):
                store.notices.add(Notice(promotion_id, person_id, call, now, now))
            for person_id in _concerned(store, promotion_id):
                store.outbox.put(Errand.DESK, person_id, now)
            return wanted

        wanted = await self._ports.transactions.write(body)
        self._ports.wake()
        return wanted

    async def letters(self, person_id: UUID) -> tuple[Person, tuple[Letter, ...]]:
        """What a person is told now: what was begun before, and what waits, unless it is held back."""

        def body(store: Store) -> tuple[Person, tuple[Letter, ...]]:
            person = found(store.people.get(person_id), "person", person_id)
            _sort_out(store, person, self._ports.clock())
            settled = by_message(each for each in store.notices.waiting(person_id) if each.told_in)
            return person, tuple(_letter(store, key, notices) for key, notices in settled.items())

        return await self._ports.transactions.write(body)

    async def told(self, letter: Letter) -> None:
        """The message went out, or there is nowhere to send it to."""
        now = self._ports.clock()

        def body(store: Store) -> None:
            for notice in letter.notices:
                store.notices.put(replace(notice, told_at=now))

        await self._ports.transactions.write(body)

    async def digests(self, person_id: UUID) -> tuple[Letter, ...]:
        """The digests that a person was sent lately."""

        def body(store: Store) -> tuple[Letter, ...]:
            since = self._ports.clock() - DIGESTS_KEPT_CURRENT
            sent = by_message(store.notices.told_since(person_id, since))
            return tuple(_letter(store, key, notices) for key, notices in sent.items() if key.startswith("digest:"))

        return await self._ports.transactions.read(body)

    async def due(self) -> int:
        """Ask for the errands of people whose notices were held back until now, and say how many there are."""

        def body(store: Store) -> int:
            now = self._ports.clock()
            people = store.notices.people_due(now)
            for person_id in people:
                store.outbox.put(Errand.DESK, person_id, now)
            return len(people)

        if not await self._ports.transactions.read(lambda store: store.notices.people_due(self._ports.clock())):
            return 0
        count = await self._ports.transactions.write(body)
        self._ports.wake()
        return count

    async def preferences(self, actor: Actor) -> Preferences:
        """What the person wants now. Raises NotAVoterError for programs."""
        return await self._ports.transactions.read(lambda store: store.preferences.of(_person(store, actor).id))

    async def snooze(self, actor: Actor, time: timedelta | None) -> Preferences:
        """Hold messages back for that time; None ends it. Raises InvalidError."""
        if time is not None and not timedelta(0) < time <= LONGEST_SNOOZE:
            hint = "Try `/approvals snooze 2h`."
            raise InvalidError("A snooze lasts some minutes at least and 7 days at most", field="snooze", hint=hint)
        until = self._ports.clock() + time if time is not None else None
        return await self._prefer(actor, lambda before: replace(before, snoozed_until=until))

    async def quiet(self, actor: Actor, hours: QuietHours | None, time_zone: str = "") -> Preferences:
        """Set the daily quiet hours, None for none; an empty `time_zone` leaves the one that is known."""
        return await self._prefer(
            actor, lambda before: replace(before, quiet=hours, time_zone=time_zone or before.time_zone)
        )

    async def heard_time_zone(self, team: str, user: str, time_zone: str) -> None:
        """Slack says where a user's clock is: whoever has quiet hours has them by that clock from now on."""

        def wanted(store: Store) -> Preferences | None:
            person = store.people.by_slack(team, user)
            before = store.preferences.of(person.id) if person else None
            return before if before and before.quiet and before.time_zone != time_zone else None

        def body(store: Store) -> None:
            if before := wanted(store):
                store.preferences.put(replace(before, time_zone=time_zone))
                store.outbox.put(Errand.DESK, before.person_id, self._ports.clock())

        if time_zone and await self._ports.transactions.read(wanted):
            await self._ports.transactions.write(body)
            self._ports.wake()

    async def _prefer(self, actor: Actor, change: Callable[[Preferences], Preferences]) -> Preferences:
        def body(store: Store) -> Preferences:
            person = _person(store, actor)
            after = change(store.preferences.of(person.id))
            store.preferences.put(after)
            store.outbox.put(Errand.DESK, person.id, self._ports.clock())
            return after

        after = await self._ports.transactions.write(body)
        self._ports.wake()
        return after


def wanted_calls(store: Store, promotion: Promotion, now: datetime, among: Set[UUID] | None = None) -> Calls:
    """What has to have been said about a promotion by `now`, to everybody or to some people."""
    environment = store.environments.get(promotion.target.id)
    mentioning = (policy for policy in promotion.policies if policy.notify.via is Via.USERGROUP)
    groups = (store.groups.get(group.id) for policy in mentioning for group in policy.approver_groups)
    around = Surroundings(
        mentionable=frozenset(group.id for group in groups if group and group.slack_usergroup),
        has_channel=bool(environment and environment.slack_channel) and not _in_trouble(store, promotion.target.id),
    )
    return calls(promotion, store.people.electorate(promotion.policies, among), around, now)


def _in_trouble(store: Store, environment_id: UUID) -> bool:
    trouble = store.troubles.get(environment_id)
    return trouble is not None and trouble.solved_at is None


def _concerned(store: Store, promotion_id: UUID) -> Iterator[UUID]:
    """People with something to be told about a promotion, or with a digest that speaks of it."""
    concerned = (
        each.person_id
        for each in store.notices.of(promotion_id)
        if each.told_at is None or each.told_in.startswith("digest:")
    )
    yield from sorted(set(concerned))


def _sort_out(store: Store, person: Person, now: datetime) -> None:
    """Settle in which message what waits for a person goes out, or hold it back; what is no longer wanted is dropped.

    What is held back is looked at when its time has come, and not before: in a burst that is most of it.
    """
    waiting = [each for each in store.notices.waiting(person.id) if not each.told_in]
    if _held_back(store, person, waiting, now):
        return
    wanted = {id: _wanted_of(store, id, person.id, now) for id in {each.promotion_id for each in waiting}}
    for each in waiting:
        if each.call not in wanted[each.promotion_id]:
            store.notices.drop(each)
    waiting = [each for each in waiting if each.call in wanted[each.promotion_id]]
    if not waiting:
        return
    newest = max(each.wanted_at for each in waiting)
    as_digest = _plan(store, person, waiting, now).as_digest
    for each in waiting:
        digest = f"digest:{person.id}:{_milliseconds(newest)}"
        store.notices.put(replace(each, told_in=digest if as_digest else _own_key(each, waiting)))


def _held_back(store: Store, person: Person, waiting: list[Notice], now: datetime) -> bool:
    until = _plan(store, person, waiting, now).hold_until if waiting else None
    if until is None:
        return False
    for each in waiting:
        if each.due_at != until:
            store.notices.put(replace(each, due_at=until))
    return True


def _plan(store: Store, person: Person, waiting: list[Notice], now: datetime) -> Plan:
    sent = by_message(store.notices.told_since(person.id, now - MINUTE))
    told = [max(each.told_at for each in notices if each.told_at) for notices in sent.values()]
    return plan(waiting, told, quiet_until(store.preferences.of(person.id), now), now)


def _wanted_of(store: Store, promotion_id: UUID, person_id: UUID, now: datetime) -> frozenset[Call]:
    promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
    # Whether a fallback group is asked depends on who else there is; without one, a person is judged alone.
    alone = all(policy.notify.escalate_to_group is None for policy in promotion.policies)
    among = promotion.approvers | {person_id} if alone else None
    return wanted_calls(store, promotion, now, among).of(person_id)


def _own_key(notice: Notice, waiting: list[Notice]) -> str:
    """The message of one notice; who is asked only now needs no reminder of its own beside that."""
    promotion_id, person_id = notice.promotion_id, notice.person_id
    together = {each.call: each for each in waiting if each.promotion_id == promotion_id}
    if not together.keys() <= {Call.REMIND, Call.NUDGE}:
        return f"notice:{promotion_id}:{person_id}"
    if nudge := together.get(Call.NUDGE):
        return f"nudged:{promotion_id}:{_milliseconds(nudge.wanted_at)}:{person_id}"
    return f"remind:{promotion_id}:{person_id}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _letter(store: Store, key: str, notices: list[Notice]) -> Letter:
    views = {each.promotion_id: promotion_view(store, each.promotion_id, each.person_id) for each in notices}
    return Letter(key, tuple(notices), tuple(views.values()))


def _person(store: Store, actor: Actor) -> Person:
    require_right(store, actor, Right.READER)
    person = acting_person(store, actor)
    if person is None:
        raise NotAVoterError(f"{actor.ref.name} is not a person and gets no messages")
    return person
