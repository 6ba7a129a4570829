"""Steps of workflows as Slack starts them: from inputs to a use case, or to why the step fails.

Slack puts a token of its own into each delivery (`bot_access_token`). It dies after a quarter of an hour, long before
people decide, so it is not even read: steps are answered with the bot's token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from bot.logs import correlated
from bot.slack.door import Door
from bot.slack.event_payloads import StepRun
from bot.slack.grammar import Names
from bot.slack.naming import resolved
from bot.slack.payload_parts import Asker
from core.app.requesting import RequestPromotion
from core.app.steps import StepKind, in_words
from core.app.workflows import Execution
from core.domain.people import Actor
from core.domain.text import checked_name
from core.errors import DomainError, InvalidError, NotFoundError, UnavailableError, UnknownPersonError

_log = structlog.get_logger(__name__)


class NotTakenError(Exception):
    """Nothing was stored, so Slack must not be told that we have it: it delivers again."""


async def run_step(door: Door, run: StepRun) -> None:
    """Take a step on. Whatever is wrong with it is stored as its answer; raises NotTakenError where that fails too.

    A run is stored once, so deliveries need not be told apart: one that comes while the first is still being stored
    must not be acknowledged for it.
    """
    kind, execution = _kind(run), Execution(run.team, run.event.function_execution_id)
    with correlated() as reference:
        try:
            try:
                await _taken(door, run, kind, execution, reference)
            except UnavailableError:
                raise
            except DomainError as error:
                await door.countersign.workflows.refuse(execution, kind, _words(error, run))
        except Exception as error:
            _log.warning("a workflow step could not be taken", step=kind.value, error=type(error).__name__)
            raise NotTakenError from error


async def _taken(door: Door, run: StepRun, kind: StepKind, execution: Execution, reference: str) -> None:
    inputs = run.event.inputs
    if kind is StepKind.REQUEST:
        actor = await door.actor(_asker(run), reference)
        await door.countersign.workflows.ask(actor, execution, await _request(door, actor, inputs))
    elif kind is StepKind.WAIT:
        await door.countersign.workflows.wait(execution, _promotion_id(inputs))
    else:
        raise InvalidError(
            "This version of Countersign does not know this step",
            hint="Ask an administrator to update the app from its manifest.",
        )


def _kind(run: StepRun) -> StepKind:
    try:
        return StepKind(run.event.function.callback_id)
    except ValueError:
        return StepKind.UNKNOWN


async def _request(door: Door, actor: Actor, inputs: Mapping[str, Any]) -> RequestPromotion:
    names = Names(*(checked_name(_text(inputs, name), name) for name in ("release", "environment")))
    reason = _text(inputs, "reason", required=False)
    release, environment = await resolved(door.countersign, actor, names)
    return RequestPromotion(release.id, environment.id, reason)


def _asker(run: StepRun) -> Asker:
    """Who used the workflow. Only Slack's own `user_context` says so: a mere id could be written by anybody."""
    context = run.event.inputs.get("requester")
    user = context.get("id") if isinstance(context, dict) and context.get("secret") else None
    if not isinstance(user, str) or not user:
        raise InvalidError(
            "Slack does not say who used this workflow",
            hint="Start it with something that a person does, such as a link or a button, and not on a schedule.",
            field="requester",
        )
    return Asker(run.team, user, enterprise=run.enterprise)


def _promotion_id(inputs: Mapping[str, Any]) -> UUID:
    wanted = _text(inputs, "promotion_id")
    try:
        return UUID(wanted)
    except ValueError:
        raise NotFoundError(
            f"There is no promotion {wanted[:100]}",
            hint='Choose the output "Promotion" of the step "Request a promotion".',
        ) from None


def _text(inputs: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    value = inputs.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise InvalidError(f"The input {name} must be text", field=name, hint="Correct the step in the workflow.")
    if required and not value.strip():
        raise InvalidError(f"The input {name} is empty", field=name, hint="Fill it in, or correct the workflow.")
    return value.strip()


def _words(error: DomainError, run: StepRun) -> str:
    words = in_words(error)
    if isinstance(error, UnknownPersonError):
        asker = _asker(run)
        return f"{words} They need your workspace id {asker.team} and your user id {asker.user[:40]}."
    return words
