"""The demo's Workflow Builder: our custom steps, and a workflow that somebody has built of them."""

from __future__ import annotations

from bot.playground import FieldSeed, FunctionSeed, ParameterSeed, StepSeed, WorkflowSeed

_USER_CONTEXT = "slack#/types/user_context"

FUNCTIONS = (
    FunctionSeed(
        "request_promotion",
        "Request a promotion",
        "Ask for a release to go to an environment, in the name of the person who uses the workflow",
        inputs=(
            ParameterSeed("requester", "Who asks", _USER_CONTEXT),
            ParameterSeed("release", "Release"),
            ParameterSeed("environment", "Environment"),
            ParameterSeed("reason", "Reason", required=False),
        ),
        outputs=(
            ParameterSeed("promotion_id", "Promotion"),
            ParameterSeed("card_link", "Link to the card", required=False),
            ParameterSeed("status", "Status"),
            ParameterSeed("release", "Release"),
            ParameterSeed("environment", "Environment"),
            ParameterSeed("requester", "Requested by", "slack#/types/user_id", required=False),
        ),
    ),
    FunctionSeed(
        "wait_for_decision",
        "Wait for its decision",
        "Go on when a promotion is approved, rejected, cancelled or has expired",
        inputs=(ParameterSeed("promotion_id", "Promotion"),),
        outputs=(
            ParameterSeed("decision", "Decision"),
            ParameterSeed("status", "Status"),
            ParameterSeed("decided_by", "Decided by"),
            ParameterSeed("decided_at", "Decided at", "slack#/types/timestamp"),
            ParameterSeed("reason", "Reason", required=False),
            ParameterSeed("evidence_hash", "Evidence"),
            ParameterSeed("release", "Release"),
            ParameterSeed("environment", "Environment"),
        ),
    ),
)

_DECIDED = (
    "*{{2.release}}* to *{{2.environment}}*: {{2.decision}} ({{2.status}}), decided by {{2.decided_by}} "
    "<!date^{{2.decided_at}}^{date_short_pretty} at {time}|then>. {{2.reason}}"
)

WORKFLOWS = (
    WorkflowSeed(
        "Wf0SHIPIT",
        "Ship a release",
        "Asks for a promotion, waits until it is decided, and says in #random what was decided.",
        form=(
            FieldSeed("release", "Which release?", placeholder="shop-2.3.1"),
            FieldSeed("environment", "Where should it go?", choices=("staging", "production")),
            FieldSeed("reason", "Why?", long=True, optional=True),
        ),
        steps=(
            StepSeed(
                "function",
                "request_promotion",
                {"release": "{{form.release}}", "environment": "{{form.environment}}", "reason": "{{form.reason}}"},
            ),
            StepSeed("function", "wait_for_decision", {"promotion_id": "{{1.promotion_id}}"}),
            StepSeed("message", inputs={"channel": "#random", "text": _DECIDED}),
        ),
    ),
)
