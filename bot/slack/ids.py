"""Every name that Slack sends back to us: commands, actions, dialogs, fields, and what buttons carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from core.domain.promotion import Status
from core.errors import InvalidError


class CommandName(StrEnum):
    """Slash commands."""

    PROMOTE = "/promote"
    PROMOTIONS = "/promotions"
    APPROVALS = "/approvals"


class ActionId(StrEnum):
    """Buttons, menus and the fields that tell us at once when they change."""

    APPROVE = "promotion.approve"
    APPROVE_WITH_COMMENT = "promotion.approve_with_comment"
    REJECT = "promotion.reject"
    ASK = "promotion.ask"
    REMIND = "promotion.remind"
    EVIDENCE = "promotion.evidence"
    EXPORTS = "promotion.exports"
    CANCEL = "promotion.cancel"
    DEFER = "promotion.defer"
    LIFT_FREEZE = "promotion.lift_freeze"
    DETAILS = "promotion.details"
    CHECKLIST = "promotion.checklist"
    TICK = "checklist.tick"
    MORE = "promotion.more"
    NEWER = "promotions.newer"
    OLDER = "promotions.older"
    WAITING_PAGE = "approvals.page"
    REQUEST = "request.open"
    RELEASE = "request.release"
    ENVIRONMENT = "request.environment"
    REASON = "request.reason"
    REJECT_REASON = "reject.reason"
    APPROVE_COMMENT = "approve.comment"
    CANCEL_REASON = "cancel.reason"
    QUESTION = "ask.question"
    CONFIRM_STEP = "workflow.confirm"
    DECLINE_STEP = "workflow.decline"
    LIFT_REASON = "lift.reason"
    LIFT_UNTIL = "lift.until"

    @property
    def field(self) -> str:
        """The `block_id` of the field with that action id in a modal."""
        return self.value.rpartition(".")[2]


class DialogId(StrEnum):
    """Modals that can be submitted (`callback_id`)."""

    REQUEST = "dialog.request"
    REJECT = "dialog.reject"
    APPROVE = "dialog.approve"
    CANCEL = "dialog.cancel"
    ASK = "dialog.ask"
    LIFT_FREEZE = "dialog.lift_freeze"


class ShortcutId(StrEnum):
    """Shortcuts (`callback_id`): from anywhere, and in the menu of a message."""

    REQUEST = "shortcut.request"
    PROMOTE_MESSAGE = "shortcut.promote_message"


class EventName(StrEnum):
    """Events of the Events API that we subscribe to."""

    APP_HOME_OPENED = "app_home_opened"
    APP_UNINSTALLED = "app_uninstalled"
    FUNCTION_EXECUTED = "function_executed"
    SUBTEAM_CREATED = "subteam_created"
    SUBTEAM_MEMBERS_CHANGED = "subteam_members_changed"
    SUBTEAM_UPDATED = "subteam_updated"
    TEAM_JOIN = "team_join"
    TOKENS_REVOKED = "tokens_revoked"
    USER_CHANGE = "user_change"


def brief(seen: str) -> str:
    """The first 128 bits of a digest in hex, which nobody finds twice."""
    return seen.removeprefix("sha256:")[:32]


class Carried(BaseModel):
    """What a button, a menu or a modal carries: JSON of a few ids, never a decision."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def dumps(self) -> str:
        """The text that Slack keeps for us."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)

    @classmethod
    def loads(cls, text: str) -> Self:
        """Read it back. Raises InvalidError where it is not ours."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            raise InvalidError("This button is from another version of Countersign", hint="Open a new list.") from None


class PromotionValue(Carried):
    """A promotion, and the digest of what was shown of it beside the button; empty where that does not matter."""

    promotion_id: UUID
    seen: str = ""


class StepValue(Carried):
    """A step of a workflow that asks whether to request something."""

    step_id: UUID


class TickValue(Carried):
    """An item of a promotion's checklist, and whether the button ticks it or takes the tick back."""

    promotion_id: UUID
    item: str
    ticked: bool


class RequestValue(Carried):
    """What to ask for, as far as it is known."""

    release_id: UUID | None = None
    environment_id: UUID | None = None


class MenuValue(Carried):
    """A promotion and what the chosen entry of its menu does; a menu has one action id for all entries.

    Slack gives an entry 150 characters, so `seen` is the digest cut by `brief`.
    """

    promotion_id: UUID
    action: ActionId
    seen: str = ""


class ListValue(Carried):
    """One page of a list of promotions: mine or everybody's, in which statuses (none: in all)."""

    page: int = 1
    mine: bool = False
    statuses: tuple[Status, ...] = ()


class PageValue(Carried):
    """One page of what waits for somebody."""

    page: int = 1
