"""How a policy's approvers hear of a request: where, when they are reminded, and who is told when nobody acts.

None of this changes who may approve, so it is no part of a policy's digest. The group of an escalation is one of the
policy's own approver groups: its members may approve from the first moment, and are left in peace until the others
have had their time. Whoever is told to approve can therefore do it, and no group gains a vote by waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidError


class Via(StrEnum):
    """Where approvers are asked."""

    DM = "dm"
    """Each by a direct message with the buttons."""
    CHANNEL = "channel"
    """By the card in the environment's channel alone."""
    USERGROUP = "usergroup"
    """By a mention of the groups' Slack user groups beside the card; whoever is in none gets a direct message."""


@dataclass(frozen=True, slots=True)
class Notify:
    """A policy's wishes. Percentages are of the time between request and expiry; without an expiry there is neither
    reminder nor escalation. `escalate_to_group` is the id of one of the policy's approver groups.
    """

    via: Via = Via.DM
    remind_at_percent: int | None = 50
    escalate_at_percent: int | None = None
    escalate_to_group: UUID | None = None

    def __post_init__(self) -> None:
        for field, percent in (
            ("remindAtPercent", self.remind_at_percent),
            ("escalateAtPercent", self.escalate_at_percent),
        ):
            if percent is not None and not 1 <= percent <= 99:
                hint = "It is a part of the time until the request expires; null means never."
                raise InvalidError(f"{field} must be between 1 and 99", field=f"notify.{field}", hint=hint)
        if bool(self.escalate_to_group) != (self.escalate_at_percent is not None):
            raise InvalidError(
                "escalateAtPercent and escalateToGroup belong together",
                field="notify.escalateAtPercent" if self.escalate_to_group else "notify.escalateToGroup",
                hint="Give both, or neither.",
            )


DEFAULT_NOTIFY = Notify()
