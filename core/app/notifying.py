"""Telling people: what is to be said about a promotion, what a person is told at one go, and who wants peace.

Notices are written down first and told afterwards, all of one person by one errand at a time: so bursts and quiet
hours are seen whole, and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.letters import Letter, letter
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.app.telling import by_message
from core.domain.notices import MINUTE, Call, Calls, Notice, Plan, Surroundings, calls, plan
from core.domain.notify import Via
from core.domain.people import Actor, Person, Right
from core.domain.promotion import Promotion
from core.domain.quiet import LONGEST_SNOOZE, Preferences, QuietHours, quiet_until
from core.errors import InvalidError, NotAVoterError

DIGESTS_KEPT_CURRENT = timedelta(days=30)


def nudge(store: Store, promotion_id: UUID, people: Iterable[Person], now: datetime) -> tuple[Person, ...]:
    """Write down that these people are to be reminded, and say who of them wants peace now and hears of it later."""
    reminded = tuple(people)
    store.notices.put(Notice(promotion_id, person.id, Call.NUDGE, now, now) for person in reminded)
    store.outbox.put_each(Errand.DESK, [person.id for person in reminded], now)
    return tuple(person for person in reminded if quiet_until(store.preferences.of(person.id), now) is not None)


class Notifying:
    """Decides about notices with `core.domain.notices`, and remembers what was decided."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def call(self, promotion_id: UUID) -> Calls:
        """Write down what has to be said about a promotion by now, and ask for the errands that say it."""

        now = self._ports.clock()

        def look(store: Store) -> tuple[Calls, list[Notice], frozenset[UUID]]:
            promotion = found(store.promotions.get(promotion_id), "promotion", promotion_id)
            wanted = wanted_calls(store, promotion, now)
            noted = store.notices.of(promotion_id)
            missing = sorted(wanted.direct - {(each.person_id, each.call) for each in noted})
            new = [Notice(promotion_id, person_id, call, now, now) for person_id, call in missing]
            return wanted, new, _concerned((*noted, *new), now)

        def body(store: Store) -> None:
            store.notices.add(new)
            store.outbox.put_each(Errand.DESK, sorted(people), now)

        # What is noted though it is wanted no longer is dropped before it is told.
        wanted, new, people = await self._ports.transactions.read(look)
        if people:
            await self._ports.transactions.write(body)
            self._ports.wake()
        return wanted

    async def letters(self, person_id: UUID) -> tuple[Person, tuple[Letter, ...]]:
        """What a person is told now: what was begun before, and what waits, unless it is held back."""

        now = self._ports.clock()

        def look(store: Store) -> tuple[Person, Sorted]:
            person = found(store.people.get(person_id), "person", person_id)
            return person, _sorted_out(store, person, now)

        def settle(store: Store) -> list[Notice]:
            waiting = store.notices.waiting(person_id)
            unsettled = {each.key for each in waiting if not each.told_in}
            for each in sorted_out.dropped:
                store.notices.drop(each)
            store.notices.put(each for each in sorted_out.changed if each.key in unsettled)
            return [each for each in store.notices.waiting(person_id) if each.told_in]

        person, sorted_out = await self._ports.transactions.read(look)
        settled = sorted_out.settled
        if sorted_out.dropped or sorted_out.changed:
            settled = await self._ports.transactions.write(settle)
        return person, await self._written(person_id, by_message(settled)) if settled else ()

    async def _written(self, person_id: UUID, messages: dict[str, list[Notice]]) -> tuple[Letter, ...]:
        """The letters, looked up where nobody who writes has to wait for it."""

        def body(store: Store) -> tuple[Letter, ...]:
            return tuple(letter(store, key, notices, person_id) for key, notices in messages.items())

        return await self._ports.transactions.read(body)

    async def told(self, letter: Letter) -> None:
        """The message went out, or there is nowhere to send it to."""
        now = self._ports.clock()

        told = [replace(notice, told_at=now) for notice in letter.notices]
        await self._ports.transactions.write(lambda store: store.notices.put(told))

    async def digests(self, person_id: UUID) -> tuple[Letter, ...]:
        """The digests that a person was sent lately."""
        since = self._ports.clock() - DIGESTS_KEPT_CURRENT
        sent = await self._ports.transactions.read(lambda store: by_message(store.notices.told_since(person_id, since)))
        return await self._written(person_id, {key: own for key, own in sent.items() if key.startswith("digest:")})

    async def due(self) -> int:
        """Ask for the errands of people whose notices were held back until now, and say how many there are."""

        def body(store: Store) -> int:
            now = self._ports.clock()
            people = store.notices.people_due(now)
            store.outbox.put_each(Errand.DESK, people, now)
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

        changes = await self._ports.transactions.read(wanted) if time_zone else None
        if changes:
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
    return calls(promotion, store.people.electorate(promotion.policies, among), _around(store, promotion), now)


def _around(store: Store, promotion: Promotion) -> Surroundings:
    environment = store.environments.get(promotion.target.id)
    mentioning = (policy for policy in promotion.policies if policy.notify.via is Via.USERGROUP)
    groups = (store.groups.get(group.id) for policy in mentioning for group in policy.approver_groups)
    return Surroundings(
        mentionable=frozenset(group.id for group in groups if group and group.slack_usergroup),
        has_channel=bool(environment and environment.slack_channel) and not _in_trouble(store, promotion.target.id),
    )


def _in_trouble(store: Store, environment_id: UUID) -> bool:
    trouble = store.troubles.get(environment_id)
    return trouble is not None and trouble.solved_at is None


def _concerned(notices: Iterable[Notice], now: datetime) -> frozenset[UUID]:
    """People with something to be told by now about a promotion, or with a digest that speaks of it."""
    return frozenset(
        each.person_id
        for each in notices
        if (each.told_at is None and each.due_at <= now) or each.told_in.startswith("digest:")
    )


@dataclass(frozen=True, slots=True)
class Sorted:
    """What becomes of a person's waiting notices; `settled` are those that were settled before."""

    settled: list[Notice]
    changed: list[Notice] = field(default_factory=list)
    dropped: list[Notice] = field(default_factory=list)


def _sorted_out(store: Store, person: Person, now: datetime) -> Sorted:
    """In which message what waits for a person goes out, or until when it is held; what is no longer wanted is dropped.

    What is held back is looked at when its time has come, and not before: in a burst that is most of it.
    """
    untold = store.notices.waiting(person.id)
    settled = [each for each in untold if each.told_in]
    waiting = [each for each in untold if not each.told_in]
    if not waiting:
        return Sorted(settled)
    if until := _plan(store, person, waiting, now).hold_until:
        return Sorted(settled, [replace(each, due_at=until) for each in waiting if each.due_at != until])
    wanted = _wanted_of(store, {each.promotion_id for each in waiting}, person.id, now)
    dropped = [each for each in waiting if each.call not in wanted[each.promotion_id]]
    kept = [each for each in waiting if each.call in wanted[each.promotion_id]]
    if not kept:
        return Sorted(settled, dropped=dropped)
    as_digest = _plan(store, person, kept, now).as_digest
    digest = f"digest:{person.id}:{_milliseconds(max(each.wanted_at for each in kept))}"
    keyed = [replace(each, told_in=digest if as_digest else _own_key(each, kept)) for each in kept]
    return Sorted(settled, keyed, dropped)


def _plan(store: Store, person: Person, waiting: list[Notice], now: datetime) -> Plan:
    sent = by_message(store.notices.told_since(person.id, now - MINUTE))
    told = [max(each.told_at for each in notices if each.told_at) for notices in sent.values()]
    return plan(waiting, told, quiet_until(store.preferences.of(person.id), now), now)


def _wanted_of(store: Store, ids: Set[UUID], person_id: UUID, now: datetime) -> dict[UUID, frozenset[Call]]:
    """What one person is to be told about each of these promotions."""
    promotions = store.notices.promotions(ids)
    # Whether a fallback group is asked depends on who else there is; without one, a person is judged alone.
    alone = [each for each in promotions if all(policy.notify.escalate_to_group is None for policy in each.policies)]
    voters = frozenset[UUID]().union({person_id}, *(each.approvers for each in alone))
    electorate = store.people.electorate((policy for each in alone for policy in each.policies), voters)
    around = {each.target.id: _around(store, each) for each in alone}
    wanted = {each.id: calls(each, electorate, around[each.target.id], now).of(person_id) for each in alone}
    others = {each.id: wanted_calls(store, each, now).of(person_id) for each in promotions if each.id not in wanted}
    return wanted | others


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


def _person(store: Store, actor: Actor) -> Person:
    require_right(store, actor, Right.READER)
    person = acting_person(store, actor)
    if person is None:
        raise NotAVoterError(f"{actor.ref.name} is not a person and gets no messages")
    return person
