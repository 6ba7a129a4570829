"""One payload in, one acknowledgement out: who asks, which listener, and what is told when it cannot be done."""

from __future__ import annotations

from typing import Any

import structlog

from bot.logs import correlated
from bot.slack.actions import answer_click
from bot.slack.commands import answer_command
from bot.slack.door import Door
from bot.slack.event_payloads import Happening, HomeOpened, StepRun
from bot.slack.happenings import take_note
from bot.slack.payloads import (
    Click,
    Deed,
    Payload,
    Shortcut,
    SlashCommand,
    Submission,
    Suggestion,
)
from bot.slack.requesting import suggest
from bot.slack.shortcuts import answer_shortcut
from bot.slack.steps import run_step
from bot.slack.submissions import answer_submission
from bot.slack.views.home import home_refusal
from bot.slack.views.kit import modal
from bot.slack.views.message import Message
from bot.slack.views.refusals import refusal, too_fast, unexpected, unknown_person
from core.domain.people import Actor
from core.errors import DomainError, UnknownPersonError

Ack = dict[str, Any]
_log = structlog.get_logger(__name__)


async def answered(door: Door, payload: Payload) -> Ack:
    """What to acknowledge a payload with; a repeated delivery is acknowledged and does nothing.

    Raises NotTakenError for a workflow's step that could not be stored, and nothing else.
    """
    if isinstance(payload, StepRun):
        await run_step(door, payload)
    elif door.deliveries.is_first(payload.delivery_id):
        if not isinstance(payload, Happening):
            return await _answered(door, payload)
        await take_note(door, payload)
    return {}


async def _answered(door: Door, payload: Deed) -> Ack:
    if seconds := door.pace.wait(payload.asker):
        return _slowed(door, payload, seconds)
    with correlated() as reference:
        try:
            actor = await door.actor(payload.asker, reference)
            return await _acknowledgement(door, actor, payload)
        except UnknownPersonError as error:
            return _told(door, payload, unknown_person(error, payload.asker.team, payload.asker.user))
        except DomainError as error:
            return _told(door, payload, refusal(error))
        except Exception:
            # Everything expected is a DomainError; the rest is a fault of ours, told with what finds it in the log.
            _log.exception("a request from Slack failed", payload=type(payload).__name__)
            door.deliveries.forget(payload.delivery_id)
            return _told(door, payload, unexpected(reference))


async def _acknowledgement(door: Door, actor: Actor, payload: Deed) -> Ack:
    match payload:
        case SlashCommand():
            message = await answer_command(door, actor, payload)
            return _whispered(message) if message else {}
        case Click():
            await answer_click(door, actor, payload)
            return {}
        case Submission():
            return await answer_submission(door, actor, payload)
        case Shortcut():
            if trouble := await answer_shortcut(door, actor, payload):
                door.replies.tell(payload, trouble)
            return {}
        case Suggestion():
            return {"options": await suggest(door, actor, payload)}
        case HomeOpened():
            await door.show_home(actor, payload.asker)
            return {}


def _slowed(door: Door, payload: Deed, seconds: int) -> Ack:
    """Say that it was too fast; the App Home stays as it was shown, and not every click is answered."""
    if isinstance(payload, HomeOpened) or (
        isinstance(payload, Click | Shortcut) and not door.pace.may_tell(payload.asker)
    ):
        return {}
    return _told(door, payload, too_fast(seconds))


def _told(door: Door, payload: Deed, message: Message) -> Ack:
    """Say something in the way that the kind of payload allows."""
    match payload:
        case SlashCommand():
            return _whispered(message)
        case Click() | Shortcut():
            door.replies.tell(payload, message)
            return {}
        case Submission():
            view = modal("Not done", ()) | {"blocks": message.blocks}
            return {"response_action": "update", "view": view}
        case Suggestion():
            return {"options": []}
        case HomeOpened():
            door.replies.later(door.publish_home(payload.asker, home_refusal(message)))
            return {}


def _whispered(message: Message) -> Ack:
    return {"text": message.text, "blocks": message.blocks, "response_type": "ephemeral"}
