"""What somebody's App Home shows, and whose must be looked at again when something changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from core.app.authorise import acting_person, require_right, rights_of
from core.app.homes import OpenedHome
from core.app.outbox import Errand, OutboxEntry
from core.app.pages import MAX_PAGE_SIZE, Page, PageRequest
from core.app.ports import Ports, PromotionFilter, Store
from core.app.reading import waiting_for
from core.calendars.occurrences import Occurrence, ahead
from core.domain.environment import FreezeWindow
from core.domain.people import Actor, ActorKind, Person, Right
from core.domain.promotion import Promotion
from core.domain.separation import refusal_to_act_as_voter
from core.errors import ForbiddenError

MINE_SHOWN = 10
DECIDED_SHOWN = 10
DECIDED_LATELY = timedelta(days=7)
FAILURES_SHOWN = 5
OCCURRENCES_SHOWN = 3
GATHER = timedelta(seconds=1)
"""How long changes are gathered before an App Home is published anew: ten quick ones become one."""


_NOTHING: Page[Promotion] = Page((), PageRequest(1, MINE_SHOWN), 0)


@dataclass(frozen=True, slots=True)
class FreezeAhead:
    """A freeze window that is not over, with the names of those of the person's environments that it holds for.

    `occurrences` are the next times for which it holds.
    """

    window: FreezeWindow
    environments: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How many errands have failed and are tried again, and the last of them with what went wrong."""

    failing: int
    last: tuple[tuple[OutboxEntry, str], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """One person's App Home. `undelivered` is for administrators, None for everybody else."""

    waiting: tuple[Promotion, ...] = ()
    mine: Page[Promotion] = _NOTHING
    decided: tuple[Promotion, ...] = ()
    freezes: tuple[FreezeAhead, ...] = ()
    undelivered: Undelivered | None = None


class Overviews:
    """Puts App Homes together and remembers who has opened theirs."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def of(self, actor: Actor) -> Overview:
        """What the person sees now; nothing for programs. Raises ForbiddenError for whoever is deactivated."""

        def body(store: Store) -> Overview:
            require_right(store, actor, Right.READER)
            person = acting_person(store, actor)
            return _overview(store, actor, person, self._ports) if person else Overview()

        return await self._ports.transactions.read(body)

    async def opened(self, actor: Actor, digest: str) -> None:
        """Somebody looks at the App Home with a Slack account, and was shown what `digest` is over.

        What has changed between looking it up and showing it follows by itself. Raises ForbiddenError without account.
        """
        account, person_id = actor.account, actor.ref.id
        if account is None or person_id is None:
            raise ForbiddenError("Only people in Slack have an App Home")
        now = self._ports.clock()

        def body(store: Store) -> None:
            store.homes.put(OpenedHome(account.team, account.user, person_id, now, digest))
            refresh_homes(store, [person_id], now)

        await self._ports.transactions.write(body)
        self._ports.wake()


def refresh_homes(store: Store, person_ids: Iterable[UUID], now: datetime) -> None:
    """Have the App Homes of those of these people who have opened theirs brought up to date."""
    for person_id in dict.fromkeys(home.person_id for home in store.homes.of(person_ids)):
        store.outbox.put(Errand.HOME, person_id, now + GATHER)


def concerned(store: Store, promotion: Promotion) -> frozenset[UUID]:
    """Whom a promotion concerns: the requester, everybody who may or might have to approve, and everybody who voted."""
    electorate = store.people.electorate(promotion.policies)
    asked = (electorate.of(policy) for policy in promotion.policies)
    people = frozenset[UUID]().union(*asked, (vote.person_id for vote in promotion.votes))
    requester = promotion.requested_by
    return people | {requester.id} if requester.kind is ActorKind.PERSON and requester.id else people


def environments_of(store: Store, person: Person) -> frozenset[UUID]:
    """A person's environments: whose policies name a group of theirs, or that their newest requests are for."""
    groups = {group.id for group in store.people.groups_of(person.id)}
    by_policy = {
        policy.environment_id
        for policy in store.policies.all()
        if groups & {group.id for group in policy.approver_groups}
    }
    asked = store.promotions.page(PromotionFilter(requested_by=person.id), PageRequest(1, MAX_PAGE_SIZE)).items
    return frozenset(id for id in by_policy if id) | {promotion.target.id for promotion in asked}


def _overview(store: Store, actor: Actor, person: Person, ports: Ports) -> Overview:
    now = ports.clock()
    environments = environments_of(store, person)
    is_admin = Right.ADMIN in rights_of(store, person)
    return Overview(
        waiting=() if refusal_to_act_as_voter(actor, person) else waiting_for(store, person, ports),
        mine=store.promotions.page(PromotionFilter(requested_by=person.id), PageRequest(1, MINE_SHOWN)),
        decided=store.homes.decided(environments, now - DECIDED_LATELY, DECIDED_SHOWN),
        freezes=_freezes(store, environments, now),
        undelivered=Undelivered(store.outbox.depth().failing, store.outbox.failures(FAILURES_SHOWN))
        if is_admin
        else None,
    )


def _freezes(store: Store, environment_ids: Iterable[UUID], now: datetime) -> tuple[FreezeAhead, ...]:
    names: dict[UUID, list[str]] = {}
    windows: dict[UUID, FreezeWindow] = {}
    environments = filter(None, map(store.environments.get, environment_ids))
    for environment in sorted(environments, key=lambda each: each.name.casefold()):
        for window in freezes_of(store, environment.id, now):
            windows[window.id] = window
            names.setdefault(window.id, []).append(environment.name)
    upcoming = {id: tuple(islice(ahead(window, now), OCCURRENCES_SHOWN)) for id, window in windows.items()}
    found = [FreezeAhead(windows[id], tuple(names[id]), times) for id, times in upcoming.items() if times]
    return tuple(sorted(found, key=lambda each: (each.occurrences[0].starts_at, each.window.name)))


def freezes_of(store: Store, environment_id: UUID, now: datetime) -> tuple[FreezeWindow, ...]:
    """All windows of an environment, those out of calendars as well."""
    calendars = store.calendars.of_environment(environment_id)
    out_of_calendars = (window for calendar in calendars for window in calendar.windows())
    return (*store.freeze_windows.ahead(environment_id, now), *out_of_calendars)
