"""Query parameters."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from bot.api.cursors import LONGEST, PATTERN, mark_of
from bot.api.schemas.base import Id, Moment
from core.app.auditing import AuditFilter
from core.app.pages import DEFAULT_PAGE_SIZE, MAX_PAGE, MAX_PAGE_SIZE, REACH, PageRequest
from core.app.ports import PromotionFilter
from core.domain.events import Action
from core.domain.promotion import Status
from core.errors import InvalidError


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


CursorWord = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=PATTERN)]


class PageQuery(Query):
    """Which part of a list is wanted."""

    page: Whole = Field(
        default=1,
        ge=1,
        le=MAX_PAGE,
        description=f"Counts from 1, and reaches the first {REACH} entries of a list. Not together with `cursor`.",
    )
    page_size: Whole = Field(default=DEFAULT_PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE, description="Entries in a page.")
    cursor: CursorWord | None = Field(
        default=None,
        description="The `nextCursor` of the page before: goes on from there with the filters given now, as fast at any"
        " depth, and whatever is added to the list meanwhile.",
    )

    def request(self) -> PageRequest:
        """Raises InvalidError for a cursor that is none, a page beside it, and a page too far out."""
        if self.cursor is not None and "page" in self.model_fields_set:
            raise InvalidError(
                "page and cursor cannot be given together", hint="A cursor goes on without page.", field="page"
            )
        return PageRequest(self.page, self.page_size, mark_of(self.cursor) if self.cursor else None)


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

    def wanted(self) -> AuditFilter:
        return AuditFilter(frozenset(self.action), self.subject_id, self.actor_id, self.since, self.until)
