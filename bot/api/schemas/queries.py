"""Query parameters."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from bot.api.schemas.base import Id, Moment
from core.app.auditing import AuditFilter
from core.app.pages import DEFAULT_PAGE_SIZE, MAX_PAGE, MAX_PAGE_SIZE, PageRequest
from core.app.ports import PromotionFilter
from core.domain.events import Action
from core.domain.promotion import Status


def _whole(value: Any) -> Any:
    # int() would take blanks, signs, underscores and other scripts' digits.
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise PydanticCustomError("int_parsing", "must be a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
LARGEST = 10**9 - 1
# The bounds come first, or the schema would not tell them.
Index = Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_whole)]
Counted = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_whole)]


class Query(BaseModel):
    """Parameters behind the question mark; there are no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class PageQuery(Query):
    """Which page of a list is wanted."""

    page: Whole = Field(default=1, ge=1, le=MAX_PAGE, description="Counts from 1.")
    page_size: Whole = Field(default=DEFAULT_PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE, description="Entries in a page.")

    def request(self) -> PageRequest:
        return PageRequest(self.page, self.page_size)


class PromotionQuery(PageQuery):
    """Which promotions are wanted."""

    status: list[Status] = Field(
        default=[], description="Filter by status. Several are repeated or separated by commas."
    )
    release_id: Id | None = Field(default=None, description="Filter by release.")
    environment_id: Id | None = Field(default=None, description="Filter by target environment.")
    requested_by: Id | None = Field(default=None, description="Filter by the person or service account that asked.")

    def wanted(self) -> PromotionFilter:
        return PromotionFilter(frozenset(self.status), self.release_id, self.environment_id, self.requested_by)


class AuditQuery(PageQuery):
    """Which audit entries are wanted."""

    action: list[Action] = Field(
        default=[], description="Filter by action. Several are repeated or separated by commas."
    )
    subject_id: Id | None = Field(default=None, description="Only what happened to this subject.")
    actor_id: Id | None = Field(default=None, description="Only what this person or service account did.")
    since: Moment | None = Field(default=None, alias="from", description="Only what happened then or later.")
    until: Moment | None = Field(default=None, alias="to", description="Only what happened before then.")
    cursor: Counted | None = Field(
        default=None,
        description="The `nextCursor` of the page before: goes on from there, in place of `page`.",
    )

    def wanted(self) -> AuditFilter:
        return AuditFilter(frozenset(self.action), self.subject_id, self.actor_id, self.since, self.until)
