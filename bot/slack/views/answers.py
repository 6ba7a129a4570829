"""Short answers to what somebody has just done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.slack.views import parts
from bot.slack.views.ahead import deferred_words, forecast_words
from bot.slack.views.details_modal import evidence_words
from bot.slack.views.kit import built, modal, section
from bot.slack.views.message import Message
from bot.slack.views.request_modal import preview_words
from bot.slack.views.text import FALLBACK, cut_mrkdwn, in_line, listed, safe
from core.app.asking import Reminded
from core.app.evaluating import GatesPreview
from core.app.reading import PromotionView
from core.domain.people import Person
from core.domain.promotion import Promotion
from core.evidence.envelope import EvidencePacket


def answer(text: str) -> Message:
    """A message of one paragraph of our own words."""
    return Message(cut_mrkdwn(text, FALLBACK), built([section(text)]))


def requested(promotion: Promotion, channel: str) -> Message:
    """It is stored; what happens next."""
    return answer(_requested(promotion, channel))


def requested_modal(promotion: Promotion, channel: str) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Requested", [section(_requested(promotion, channel))])


def _requested(promotion: Promotion, channel: str) -> str:
    where = f" The card in {_channel(channel)} shows how it goes." if channel else ""
    return f"Requested {parts.subject(promotion)}. The gates are being checked.{where}"


def _channel(channel: str) -> str:
    """A channel by id as Slack links it, by name as it was written."""
    return in_line(channel) if channel.startswith("#") else f"<#{in_line(channel)}>"


def done(view: PromotionView, verb: str) -> Message:
    """What a deed did: `verb` is approved, rejected or cancelled."""
    promotion = view.promotion
    then = parts.progress(view) if promotion.is_open else parts.decided_words(promotion)
    return answer(f"You {verb} {parts.subject(promotion)}. {then}")


def previewed(release: str, environment: str, found: GatesPreview) -> Message:
    """What the gates would say, and when they will pass; nothing is stored."""
    later = forecast_words(found.gates, found.earliest_passing_at)
    return answer(f"*{in_line(release)}* to *{in_line(environment)}*\n{preview_words(found.gates)}{later}")


def deferred(promotion: Promotion) -> Message:
    """When approvers will be asked."""
    return answer(deferred_words(promotion))


def lifted(promotion: Promotion) -> Message:
    """The freeze is lifted, and what that did."""
    return answer(f"Lifted the freeze for {parts.subject(promotion)}. {parts.status_words(promotion)}.")


def asked(promotion: Promotion) -> Message:
    """The question is on its way."""
    who = in_line(promotion.requested_by.name)
    return answer(f"Asked {who} about {parts.subject(promotion)}; the question goes into the card's thread.")


def reminded(promotion: Promotion, told: Reminded) -> Message:
    """Who is told again, and who only when the own quiet hours are over."""
    rows = []
    if now := [person for person in told.people if person not in told.held]:
        rows.append(f"{_names(now)} will be reminded of {parts.subject(promotion)}.")
    if told.held:
        peace = "has" if len(told.held) == 1 else "have"
        what = "" if now else f" of {parts.subject(promotion)}"
        rows.append(f"{_names(told.held)} {peace} quiet hours now: the reminder{what} comes when they are over.")
    return answer(" ".join(rows))


def _names(people: Iterable[Person]) -> str:
    return listed((in_line(person.name) for person in people), parts.NAMES_SHOWN)


def shared(promotion: Promotion) -> Message:
    """Which files come into the thread."""
    return answer(
        f"{parts.subject(promotion)}: the evidence for other tools comes into the thread of the signed summary, as an "
        "in-toto statement in a DSSE envelope and as a Sigstore bundle. `countersign verify FILE` checks these as well."
    )


def evidence(view: PromotionView, packet: EvidencePacket, link: str = "") -> Message:
    """What names the evidence, where the packet is (`link`: the signed summary), and how to check it."""
    promotion = view.promotion
    file = f"in the thread of <{safe(link)}|the signed summary>" if link else "in the thread of the signed summary"
    return answer(
        f"{parts.subject(promotion)}: {parts.verdict(promotion)}\n{evidence_words(packet)}\n"
        f"Signature `{safe(packet.signature)}`\n"
        f"The packet is a file {file}, and the answer of "
        f"`GET /api/v1/promotions/{promotion.id}/evidence`. `countersign verify FILE` checks it."
    )
