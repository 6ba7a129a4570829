"""One human has one vote: what is known of Slack accounts beyond a single workspace."""

from __future__ import annotations

from core.app.ports import Store
from core.domain.people import Person
from core.errors import InvalidError


def require_one_human(store: Store, person: Person) -> None:
    """Raise InvalidError where an account is that of somebody else in another workspace.

    The user ids of Enterprise Grid that begin with W are one human's in all of Slack; others (U...) are a workspace's.
    """
    mine = {account.user for account in person.slack if account.user.startswith("W")}
    if not mine:
        return
    for other in store.people.all():
        taken = {account.user for account in other.slack} & mine if other.id != person.id else set()
        if taken:
            raise InvalidError(
                f"The Slack user {sorted(taken)[0]} is {other.name} in another workspace, and one human has one vote",
                field="slack",
                hint="Give all accounts of a human to the same person.",
            )
