"""Modals that were submitted: mistakes are shown at their field, refusals in place of the modal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from bot.slack.door import Door
from bot.slack.ids import ActionId, DialogId, PromotionValue
from bot.slack.payloads import Submission
from bot.slack.requesting import card_link
from bot.slack.timing import lift
from bot.slack.views import answers
from bot.slack.views.drifted import changes_words
from bot.slack.views.refusals import refusal_modal
from bot.slack.views.reject_modal import approve_modal
from bot.slack.views.text import cut
from core.app.asking import AskQuestion
from core.app.deciding import CancelPromotion, CastVote
from core.app.requesting import RequestPromotion
from core.domain.people import Actor
from core.domain.promotion import VoteChoice
from core.errors import (
    CardDriftedError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PromotionAlreadyOpenError,
)

Ack = dict[str, Any]
"""What Bolt's `ack` is called with; empty closes the modal."""

CLOSE_ALL: Ack = {"response_action": "clear"}
_ERROR = 500


async def answer_submission(door: Door, actor: Actor, submission: Submission) -> Ack:
    """Do what the modal is for; one from another version of ours is closed."""
    try:
        dialog = DialogId(submission.view.callback_id)
    except ValueError:
        return CLOSE_ALL
    try:
        return await SUBMISSIONS[dialog](door, actor, submission)
    except DomainError as error:
        return _refused(dialog, error)


async def _request(door: Door, actor: Actor, submission: Submission) -> Ack:
    form = submission.view
    release_id, environment_id = form.chosen_id(ActionId.RELEASE), form.chosen_id(ActionId.ENVIRONMENT)
    if release_id is None:
        raise InvalidError("Choose a release", field="releaseId")
    if environment_id is None:
        raise InvalidError("Choose an environment", field="targetEnvironmentId")
    wanted = RequestPromotion(release_id, environment_id, form.text(ActionId.REASON))
    try:
        promotion = await door.countersign.requesting.request(actor, wanted)
    except PromotionAlreadyOpenError as error:
        return await _already_open(door, actor, error)
    environment = await door.countersign.reading.environment(actor, environment_id)
    return {"response_action": "update", "view": answers.requested_modal(promotion, environment.slack_channel)}


async def _already_open(door: Door, actor: Actor, error: PromotionAlreadyOpenError) -> Ack:
    """Say where the open one stands. Slack makes no link of it here; the preview in the form has one."""
    card = await door.countersign.preparing.card_of(actor, UUID(str(error.params["promotionId"])))
    link = await card_link(door, card)
    words = f"{error.message}. {error.hint}" + (f" Its card: {link}" if link else "")
    return {"response_action": "errors", "errors": {ActionId.RELEASE.field: cut(words, _ERROR)}}


async def _reject(door: Door, actor: Actor, submission: Submission) -> Ack:
    return await _vote(door, actor, submission, VoteChoice.REJECTED, ActionId.REJECT_REASON)


async def _approve(door: Door, actor: Actor, submission: Submission) -> Ack:
    return await _vote(door, actor, submission, VoteChoice.APPROVED, ActionId.APPROVE_COMMENT)


async def _vote(door: Door, actor: Actor, submission: Submission, choice: VoteChoice, field: ActionId) -> Ack:
    carried = PromotionValue.loads(submission.view.private_metadata)
    vote = CastVote(carried.promotion_id, choice, submission.view.text(field), carried.seen)
    try:
        await door.countersign.deciding.vote(actor, vote)
    except CardDriftedError as error:
        return await _approve_as_it_is_now(door, actor, submission, error)
    return CLOSE_ALL


async def _approve_as_it_is_now(door: Door, actor: Actor, submission: Submission, error: CardDriftedError) -> Ack:
    """Show what has changed in the same modal, bound to what is so now; what was written stays."""
    promotion_id = PromotionValue.loads(submission.view.private_metadata).promotion_id
    fresh = await door.countersign.reading.promotion(actor, promotion_id)
    comment = submission.view.text(ActionId.APPROVE_COMMENT)
    return {"response_action": "update", "view": approve_modal(fresh.promotion, changes_words(error), comment)}


async def _question(door: Door, actor: Actor, submission: Submission) -> Ack:
    promotion_id = PromotionValue.loads(submission.view.private_metadata).promotion_id
    await door.countersign.asking.ask(actor, AskQuestion(promotion_id, submission.view.text(ActionId.QUESTION)))
    return CLOSE_ALL


async def _lift_freeze(door: Door, actor: Actor, submission: Submission) -> Ack:
    promotion_id = PromotionValue.loads(submission.view.private_metadata).promotion_id
    until = submission.view.moment(ActionId.LIFT_UNTIL)
    if until is None:
        raise InvalidError("Choose until when", field="until")
    await lift(door, actor, promotion_id, submission.view.text(ActionId.LIFT_REASON), until)
    return CLOSE_ALL


async def _cancel(door: Door, actor: Actor, submission: Submission) -> Ack:
    promotion_id = PromotionValue.loads(submission.view.private_metadata).promotion_id
    reason = submission.view.text(ActionId.CANCEL_REASON)
    await door.countersign.deciding.cancel(actor, CancelPromotion(promotion_id, reason))
    return CLOSE_ALL


SUBMISSIONS: Mapping[DialogId, Callable[[Door, Actor, Submission], Awaitable[Ack]]] = {
    DialogId.REQUEST: _request,
    DialogId.REJECT: _reject,
    DialogId.APPROVE: _approve,
    DialogId.CANCEL: _cancel,
    DialogId.ASK: _question,
    DialogId.LIFT_FREEZE: _lift_freeze,
}

_FIELDS: Mapping[tuple[DialogId, str], ActionId] = {
    (DialogId.REQUEST, "releaseId"): ActionId.RELEASE,
    (DialogId.REQUEST, "targetEnvironmentId"): ActionId.ENVIRONMENT,
    (DialogId.REQUEST, "reason"): ActionId.REASON,
    (DialogId.REJECT, "reason"): ActionId.REJECT_REASON,
    (DialogId.APPROVE, "comment"): ActionId.APPROVE_COMMENT,
    (DialogId.CANCEL, "reason"): ActionId.CANCEL_REASON,
    (DialogId.ASK, "question"): ActionId.QUESTION,
    (DialogId.LIFT_FREEZE, "reason"): ActionId.LIFT_REASON,
    (DialogId.LIFT_FREEZE, "until"): ActionId.LIFT_UNTIL,
}
"""Which field of which modal a refused field of the domain is."""

_TITLES: Mapping[DialogId, str] = {
    DialogId.REQUEST: "Not requested",
    DialogId.REJECT: "Not rejected",
    DialogId.APPROVE: "Not approved",
    DialogId.CANCEL: "Not cancelled",
    DialogId.ASK: "Not asked",
    DialogId.LIFT_FREEZE: "Not lifted",
}


def _refused(dialog: DialogId, error: DomainError) -> Ack:
    if field := _FIELDS.get((dialog, _field(dialog, error))):
        words = " ".join(filter(None, [f"{error.message}.", error.hint]))
        return {"response_action": "errors", "errors": {field.field: cut(words, _ERROR)}}
    return {"response_action": "update", "view": refusal_modal(_TITLES[dialog], error)}


def _field(dialog: DialogId, error: DomainError) -> str:
    if isinstance(error, ForbiddenError) and dialog is DialogId.REQUEST:
        return "releaseId"
    if isinstance(error, InvalidError):
        return error.field
    if isinstance(error, NotFoundError):
        return str(error.params.get("field", ""))
    return ""
