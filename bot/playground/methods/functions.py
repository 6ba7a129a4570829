"""functions.*: the app answers a custom step of a workflow."""

from __future__ import annotations

from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import Json


def _complete_success(call: Call) -> Json:
    outputs = call.structured("outputs")
    if not isinstance(outputs, dict):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: outputs [json-pointer:/outputs]")
    call.ground.workflows.complete(call.needed("function_execution_id"), outputs)
    return {}


def _complete_error(call: Call) -> Json:
    error = call.needed("error")
    call.ground.workflows.fail(call.needed("function_execution_id"), error)
    return {}


METHODS = {
    "functions.completeSuccess": Method(_complete_success),
    "functions.completeError": Method(_complete_error),
}
