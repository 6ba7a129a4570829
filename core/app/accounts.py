"""One human has one vote: what is known of Slack accounts beyond a single workspace.

On Enterprise Grid a user's id, W... or U..., is one human's in all workspaces of the organisation
(https://docs.slack.dev/enterprise-grid, "Enterprise user ID"). In a workspace that belongs to none, an id that begins
with U means nothing elsewhere.
"""

from __future__ import annotations

from core.app.ports import Store
from core.domain.people import Person, SlackAccount
from core.errors import InvalidError, NotAVoterError


def require_one_human(store: Store, person: Person) -> None:
    """Raise InvalidError where an account is that of somebody else in another workspace."""
    for mine in person.slack:
        for other, theirs in _others(store, person, mine.user):
            if mine.team != theirs.team and _are_one_human(store, mine, theirs):
                raise InvalidError(
                    f"The Slack user {mine.user} is {other.name} in another workspace, and one human has one vote",
                    field="slack",
                    hint="Give all accounts of a human to the same person.",
                )


def refusal_to_be_two(store: Store, person: Person, user: str, enterprise: str) -> NotAVoterError | None:
    """Why nobody acts with an account of an organisation that, as far as we know, is two people's.

    Which organisation a workspace belongs to may be known only now, by what Slack sends, so `require_one_human` cannot
    have seen it. A workspace of which nothing is known may be one of them.
    """
    for other, theirs in _others(store, person, user):
        if _organisation(store, theirs.team) in (enterprise, None):
            return NotAVoterError(
                f"Your Slack account is that of {person.name} and of {other.name} here, and one human has one vote",
                hint="Ask an administrator of Countersign to give both accounts to the same person.",
            )
    return None


def _others(store: Store, person: Person, user: str) -> list[tuple[Person, SlackAccount]]:
    """Other people's accounts with that user id."""
    others = (other for other in store.people.with_user(user) if other.id != person.id)
    return [(other, account) for other in others for account in other.slack if account.user == user]


def _are_one_human(store: Store, mine: SlackAccount, theirs: SlackAccount) -> bool:
    """Whether equal user ids in two workspaces are one human's."""
    if mine.user.startswith("W"):
        return True
    here, there = _organisation(store, mine.team), _organisation(store, theirs.team)
    if here is None or there is None:
        # An account in all of an organisation may be the one in a workspace of which nothing is known.
        return mine.team.startswith("E") or theirs.team.startswith("E")
    return here == there != ""


def _organisation(store: Store, team: str) -> str | None:
    """The organisation of a workspace: empty for none, None where that is not known."""
    if team.startswith("E"):
        return team
    installed = store.installations.get(team)
    return installed.enterprise if installed else None
