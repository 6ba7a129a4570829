"""views.*: modals and App Homes."""

from __future__ import annotations

import json
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import Json, View
from bot.playground.shapes import view_shape

VIEW_BYTES = 250_000


def _content(call: Call) -> Json:
    view: Any = call.structured("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return view


def _modal(call: Call) -> Json:
    """A modal that is all right, so that a refused one does not use up the trigger."""
    content = _content(call)
    call.ground.screens.check(content, "modal")
    return content


def _answer(call: Call, view: View) -> Json:
    return {"view": view_shape(call.workspace, view)}


def _open(call: Call) -> Json:
    content = _modal(call)
    user = call.ground.triggers.exchange(call.needed("trigger_id"))
    return _answer(call, call.ground.screens.open(user, content))


def _push(call: Call) -> Json:
    content = _modal(call)
    user = call.ground.triggers.exchange(call.needed("trigger_id"))
    return _answer(call, call.ground.screens.push(user, content))


def _update(call: Call) -> Json:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id [json-pointer:/view_id]")
    return _answer(call, call.ground.screens.update(view_id, external_id, _content(call), call.text("hash")))


def _publish(call: Call) -> Json:
    user = call.person("user_id").id
    return _answer(call, call.ground.screens.publish(user, _content(call), call.text("hash")))


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
