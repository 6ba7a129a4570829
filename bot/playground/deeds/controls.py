"""Buttons, menus and fields, in messages, modals and App Homes."""

from __future__ import annotations

from typing import Any

from bot.playground import forms
from bot.playground.blockkit.parts import OPTIONS, option_groups, options
from bot.playground.blockkit.spot import Spot
from bot.playground.deeds.outcome import Outcome
from bot.playground.playground import Playground
from bot.playground.records import Json, Message, View

Where = Message | View


def blocks_of(where: Where) -> list[Json]:
    """The blocks on that part of the screen."""
    if isinstance(where, View):
        found: list[Json] = where.content["blocks"]
        return found
    return where.blocks


async def act(
    ground: Playground, user: str, where: Where, name: str, entry: Any = None, *, block_id: str | None = None
) -> Outcome:
    """Press a button, or enter or choose `entry`; the app hears of it at once unless it is a plain form field."""
    person = ground.workspace.person(user)
    block, element = forms.find_element(blocks_of(where), name, block_id)
    action = _action(ground, block, element, entry)
    if element["type"] not in ("button", "overflow"):
        enter(ground, user, where, name, entry, block_id=block_id)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return Outcome()
    payload = _payload(ground, "block_actions", user, where)
    if isinstance(where, Message):
        path = ground.response_urls.issue(person.id, where.channel, where.ts)
        payload |= {"state": {"values": entered(ground, user, where)}, "response_url": ground.url + path}
    payload |= {"trigger_id": ground.triggers.issue(person.id), "actions": [action]}
    reply = await ground.delivery.interaction(payload)
    return Outcome(reply.error)


def enter(ground: Playground, user: str, where: Where, name: str, entry: Any, *, block_id: str | None = None) -> None:
    """Fill a field without telling the app."""
    person = ground.workspace.person(user)
    block, element = forms.find_element(blocks_of(where), name, block_id)
    whole_name = f"{block['block_id']}/{element['action_id']}"
    state = forms.filled(blocks_of(where), entered(ground, user, where), {whole_name: entry})
    if isinstance(where, View):
        where.state = state
    else:
        ground.screens.typed[person.id, where.ts] = state


def entered(ground: Playground, user: str, where: Where) -> forms.State:
    """What the person has entered there so far."""
    if isinstance(where, View):
        return where.state
    kept = ground.screens.typed.get((ground.workspace.person(user).id, where.ts))
    return forms.initial_state(where.blocks, kept=kept)


async def suggest(
    ground: Playground, user: str, where: Where, name: str, query: str, *, block_id: str | None = None
) -> tuple[Outcome, list[Json]]:
    """Type in a type-ahead select; gives groups `{label, options}`, the label None where there are no groups."""
    block, element = forms.find_element(blocks_of(where), name, block_id)
    if len(query) < element.get("min_query_length", 3):
        return Outcome(), []
    payload = _payload(ground, "block_suggestion", user, where)
    payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
    reply = await ground.delivery.interaction(payload)
    if reply.error:
        return Outcome(reply.error), []
    return _suggested(reply.json())


def _suggested(answer: Json) -> tuple[Outcome, list[Json]]:
    problems: list[str] = []
    spot = Spot(answer, "", problems)
    if spot.has("option_groups"):
        option_groups(spot.key("option_groups"))
        groups = answer["option_groups"]
    else:
        options(spot.key("options"), 0, OPTIONS)
        groups = [{"label": None, "options": answer.get("options")}]
    return (Outcome(problems[0]), []) if problems else (Outcome(), groups)


def _payload(ground: Playground, kind: str, user: str, where: Where) -> Json:
    person = ground.workspace.person(user)
    if isinstance(where, View):
        return ground.payloads.on_view(kind, person, where)
    return ground.payloads.on_message(kind, person, where)


def _action(ground: Playground, block: Json, element: Json, entry: Any) -> Json:
    kept = ("type", "action_id", "text", "value", "style", "placeholder", "confirm", "url")
    action = {name: element[name] for name in kept if name in element}
    if element["type"] != "button":
        action |= forms.entered(element, entry)
    return action | {"block_id": block["block_id"], "action_ts": ground.workspace.new_ts()}
