"""Everything about one promotion: the whole reason, what gates saw, policies, artifacts, history, evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.slack.views import findings, parts
from bot.slack.views.ahead import outlook_words
from bot.slack.views.card import approvals
from bot.slack.views.glance import artifact_rows, what_changes
from bot.slack.views.kit import built, context, divider, header, modal, section
from bot.slack.views.message import Message
from bot.slack.views.text import MARK, counted, cut, cut_mrkdwn, in_line, moment, pieces, rows_within, safe
from bot.slack.views.thread import history_entry
from core.app.reading import PromotionView
from core.domain.events import Event
from core.domain.gate_result import GateResult
from core.domain.policy import ApprovalPolicy
from core.domain.promotion import Promotion
from core.evidence.envelope import EvidencePacket

_PIECE = 2900
_GATES_SHOWN = 15
_EVENTS_SHOWN = 20
_ARTIFACTS_SHOWN = 10
_EVENT = 1500


@dataclass(frozen=True, slots=True)
class Details:
    """What there is to show: the promotion, all that happened to it, and the packet once it is decided."""

    view: PromotionView
    history: tuple[Event, ...] = ()
    packet: EvidencePacket | None = None


def details_modal(found: Details) -> dict[str, Any]:
    """The details as a modal."""
    return modal("Promotion", _blocks(found))


def details_message(found: Details) -> Message:
    """The details as a message that only the asker sees."""
    return Message(parts.sentence(found.view.promotion), built(_blocks(found)))


def _blocks(found: Details) -> Iterator[Block]:
    promotion = found.view.promotion
    yield header(parts.heading(promotion))
    yield section(parts.status_line(promotion))
    yield section(parts.asked_by(promotion))
    yield from _whole("Reason", promotion.reason)
    yield from _whole("Why it was closed", promotion.close_comment)
    if told := parts.deployment(promotion):
        yield section(told)
    yield section(approvals(found.view, dated=True))
    yield from _gates(promotion)
    if told := outlook_words(promotion):
        yield section(told)
    yield section(_policies(promotion))
    yield section(_release(found.view))
    if found.packet:
        yield section(evidence_words(found.packet))
    yield from _history(found.history)
    yield context(f"Promotion `{promotion.id}`")


def _whole(title: str, text: str) -> Iterator[Block]:
    """All of a long text, in as many sections as it takes."""
    for number, piece in enumerate(pieces(text, _PIECE)):
        yield section(f"*{title}*\n{piece}" if number == 0 else piece)


def _gates(promotion: Promotion) -> Iterator[Block]:
    if not promotion.gates:
        return
    yield divider()
    looked = f" (looked at {moment(promotion.evaluated_at)})" if promotion.evaluated_at else ""
    yield section(f"*Gates*{looked}")
    for gate in promotion.gates[:_GATES_SHOWN]:
        yield section(f"{parts.gate_rows((gate,), 1500)}\n{_saw(gate)}")
        for title, rows in findings.told(gate):
            yield section(f"*{title}*\n{rows}")
    if rest := promotion.gates[_GATES_SHOWN:]:
        yield section(parts.gate_rows(rest))


def _saw(gate: GateResult) -> str:
    """What the gate looked at, as it stands in the record."""
    facts = {name: value for name, value in gate.details.items() if name not in findings.TOLD}
    rows = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items())
    return "```" + safe(cut("\n".join(rows), 1200).replace("`", "'"), 1400) + "```" if facts else ""


def _policies(promotion: Promotion) -> str:
    """Under which terms it was requested; later edits of a policy do not touch it."""
    separated = "on: the requester may not approve" if promotion.separation_of_duties else "off"
    rows = [_policy(policy) for policy in promotion.policies]
    return f"*Policies*, as they were when it was requested\n{rows_within(rows, _PIECE - 200, 'policies')}\n" + (
        f"Separation of duties is {separated}"
    )


def _policy(policy: ApprovalPolicy) -> str:
    hours = f", expires after {counted(policy.auto_expire_hours, 'hour')}" if policy.auto_expire_hours else ""
    needed = counted(policy.required_approvals, "approval")
    wanted = f"{needed} from {parts.groups(policy)}" if policy.required_approvals else "gates alone decide"
    return f"• {in_line(policy.name)}: {wanted}{hours} `{policy.digest[:19]}…`"


def _release(view: PromotionView) -> str:
    release = view.release
    rows = [f"{in_line(a.name, 120)}  `{safe(a.digest[:19])}…`" for a in release.artifacts[:_ARTIFACTS_SHOWN]]
    if len(release.artifacts) > _ARTIFACTS_SHOWN:
        rows.append(f"… and {len(release.artifacts) - _ARTIFACTS_SHOWN} more artifacts")
    lead = f"*Release* {in_line(release.name)} ({in_line(release.component)} {in_line(release.version)})"
    if release.source_ref:
        rows.insert(0, f"From {in_line(release.source_ref, 500)}")
    changes = [what_changes(view)]
    if view.current:
        changes.append(artifact_rows(view.current, release, 5))
    return "\n".join([lead, *changes, *rows])


def evidence_words(packet: EvidencePacket) -> str:
    """What names and vouches for the evidence."""
    return (
        f"*Evidence* signed {moment(packet.generated_at)}\n"
        f"Content hash `{safe(packet.content_hash)}`\nSigning key `{in_line(packet.signer_key_ref)}`"
    )


def _history(history: tuple[Event, ...]) -> Iterator[Block]:
    told = [(event, entry) for event in history if (entry := history_entry(event))]
    if not told:
        return
    yield divider()
    left_out = len(told) - _EVENTS_SHOWN
    yield section("*History*" + (f" ({MARK} and {left_out} earlier events)" if left_out > 0 else ""))
    for event, entry in told[-_EVENTS_SHOWN:]:
        yield section(cut_mrkdwn(f"{moment(event.at)}  {entry.blocks[0]['text']['text']}", _EVENT))
