"""Submitting and closing modals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground import forms
from bot.playground.deeds.outcome import TROUBLE, Outcome, Submission
from bot.playground.errors import NoSuchControlError, SlackError
from bot.playground.playground import Playground
from bot.playground.records import Json, View


def top(ground: Playground, user: str) -> View:
    """The modal the person sees."""
    person = ground.workspace.person(user)
    stack = ground.screens.modals(person.id)
    if not stack:
        raise NoSuchControlError(f"{person.name} has no modal open")
    return stack[-1]


async def submit(ground: Playground, user: str, values: Mapping[str, Any]) -> Submission:
    """Fill the modal on top and submit it; what Slack's client refuses is not sent."""
    view = top(ground, user)
    person = ground.workspace.person(user)
    blocks = view.content["blocks"]
    if view.content.get("submit") is None:
        raise NoSuchControlError("this modal has no submit button")
    view.state = forms.filled(blocks, view.state, values)
    errors = forms.complaints(blocks, view.state)
    if errors:
        return Submission(errors=errors)
    payload = ground.payloads.on_view("view_submission", person, view)
    payload |= {"trigger_id": ground.triggers.issue(person.id), "response_urls": []}
    reply = await ground.delivery.interaction(payload)
    if reply.error:
        return Submission(TROUBLE)
    try:
        return _answered(ground, view, reply.json())
    except SlackError as refused:
        return Submission(" ".join([TROUBLE, f"({refused.code})", *refused.messages]))


def _answered(ground: Playground, view: View, answer: Json) -> Submission:
    action = answer.get("response_action")
    if action == "errors":
        return _errors(view, answer.get("errors"))
    if action == "update":
        ground.screens.update(view.id, "", answer.get("view") or {})
    elif action == "push":
        ground.screens.push(view.user, answer.get("view") or {})
    elif action == "clear":
        ground.screens.close(view.user, everything=True)
    elif action is None:
        ground.screens.drop(view)
    else:
        raise SlackError("invalid_response_action", f"the app answered {action!r}")
    return Submission(closed=action in (None, "clear"))


def _errors(view: View, errors: Any) -> Submission:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors", f"errors must name input blocks, of which there are: {sorted(inputs)}")
    return Submission(errors={block_id: str(message) for block_id, message in errors.items()})


async def close(ground: Playground, user: str, *, everything: bool = False) -> Outcome:
    """Press Cancel or Escape on the modal on top, or close the whole stack with its cross."""
    view = top(ground, user)
    person = ground.workspace.person(user)
    everything = everything or bool(view.content.get("clear_on_close"))
    outcome = Outcome()
    for closed in ground.screens.close(person.id, everything=everything):
        if closed.content.get("notify_on_close"):
            payload = ground.payloads.on_view("view_closed", person, closed) | {"is_cleared": everything}
            reply = await ground.delivery.interaction(payload)
            outcome = Outcome(outcome.error or reply.error)
    return outcome
