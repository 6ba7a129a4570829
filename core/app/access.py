"""Who is at the door: tokens and Slack accounts become actors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.app.accounts import refusal_to_be_two, require_one_human
from core.app.authorise import rights_of
from core.app.finding import found
from core.app.journal import Journal
from core.app.ports import Ports, Store
from core.app.syncing import adopt, refresh_awaiting
from core.app.tokens import PREFIX, Token, token_digest
from core.domain.events import Action
from core.domain.people import (
    SERVICE_SCOPES,
    SYSTEM_REF,
    Actor,
    ActorKind,
    ActorRef,
    Person,
    Right,
    ServiceAccount,
    SlackAccount,
)
from core.errors import InvalidError, UnauthenticatedError, UnknownPersonError

MAX_TOKEN_LENGTH = 200
MAX_TOKEN_LIFE = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class CreateToken:
    """Ask for a token of a person (`person_email`) or of a service account (`service_name`, made where missing).

    `scopes` empty means a person's own rights; a service account's token names at least one. `valid_for` None means
    no end.
    """

    person_email: str = ""
    service_name: str = ""
    scopes: frozenset[Right] = frozenset()
    valid_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token with its text, which is shown this once and stored nowhere. `scopes` are what it may do now."""

    token: Token
    text: str
    scopes: frozenset[Right]


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A token with the name of its holder and what it may do now, for lists."""

    token: Token
    holder: str
    scopes: frozenset[Right]


class Access:
    """Recognises actors and issues tokens."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def by_token(self, text: str, correlation_id: str = "") -> Actor:
        """The actor that a bearer token stands for. Raises UnauthenticatedError."""
        now = self._ports.clock()

        def body(store: Store) -> Actor:
            token = store.tokens.by_digest(token_digest(text)) if len(text) <= MAX_TOKEN_LENGTH else None
            if token is None or not token.usable_at(now):
                raise UnauthenticatedError(
                    "The token is unknown, expired or revoked", hint="Make one with `countersign token create`."
                )
            # Only a person's rights can stand in for scopes; a program without scopes may do nothing but read.
            scopes = token.scopes if token.person_id else token.scopes or frozenset()
            return Actor(_holder(store, token), "rest", scopes, correlation_id=correlation_id)

        return await self._ports.transactions.read(body)

    async def by_slack(self, team: str, user: str, correlation_id: str = "", *, enterprise: str = "") -> Actor:
        """The person a Slack account belongs to. Raises UnknownPersonError, and NotAVoterError for one of two people.

        In a workspace of an organisation (`enterprise`), an account of the organisation does as well, for a user's id
        is the same in all of its workspaces. The actor's account names the workspace that the person acts in.
        """

        def body(store: Store) -> Actor:
            person = store.people.by_slack(team, user)
            if person is None and enterprise:
                person = store.people.by_slack(enterprise, user)
            account = _account(person, team, enterprise, user)
            if person is None or account is None:
                raise UnknownPersonError(
                    "I don't know who you are here yet",
                    hint="Ask an administrator of Countersign to add your Slack account.",
                )
            if enterprise and (refusal := refusal_to_be_two(store, person, user, enterprise)):
                raise refusal
            reference = ActorRef(ActorKind.PERSON, person.id, person.name)
            acting = replace(account, team=team)
            return Actor(reference, "slack", account=acting, correlation_id=correlation_id)

        return await self._ports.transactions.read(body)

    async def note_slack_account(self, account: SlackAccount) -> None:
        """Store what Slack says of an account that we know; of others nothing is kept.

        Who may vote may have changed by it, so what waits for that person's vote is brought up to date.
        """

        def body(store: Store) -> None:
            person = store.people.by_slack(account.team, account.user)
            if person is not None and account not in person.slack:
                store.people.replace(_with_account(person, account))
                journal = Journal(store, Actor(SYSTEM_REF, "slack"), self._ports.clock())
                refresh_awaiting(journal, [group.id for group in store.people.groups_of(person.id)])

        # Slack tells of every new picture or status: only what changes something for us is worth a writing transaction.
        if await self._ports.transactions.read(lambda store: _tells_something_new(store, account)):
            await self._ports.transactions.write(body)
            self._ports.wake()

    async def link_slack_account(self, actor: Actor, email: str, account: SlackAccount) -> bool:
        """Give an account to the active person with that verified e-mail address; False where there is none.

        Here the address must be the very same but for the case of ASCII letters: `strasse@` and `straße@` are one
        name to us and two mailboxes to a mail server. Raises InvalidError as `require_one_human` does.
        """

        def body(store: Store) -> bool:
            person = store.people.by_email(email)
            if person is None or not person.active or person.email != _ascii_lower(email.strip()):
                return False
            linked = _with_account(person, account)
            require_one_human(store, linked)
            store.people.replace(linked)
            adopt(store, linked)
            journal = Journal(store, actor, self._ports.clock())
            journal.note(Action.PERSON_UPDATED, person.id, slackTeam=account.team, slackUser=account.user)
            return True

        return await self._ports.transactions.write(body)

    async def create_token(self, actor: Actor, command: CreateToken) -> IssuedToken:
        """Issue a token. Raises InvalidError, NotFoundError."""
        secret = PREFIX + self._ports.new_secret()
        return await self._ports.transactions.write(lambda store: self._create_token(store, actor, command, secret))

    async def revoke_token(self, actor: Actor, token_id: UUID) -> None:
        """Close a token for good. Raises NotFoundError."""

        def body(store: Store) -> None:
            token = found(store.tokens.get(token_id), "token", token_id)
            now = self._ports.clock()
            store.tokens.revoke(token.id, now)
            Journal(store, actor, now).note(Action.TOKEN_REVOKED, token.id)

        await self._ports.transactions.write(body)

    async def tokens(self) -> tuple[TokenHolder, ...]:
        """All tokens, newest first."""

        def body(store: Store) -> tuple[TokenHolder, ...]:
            return tuple(
                TokenHolder(token, _holder(store, token).name, _scopes(store, token)) for token in store.tokens.all()
            )

        return await self._ports.transactions.read(body)

    def _create_token(self, store: Store, actor: Actor, command: CreateToken, text: str) -> IssuedToken:
        if bool(command.person_email) == bool(command.service_name):
            raise InvalidError("A token belongs to a person or to a service account: name one of the two")
        journal = Journal(store, actor, self._ports.clock())
        person = service = None
        if command.person_email:
            person = found(store.people.by_email(command.person_email), "person", command.person_email)
        else:
            service = self._service(journal, command)
        token = Token(
            id=self._ports.new_id(),
            digest=token_digest(text),
            created_at=journal.now,
            person_id=person.id if person else None,
            service_id=service.id if service else None,
            scopes=command.scopes or None,
            expires_at=_end(journal.now, command.valid_for),
        )
        store.tokens.add(token)
        journal.note(Action.TOKEN_CREATED, token.id, holder=_holder(store, token).name)
        return IssuedToken(token, text, _scopes(store, token))

    def _service(self, journal: Journal, command: CreateToken) -> ServiceAccount:
        if not command.scopes or not command.scopes <= SERVICE_SCOPES:
            known = ", ".join(sorted(SERVICE_SCOPES))
            raise InvalidError(
                "A service account's token needs scopes, and never approver, waiver or emergency: programs do not vote",
                field="scope",
                hint=f"Scopes are {known}.",
            )
        if service := journal.store.services.named(command.service_name):
            return service
        service = ServiceAccount(self._ports.new_id(), command.service_name)
        journal.store.services.add(service)
        journal.note(Action.SERVICE_CREATED, service.id, name=service.name)
        return service


def _account(person: Person | None, team: str, enterprise: str, user: str) -> SlackAccount | None:
    """The person's account in the workspace, else the one in all of its organisation."""
    held = [each for each in (person.slack if person else ()) if each.user == user]
    mine = [each for wanted in (team, enterprise) for each in held if each.team == wanted]
    return next(iter(mine), None)


def _holder(store: Store, token: Token) -> ActorRef:
    if token.person_id is not None:
        person = found(store.people.get(token.person_id), "person", token.person_id)
        return ActorRef(ActorKind.PERSON, person.id, person.name)
    service_id = found(token.service_id, "service account", token.id)
    service = found(store.services.get(service_id), "service account", service_id)
    return ActorRef(ActorKind.SERVICE, service.id, service.name)


def _scopes(store: Store, token: Token) -> frozenset[Right]:
    if token.person_id is None:
        return token.scopes or frozenset()
    held = rights_of(store, found(store.people.get(token.person_id), "person", token.person_id))
    return held if token.scopes is None else held & token.scopes


def _tells_something_new(store: Store, account: SlackAccount) -> bool:
    person = store.people.by_slack(account.team, account.user)
    return person is not None and account not in person.slack


def _with_account(person: Person, account: SlackAccount) -> Person:
    others = tuple(each for each in person.slack if (each.team, each.user) != (account.team, account.user))
    return replace(person, slack=(*others, account))


def _ascii_lower(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def _end(now: datetime, valid_for: timedelta | None) -> datetime | None:
    if valid_for is None:
        return None
    if not timedelta(0) < valid_for <= MAX_TOKEN_LIFE:
        raise InvalidError("A token must be valid for some time, and for ten years at most", field="expires")
    return now + valid_for
