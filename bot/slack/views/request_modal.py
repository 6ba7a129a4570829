"""The modal that asks for a promotion, and shows at once what the request would meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, Option

from bot.slack.ids import ActionId, DialogId
from bot.slack.views import parts
from bot.slack.views.ahead import forecast_words
from bot.slack.views.kit import choice, context, divider, modal, section, text_input, type_ahead
from bot.slack.views.refusals import refusal_words
from bot.slack.views.text import counted, in_line, listed, moment, rows_within, safe
from core.app.preparing import RequestPreview
from core.domain.environment import Environment
from core.domain.gate_result import GateResult, blocking
from core.domain.policy import ApprovalPolicy
from core.domain.release import Release

TITLE = "Request a promotion"
APPROVERS_SHOWN = 10
_WHY = "Why now? Approvers read this, and it stands in the record."
_GATES = 1800


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form as far as it is filled in: `preview` once an environment is chosen; `note` is a word above it all."""

    release: Release | None = None
    preview: RequestPreview | None = None
    card_link: str = ""
    note: str = ""


def request_modal(form: RequestForm | None = None) -> dict[str, Any]:
    """The modal, with what has been chosen so far."""
    return modal(TITLE, _blocks(form or RequestForm()), dialog=DialogId.REQUEST, submit="Request", close="Cancel")


def release_choice(release: Release) -> Option:
    """A release in a menu."""
    return choice(release.name, str(release.id))


def environment_choice(environment: Environment) -> Option:
    """An environment in a menu."""
    return choice(environment.name, str(environment.id))


def _blocks(form: RequestForm) -> Iterator[Block]:
    if form.note:
        yield context(form.note)
    release_chosen = release_choice(form.release) if form.release else None
    environment_chosen = environment_choice(form.preview.target) if form.preview else None
    yield type_ahead(ActionId.RELEASE, "Release", "Type a part of its name", release_chosen)
    yield type_ahead(ActionId.ENVIRONMENT, "To", "Choose an environment", environment_chosen)
    yield text_input(ActionId.REASON, "Reason", optional=True, placeholder=_WHY)
    if form.preview:
        yield from _preview(form.preview, form.card_link)
    if not form.release or not form.preview:
        yield context("Choose both to see what the gates say now.")


def _preview(preview: RequestPreview, card_link: str) -> Iterator[Block]:
    yield divider()
    if preview.refusal:
        yield section(f":no_entry: {refusal_words(preview.refusal)}")
    if preview.already_open:
        yield section(_already_open(preview, card_link))
    if preview.release:
        yield section(preview_words(preview.gates) + forecast_words(preview.gates, preview.passes_at))
    rows = (_policy(policy) for policy in preview.policies)
    yield section("*Approvals needed*\n" + rows_within(rows, 2000, "policies"))
    yield section(_who(preview))
    yield context(_runs(preview))


def _already_open(preview: RequestPreview, card_link: str) -> str:
    promotion = preview.already_open
    if promotion is None:
        return ""
    link = f" <{safe(card_link)}|Open its card>" if card_link else ""
    status = in_line(parts.status_words(promotion)).lower()
    return f":warning: *Already open*: {parts.subject(promotion)}, {status}.{link}"


def _policy(policy: ApprovalPolicy) -> str:
    if not policy.required_approvals:
        return f"• None: gates alone decide ({in_line(policy.name)})"
    hours = policy.auto_expire_hours
    within = f", within {counted(hours, 'hour')}" if hours else ""
    return f"• *{policy.required_approvals}* from {parts.groups(policy)}{within} ({in_line(policy.name)})"


def _who(preview: RequestPreview) -> str:
    names = listed((in_line(person.name, 100) for person in preview.approvers), APPROVERS_SHOWN)
    needed = any(policy.required_approvals for policy in preview.policies)
    rule = "\nNot you: whoever asks may not approve (separation of duties)."
    separated = rule if preview.separation_of_duties else ""
    if not needed:
        return "*Who may approve*: nobody has to"
    if not names:
        return f"*Who may approve*: nobody can now. Ask an administrator to add people to the groups.{separated}"
    return f"*Who may approve*: {names}{separated}"


def _runs(preview: RequestPreview) -> str:
    target = in_line(preview.target.name)
    if preview.current is None:
        return f"{target} runs nothing that I know of now"
    since = f", since {moment(preview.since)}" if preview.since else ""
    return f"{target} runs {in_line(preview.current.name)} now{since}"


def preview_words(gates: tuple[GateResult, ...]) -> str:
    """What the gates would say now."""
    if not gates:
        return "*No gates*"
    held = len(blocking(gates))
    lead = f"*{held} of {counted(len(gates), 'gate')} would block now*" if held else "*The gates would pass now*"
    return f"{lead}\n{parts.gate_rows(gates, _GATES)}"
