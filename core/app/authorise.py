"""May this actor do this? Asked inside the transaction, so a role taken away counts at once."""

from __future__ import annotations

from core.app.ports import Store
from core.domain.people import Actor, ActorKind, Person, Right
from core.errors import ForbiddenError, NotAVoterError


def rights_of(store: Store, person: Person) -> frozenset[Right]:
    """A person's rights: the roles, and `approver` for whoever is in an approver group. None when deactivated."""
    if not person.active:
        return frozenset()
    approver = {Right.APPROVER} if store.people.groups_of(person.id) else set()
    return person.roles | approver | {Right.READER}


def acting_person(store: Store, actor: Actor) -> Person | None:
    """The person behind an actor; None where the actor is a program."""
    return store.people.get(actor.ref.id) if actor.is_person and actor.ref.id else None


def require_right(store: Store, actor: Actor, *rights: Right) -> None:
    """Raise ForbiddenError where the actor holds none of `rights`, by token scope and, for a person, by role."""
    actor.require_scope(*rights)
    if actor.ref.kind is not ActorKind.PERSON:
        return
    person = acting_person(store, actor)
    if person is None or not person.active:
        hint = "If that is a mistake, an administrator of Countersign can activate you again."
        raise NotAVoterError(f"{actor.ref.name} is deactivated", hint=hint)
    if not rights_of(store, person) & {*rights, Right.ADMIN}:
        wanted = " or ".join(rights)
        raise ForbiddenError(
            f"{person.name} does not have the role {wanted}",
            hint="Ask an administrator for it.",
            missingRole=rights[0].value,
        )


def has_right(store: Store, actor: Actor, right: Right) -> bool:
    """Whether `require_right` would let the actor pass."""
    try:
        require_right(store, actor, right)
    except ForbiddenError:
        return False
    return True
