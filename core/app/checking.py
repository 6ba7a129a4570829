"""Checklists: members of a group say that something is done.

A tick is no vote, and is guarded like one: a person who may vote, a member of the item's own group, and under
separation of duties not the requester. It can be taken back while the promotion is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.app.authorise import acting_person, require_right
from core.app.finding import found
from core.app.gate_context import members_of
from core.app.journal import Journal
from core.app.outbox import Errand
from core.app.ports import Ports, Store
from core.domain.checklist import Tick
from core.domain.events import Action
from core.domain.people import Actor, Person, Right
from core.domain.promotion import Promotion
from core.domain.separation import refusal_to_act_as_voter
from core.domain.text import name_key
from core.errors import NotAVoterError, NotEligibleError, NotFoundError, SeparationOfDutiesError
from core.gates.manual import ChecklistItem, items_of


@dataclass(frozen=True, slots=True)
class TickItem:
    """Tick an item of a promotion's checklist, or take the tick back. `item` is its name, whatever its letter case."""

    promotion_id: UUID
    item: str
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a checklist as it stands."""

    name: str
    group: str
    tick: Tick | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The checklist of a promotion, in the order of the settings; empty where its environment has none."""

    promotion: Promotion
    items: tuple[ItemView, ...]


class Checking:
    """Stores ticks and shows them. A change has the promotion looked at again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def checklist(self, actor: Actor, promotion_id: UUID) -> Checklist:
        """The checklist of a promotion. Raises NotFoundError."""

        def body(store: Store) -> Checklist:
            require_right(store, actor, Right.READER)
            return checklist_of(store, found(store.promotions.get(promotion_id), "promotion", promotion_id))

        return await self._ports.transactions.read(body)

    async def tick(self, actor: Actor, command: TickItem) -> Checklist:
        """Tick an item or take it back; saying twice what is so already changes nothing.

        Raises NotFoundError, AlreadyDecidedError, NotAVoterError, NotEligibleError, SeparationOfDutiesError.
        """
        after = await self._ports.transactions.write(lambda store: self._tick(store, actor, command))
        self._ports.wake()
        return after

    def _tick(self, store: Store, actor: Actor, command: TickItem) -> Checklist:
        person = _ticking_person(store, actor)
        journal = Journal(store, actor, self._ports.clock())
        promotion = found(store.promotions.get(command.promotion_id), "promotion", command.promotion_id)
        (promotion.expire() if promotion.expired_at(journal.now) else promotion).require_open()
        item = _item(store, promotion, command.item)
        if refusal := _refusal(store, promotion, item, person):
            raise refusal
        if command.ticked:
            tick = Tick(promotion.id, item.name, person.id, person.name, journal.now, actor.door)
            changed = store.ticks.add(tick)
        else:
            changed = any(tick.item == item.name for tick in store.ticks.of(promotion.id))
            store.ticks.drop(promotion.id, item.name)
        if changed:
            journal.note(Action.ITEM_TICKED if command.ticked else Action.ITEM_UNTICKED, promotion.id, item=item.name)
            journal.look_again([promotion.id])
            journal.tell(promotion.id, Errand.CARD)
        return checklist_of(store, promotion)


def checklist_of(store: Store, promotion: Promotion) -> Checklist:
    """The checklist of a promotion, with what is ticked."""
    target = store.environments.get(promotion.target.id)
    ticks = {tick.item: tick for tick in store.ticks.of(promotion.id)}
    items = items_of(target) if target else ()
    return Checklist(promotion, tuple(ItemView(item.name, item.group, ticks.get(item.name)) for item in items))


def _ticking_person(store: Store, actor: Actor) -> Person:
    actor.require_scope(Right.APPROVER)
    person = acting_person(store, actor)
    refusal = refusal_to_act_as_voter(actor, person)
    if refusal or person is None:
        raise refusal or NotAVoterError(f"{actor.ref.name} is not a person; only people tick")
    return person


def _item(store: Store, promotion: Promotion, wanted: str) -> ChecklistItem:
    target = store.environments.get(promotion.target.id)
    items = items_of(target) if target else ()
    item = next((item for item in items if name_key(item.name) == name_key(wanted)), None)
    if item is None:
        names = ", ".join(item.name for item in items) or "none"
        raise NotFoundError(
            f"The checklist of {promotion.target.name} has no item {wanted[:100]!r}",
            hint=f"Its items: {names}.",
            field="item",
        )
    return item


def _refusal(
    store: Store, promotion: Promotion, item: ChecklistItem, person: Person
) -> NotEligibleError | SeparationOfDutiesError | None:
    if person.id not in (members_of(store, item.group) or ()):
        return NotEligibleError(
            f"{person.name} is not in {item.group}, whose members tick {item.name}",
            hint=f"Ask somebody in {item.group}.",
            approverGroups=[item.group],
        )
    if promotion.separation_of_duties and promotion.requested_by.id == person.id:
        return SeparationOfDutiesError(
            f"You requested this promotion, so somebody else must tick {item.name} (separation of duties)",
            hint=f"Ask somebody else in {item.group}.",
        )
    return None
