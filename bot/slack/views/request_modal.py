"""The modal that asks for a promotion, and shows at once what the gates would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, Option

from bot.slack.ids import ActionId, DialogId
from bot.slack.views import parts
from bot.slack.views.kit import choice, context, divider, modal, section, text_input, type_ahead
from bot.slack.views.text import counted, in_line, rows_within
from core.app.reading import EnvironmentView
from core.domain.environment import Environment
from core.domain.gate_result import GateResult, blocking
from core.domain.policy import DEFAULT_POLICY
from core.domain.release import Release

TITLE = "Request a promotion"
_WHY = "Why now? Approvers read this, and it stands in the record."
_GATES = 1800


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known once release and environment are chosen."""

    gates: tuple[GateResult, ...]
    target: EnvironmentView


def request_modal(
    release: Release | None = None, environment: Environment | None = None, preview: Preview | None = None
) -> dict[str, Any]:
    """The modal, with what has been chosen so far."""
    release_chosen = release_choice(release) if release else None
    environment_chosen = environment_choice(environment) if environment else None
    blocks = [
        type_ahead(ActionId.RELEASE, "Release", "Type a part of its name", release_chosen),
        type_ahead(ActionId.ENVIRONMENT, "To", "Choose an environment", environment_chosen),
        text_input(ActionId.REASON, "Reason", optional=True, placeholder=_WHY),
        *(_preview(preview) if preview else [context("Choose both to see what the gates say now.")]),
    ]
    return modal(TITLE, blocks, dialog=DialogId.REQUEST, submit="Request", close="Cancel")


def release_choice(release: Release) -> Option:
    """A release in a menu."""
    return choice(release.name, str(release.id))


def environment_choice(environment: Environment) -> Option:
    """An environment in a menu."""
    return choice(environment.name, str(environment.id))


def _preview(preview: Preview) -> Iterator[Block]:
    yield divider()
    yield section(preview_words(preview.gates))
    target = preview.target
    rows = [
        f"*{policy.required_approvals}* from {parts.groups(policy)} ({in_line(policy.name)})"
        for policy in target.policies or (DEFAULT_POLICY,)
    ]
    yield section("*Approvals needed*\n" + rows_within(rows, 2000, "policies"))
    newest = in_line(target.current.name) if target.current else "nothing that I know of"
    yield context(f"Last deployed to {in_line(target.environment.name)}: {newest}")


def preview_words(gates: tuple[GateResult, ...]) -> str:
    """What the gates would say now."""
    if not gates:
        return "*No gates*"
    held = len(blocking(gates))
    lead = f"*{held} of {counted(len(gates), 'gate')} would block now*" if held else "*The gates would pass now*"
    return f"{lead}\n{parts.gate_rows(gates, _GATES)}"
