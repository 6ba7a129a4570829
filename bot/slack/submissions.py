"""Modals that were submitted: mistakes are shown at their field, refusals in place of the modal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.slack.door import Door
from bot.slack.ids import ActionId, DialogId, PromotionValue
from bot.slack.payloads import Submission
from bot.slack.views import answers
from bot.slack.views.refusals import refusal_modal
from bot.slack.views.text import cut
from core.app.deciding import CancelPromotion, CastVote
from core.app.requesting import RequestPromotion
from core.domain.people import Actor
from core.domain.promotion import VoteChoice
from core.errors import DomainError, InvalidError, NotFoundError, PromotionAlreadyOpenError

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
    promotion = await door.countersign.requesting.request(actor, wanted)
    environment = await door.countersign.reading.environment(actor, environment_id)
    return {"response_action": "update", "view": answers.requested_modal(promotion, environment.slack_channel)}


async def _reject(door: Door, actor: Actor, submission: Submission) -> Ack:
    return await _vote(door, actor, submission, VoteChoice.REJECTED, ActionId.REJECT_REASON)


async def _approve(door: Door, actor: Actor, submission: Submission) -> Ack:
    return await _vote(door, actor, submission, VoteChoice.APPROVED, ActionId.APPROVE_COMMENT)


async def _vote(door: Door, actor: Actor, submission: Submission, choice: VoteChoice, field: ActionId) -> Ack:
    promotion_id = PromotionValue.loads(submission.view.private_metadata).promotion_id
    await door.countersign.deciding.vote(actor, CastVote(promotion_id, choice, submission.view.text(field)))
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
}

_FIELDS: Mapping[tuple[DialogId, str], ActionId] = {
    (DialogId.REQUEST, "releaseId"): ActionId.RELEASE,
    (DialogId.REQUEST, "targetEnvironmentId"): ActionId.ENVIRONMENT,
    (DialogId.REQUEST, "reason"): ActionId.REASON,
    (DialogId.REJECT, "reason"): ActionId.REJECT_REASON,
    (DialogId.APPROVE, "comment"): ActionId.APPROVE_COMMENT,
    (DialogId.CANCEL, "reason"): ActionId.CANCEL_REASON,
}
"""Which field of which modal a refused field of the domain is."""

_TITLES: Mapping[DialogId, str] = {
    DialogId.REQUEST: "Not requested",
    DialogId.REJECT: "Not rejected",
    DialogId.APPROVE: "Not approved",
    DialogId.CANCEL: "Not cancelled",
}


def _refused(dialog: DialogId, error: DomainError) -> Ack:
    if field := _FIELDS.get((dialog, _field(error))):
        words = " ".join(filter(None, [f"{error.message}.", error.hint]))
        return {"response_action": "errors", "errors": {field.field: cut(words, _ERROR)}}
    return {"response_action": "update", "view": refusal_modal(_TITLES[dialog], error)}


def _field(error: DomainError) -> str:
    if isinstance(error, InvalidError):
        return error.field
    if isinstance(error, NotFoundError):
        return str(error.params.get("field", ""))
    return "releaseId" if isinstance(error, PromotionAlreadyOpenError) else ""
