"""People with their Slack accounts, and who of them may vote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy import Row as TableRow
from sqlalchemy.exc import IntegrityError

from bot.db import tables
from bot.db.columns import findable
from bot.db.failures import is_unique_violation
from bot.db.lists import Order, page_of
from bot.db.policies import Groups
from bot.db.prepared import Prepared
from bot.db.rules_lock import RulesLock
from bot.db.statements import Row, inserted
from core.app.pages import Page, PageRequest
from core.domain.people import Person, Right, SlackAccount
from core.domain.policy import ApprovalPolicy, ApproverGroup, Electorate
from core.domain.text import name_key
from core.errors import NameTakenError, StaleVersionError

_people = tables.people
_accounts = tables.slack_accounts
_members = tables.approver_group_members
_BY_NAME = Order((_people.c.name_key, _people.c.id), falling=False)
_own_accounts = select(_accounts.c.user).where(_accounts.c.person_id == _people.c.id).correlate(_people)
_MAY_VOTE = and_(
    _people.c.active, or_(~_own_accounts.exists(), _own_accounts.where(_accounts.c.blocked_by == "").exists())
)
"""`core.domain.people.Person.may_vote`, as a condition."""

_get = select(_people).where(_people.c.id == bindparam("id"))
# Weaker than FOR UPDATE by just as much as lets others insert rows that refer to the person.
_GET, _GET_LOCKED = Prepared(_get), Prepared(_get.with_for_update(key_share=True))
_AMONG = Prepared(
    select(_people).where(_people.c.id.in_(bindparam("ids", expanding=True))).order_by(_people.c.name_key, _people.c.id)
)
_ACCOUNTS = Prepared(
    select(_accounts)
    .where(_accounts.c.person_id.in_(bindparam("owners", expanding=True)))
    .order_by(_accounts.c.position)
)
_VOTERS = Prepared(
    select(_members)
    .join_from(_members, _people)
    .where(_members.c.group_id.in_(bindparam("groups", expanding=True)), _MAY_VOTE)
)


class People:
    """People of `core.app.ports`.

    With `locking` whoever is looked up stays as they are until the transaction ends. A person is stored whole, so
    what Slack says of an account must not bring back a person who is being deactivated at the same moment.
    """

    def __init__(self, connection: Connection, rules: RulesLock, *, locking: bool) -> None:
        self._connection = connection
        self._rules = rules
        self._locking = locking

    def get(self, id: UUID) -> Person | None:
        rows = (_GET_LOCKED if self._locking else _GET).all(self._connection, id=id)
        return next(iter(self._people(rows)), None)

    def by_email(self, email: str) -> Person | None:
        return self._one(_people.c.email_key == name_key(email)) if findable(email) else None

    def by_slack(self, team: str, user: str) -> Person | None:
        if not findable(team + user):
            return None
        owner = select(_accounts.c.person_id).where(_accounts.c.team == team, _accounts.c.user == user)
        return self._one(_people.c.id == owner.scalar_subquery())

    def with_user(self, user: str) -> tuple[Person, ...]:
        if not findable(user):
            return ()
        owners = select(_accounts.c.person_id).where(_accounts.c.user == user)
        return self._many(_by_name().where(_people.c.id.in_(owners)))

    def all(self) -> tuple[Person, ...]:
        return self._many(_by_name())

    def page(self, request: PageRequest) -> Page[Person]:
        return page_of(self._connection, select(_people), _BY_NAME, request, self._people)

    def among(self, ids: Iterable[UUID]) -> tuple[Person, ...]:
        wanted = list(ids)
        return self._people(_AMONG.all(self._connection, ids=wanted)) if wanted else ()

    def add(self, person: Person) -> None:
        self._rules.change()
        if not inserted(self._connection, _people, _row(person)):
            raise _email_taken(person)
        self._put_accounts(person)

    def replace(self, person: Person) -> None:
        self._rules.change()
        try:
            with self._connection.begin_nested():
                change = update(_people).where(_people.c.id == person.id).values(**_row(person))
                if self._connection.execute(change).rowcount == 0:
                    raise StaleVersionError(f"{person.name} was removed meanwhile")
        except IntegrityError as error:
            if is_unique_violation(error):
                raise _email_taken(person) from None
            raise
        self._connection.execute(delete(_accounts).where(_accounts.c.person_id == person.id))
        self._put_accounts(person)

    def electorate(self, policies: Iterable[ApprovalPolicy], among: Set[UUID] | None = None) -> Electorate:
        self._rules.keep()
        asked = tuple(policies)
        groups = {group.id for policy in asked for group in policy.approver_groups}
        roles = {role for policy in asked for role in policy.approver_roles}
        return Electorate(self._members_of(groups, among), self._holders_of(roles, among))

    def groups_of(self, id: UUID) -> tuple[ApproverGroup, ...]:
        return Groups(self._connection, self._rules).with_member(id)

    def _members_of(self, groups: set[UUID], among: Set[UUID] | None) -> dict[UUID, set[UUID]]:
        members: dict[UUID, set[UUID]] = {group: set() for group in groups}
        for row in self._voters(groups, among) if groups else ():
            members[row.group_id].add(row.person_id)
        return members

    def _voters(self, groups: set[UUID], among: Set[UUID] | None) -> Iterable[Any]:
        if among is None:
            return _VOTERS.all(self._connection, groups=list(groups))
        joined = select(_members).join_from(_members, _people)
        return self._connection.execute(
            joined.where(_members.c.group_id.in_(groups), _MAY_VOTE, _people.c.id.in_(among))
        )

    def _holders_of(self, roles: set[Right], among: Set[UUID] | None) -> dict[Right, set[UUID]]:
        holders: dict[Right, set[UUID]] = {role: set() for role in roles}
        if roles:
            voters = _MAY_VOTE if among is None else and_(_MAY_VOTE, _people.c.id.in_(among))
            chosen = select(_people.c.id, _people.c.roles).where(tables.HAS_ROLES, voters)
            for row in self._connection.execute(chosen):
                for role in roles & _roles(row.roles):
                    holders[role].add(row.id)
        return holders

    def _put_accounts(self, person: Person) -> None:
        for position, account in enumerate(person.slack):
            row = {
                "team": account.team,
                "user": account.user,
                "person_id": person.id,
                "position": position,
                "blocked_by": account.blocked_by,
            }
            if not inserted(self._connection, _accounts, row):
                raise NameTakenError(
                    f"The Slack account {account.user} of the workspace {account.team} belongs to somebody already",
                    field="slack",
                    name=account.user,
                )

    def _one(self, condition: ColumnElement[bool]) -> Person | None:
        wanted = select(_people).where(condition)
        # Weaker than FOR UPDATE by just as much as lets others insert rows that refer to the person.
        return next(iter(self._many(wanted.with_for_update(key_share=True) if self._locking else wanted)), None)

    def _many(self, query: Select[Any]) -> tuple[Person, ...]:
        return self._people(self._connection.execute(query).all())

    def _people(self, rows: Sequence[Any]) -> tuple[Person, ...]:
        accounts = self._accounts_of([row.id for row in rows])
        return tuple(_person(row, accounts[row.id]) for row in rows)

    def _accounts_of(self, ids: Sequence[UUID]) -> dict[UUID, list[SlackAccount]]:
        found: defaultdict[UUID, list[SlackAccount]] = defaultdict(list)
        if ids:
            for row in _ACCOUNTS.all(self._connection, owners=list(ids)):
                found[row.person_id].append(SlackAccount(row.team, row.user, row.blocked_by))
        return found


def _by_name() -> Select[Any]:
    return _BY_NAME.sorted(select(_people))


def _person(row: TableRow[Any], accounts: list[SlackAccount]) -> Person:
    return Person(row.id, row.email, row.name, _roles(row.roles), tuple(accounts), row.active)


def _row(person: Person) -> Row:
    return {
        "id": person.id,
        "email": person.email,
        "email_key": name_key(person.email),
        "name": person.name,
        "name_key": name_key(person.name),
        "roles": " ".join(sorted(person.roles)),
        "active": person.active,
    }


@cache
def _roles(text: str) -> frozenset[Right]:
    return frozenset(Right(role) for role in text.split())


def _email_taken(person: Person) -> NameTakenError:
    return NameTakenError(f"The e-mail address {person.email} is somebody else's", field="email", name=person.email)
