"""The signed summary of a decision: what was decided, by whom, and how anybody can check it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.slack.ids import ActionId, PromotionValue
from bot.slack.views import parts
from bot.slack.views.kit import actions, built, button, context, header, section
from bot.slack.views.message import Message
from bot.slack.views.text import counted, in_line, moment, plain, quoted, safe
from core.app.proving import Inclusion
from core.app.reading import PromotionView
from core.domain.decision import Decision, decision_of
from core.domain.gate_result import blocking
from core.domain.promotion import Status
from core.evidence.envelope import EvidencePacket

_QUOTE = 800
_GATES = 1500


def summary(view: PromotionView, packet: EvidencePacket, logged: Inclusion) -> Message:
    """The summary of a decided promotion with its packet and its place in the log."""
    promotion = view.promotion
    text = (
        f"Signed decision: {parts.verdict(promotion)}, {in_line(promotion.release_name)} to "
        f"{in_line(promotion.target.name)}, {packet.content_hash}"
    )
    return Message(text, built(_blocks(view, packet, logged)))


def _blocks(view: PromotionView, packet: EvidencePacket, logged: Inclusion) -> Iterator[Block]:
    promotion = view.promotion
    allowed = decision_of(promotion) is Decision.ALLOW
    yield header(plain(f"Signed decision: {parts.heading(promotion)}", 150))
    denied = ":x: *Denied*" if promotion.status is Status.REJECTED else ":white_circle: *Not approved*"
    icon = ":white_check_mark: *Allowed*" if allowed else denied
    at = f", {moment(promotion.decided_at)}" if promotion.decided_at else ""
    yield section(f"{icon}: {parts.verdict(promotion)} by {parts.by_whom(promotion)}{at}")
    if promotion.close_comment:
        yield section(quoted(promotion.close_comment, _QUOTE))
    yield section(parts.asked_by(promotion))
    if promotion.gates:
        yield section(f"*Gates*: {_gates(view)}")
    if promotion.votes:
        yield section(f"*Votes*\n{parts.vote_rows(promotion.votes)}")
    yield section(f"*Content hash*\n`{safe(packet.content_hash)}`\n*Signing key*\n`{in_line(packet.signer_key_ref)}`")
    yield section(
        f"*Transparency log*\nleaf {logged.index}, with the root hash at {counted(logged.size, 'entry', 'entries')}\n"
        f"`{base64.b64encode(logged.root).decode()}`"
    )
    yield context(_HOW_TO_VERIFY)
    yield actions(
        button(
            "Files for other tools",
            ActionId.EXPORTS,
            PromotionValue(promotion_id=promotion.id),
            spoken=f"Evidence of {promotion.release_name} to {promotion.target.name}: files for other tools",
        )
    )


def _gates(view: PromotionView) -> str:
    gates = view.promotion.gates
    if all(gate.passed for gate in gates):
        return f"all {len(gates)} passed" if len(gates) > 1 else f"{in_line(gates[0].gate_name)} passed"
    held = len(blocking(gates))
    short = f"{sum(g.passed for g in gates)} of {len(gates)} passed" + (f", {held} blocking" if held else "")
    return f"{short}\n{parts.gate_rows(tuple(g for g in gates if not g.passed), _GATES)}"


_HOW_TO_VERIFY = (
    "Anybody can check this: save the packet from the thread and run `countersign verify FILE`. Without Countersign: "
    "what is signed is the value of `content` as it stands in the file, the signature is base64, and "
    "`openssl dgst -sha256 -verify key.pem -signature signature.der content` checks it."
)
