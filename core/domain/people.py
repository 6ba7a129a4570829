"""Who acts: people with their accounts, service accounts, and the system itself.

A person is a human and may have several accounts; votes belong to the person. A service account is a program:
it requests, registers and deploys, and never votes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.domain.text import checked_name
from core.errors import ForbiddenError, InvalidError


class Right(StrEnum):
    """What a token or a role lets somebody do; reading is open to everybody who is known.

    `publisher` registers releases and scan reports, `deployer` reports deployments, `waiver` lets single findings pass
    for a time, `emergency` lifts freezes for one promotion, `admin` may do everything but vote without being an
    approver and lift freezes without that role.
    """

    READER = "reader"
    REQUESTER = "requester"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    WAIVER = "waiver"
    DEPLOYER = "deployer"
    EMERGENCY = "emergency"
    ADMIN = "admin"


ROLES = frozenset({Right.REQUESTER, Right.APPROVER, Right.WAIVER, Right.EMERGENCY, Right.ADMIN})
"""The rights that a person can hold as a role."""

SERVICE_SCOPES = frozenset({Right.READER, Right.REQUESTER, Right.PUBLISHER, Right.DEPLOYER, Right.ADMIN})
"""The rights that a service account's token can carry: all but those that are a person's to use."""


TEAM_ID = r"[TE][A-Z0-9]{1,30}"
"""The id of a Slack workspace (T...), or of an Enterprise Grid organisation (E...)."""


@dataclass(frozen=True, slots=True)
class SlackAccount:
    """A Slack user of a workspace, or of all workspaces of an organisation, as `users.info` last described it.

    `blocked_by` names the flag that keeps the account from voting: `deleted`, `is_bot`, `is_restricted` (a guest) or
    `is_stranger` (Slack Connect); empty where nothing does.
    """

    team: str
    user: str
    blocked_by: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(TEAM_ID, self.team):
            raise InvalidError(f"{self.team[:40]!r} is not the id of a Slack workspace", field="slack.team")
        if not re.fullmatch(r"[UW][A-Z0-9]{1,30}", self.user):
            raise InvalidError(f"{self.user[:40]!r} is not the id of a Slack user", field="slack.user")


@dataclass(frozen=True, slots=True)
class Person:
    """A human. `email` is unique whatever its letter case; `roles` are a subset of ROLES."""

    id: UUID
    email: str
    name: str
    roles: frozenset[Right] = frozenset()
    slack: tuple[SlackAccount, ...] = ()
    active: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "email", checked_name(self.email, "email", 254).lower())
        object.__setattr__(self, "name", checked_name(self.name, "name"))
        if "@" not in self.email:
            raise InvalidError(f"{self.email} is not an e-mail address", field="email")
        if strange := self.roles - ROLES:
            known = ", ".join(sorted(ROLES))
            raise InvalidError(f"{sorted(strange)[0]} is not a role", field="roles", hint=f"Roles are {known}.")

    @property
    def may_vote(self) -> bool:
        """Whether the person is active, and not known to Slack only by accounts that may not vote."""
        return self.active and (not self.slack or any(not account.blocked_by for account in self.slack))


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A program that calls the API with a token of its own."""

    id: UUID
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_name(self.name, "name"))


class ActorKind(StrEnum):
    """What kind of thing did something."""

    PERSON = "person"
    SERVICE = "service"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ActorRef:
    """Who did something, as written into promotions, audit entries and evidence. The system has no id."""

    kind: ActorKind
    id: UUID | None
    name: str


SYSTEM_REF = ActorRef(ActorKind.SYSTEM, None, "Countersign")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a door, already recognised.

    `scopes` limits what the token in use may do (None: no limit beyond the person's own rights). `door` is `slack`,
    `rest`, `cli` or `system`; `account` is the Slack account in use, if that is how the person came.
    `correlation_id` ties log lines, audit entries and deliveries of one request together.
    """

    ref: ActorRef
    door: str
    scopes: frozenset[Right] | None = None
    account: SlackAccount | None = None
    correlation_id: str = field(default="", compare=False)

    @property
    def is_person(self) -> bool:
        """Whether a human acts."""
        return self.ref.kind is ActorKind.PERSON

    def require_scope(self, *rights: Right) -> None:
        """Raise ForbiddenError where the token in use carries none of `rights`.

        Every token may read, and an admin's may everything.
        """
        if (
            self.scopes is not None
            and not (self.scopes | {Right.READER}) & {*rights}
            and Right.ADMIN not in self.scopes
        ):
            wanted = " or ".join(rights)
            raise ForbiddenError(
                f"This token lacks the scope {wanted}",
                hint=f"Use a token made with --scope {rights[0]}.",
                missingScope=rights[0].value,
            )


SYSTEM = Actor(SYSTEM_REF, "system")
