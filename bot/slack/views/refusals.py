"""What cannot be done, in short and kind words: why, and what would work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.slack.ids import ActionId, CommandName, PromotionValue
from bot.slack.views.kit import actions, built, button, modal, section
from bot.slack.views.message import Message
from bot.slack.views.text import FALLBACK, cut_mrkdwn, in_line, listed, moment, rows_within, safe
from core.domain.promotion import Status
from core.errors import (
    AlreadyDecidedError,
    AlreadyVotedError,
    DomainError,
    GatesBlockedError,
    MembershipUnknownError,
    NotFoundError,
    OutcomeUnknownError,
    PromotionAlreadyOpenError,
    SigningUnavailableError,
    UnavailableError,
)

_WORDS = 1200


def refusal(error: DomainError) -> Message:
    """A refusal as a message that only the asker sees."""
    text = refusal_words(error)
    blocks = [section(text)]
    if isinstance(error, PromotionAlreadyOpenError) and "promotionId" in error.params:
        value = PromotionValue(promotion_id=error.params["promotionId"])
        blocks.append(actions(button("Show it", ActionId.DETAILS, value)))
    return Message(cut_mrkdwn(text, FALLBACK), built(blocks))


def refusal_modal(title: str, error: DomainError) -> dict[str, Any]:
    """A refusal in place of the modal that was submitted."""
    return modal(title, [section(refusal_words(error))])


_TOLD_AS_THEY_ARE = (MembershipUnknownError, SigningUnavailableError)


def refusal_words(error: DomainError) -> str:
    """Why, and what would work."""
    why = _why(error)
    hint = safe(error.hint, _WORDS)
    suggestions = error.params.get("suggestions") or ()
    if suggestions:
        hint = f"Did you mean {listed((f'*{in_line(str(each))}*' for each in suggestions), 3, 'or')}?"
    return f"{why}\n{hint}" if hint else why


def _why(error: DomainError) -> str:
    message = _ended(safe(error.message, _WORDS))
    if isinstance(error, AlreadyVotedError):
        return f"Your vote is already recorded, and one vote is all it takes from you. {message}"
    if isinstance(error, AlreadyDecidedError):
        return _already_decided(error) or message
    if isinstance(error, GatesBlockedError):
        return _blocked(error)
    if isinstance(error, OutcomeUnknownError):
        return "I lost the database while it stored this. It may be stored all the same: look before you try again."
    if isinstance(error, UnavailableError) and not isinstance(error, _TOLD_AS_THEY_ARE):
        return "I cannot reach what I need right now. Nothing was stored; please try again in a moment."
    return _missing(error) or message


def _missing(error: DomainError) -> str:
    """What is not there, by the name that was typed, or the role that the reader does not have."""
    kind, wanted, role = (in_line(str(error.params.get(name, ""))) for name in ("kind", "wanted", "missingRole"))
    if isinstance(error, NotFoundError) and wanted:
        return f"I know no {kind} called *{wanted}*."
    return f"You need the role *{role}* for this, and do not have it." if role else ""


def _already_decided(error: AlreadyDecidedError) -> str:
    """The same as the error says, with the time in the reader's zone."""
    try:
        at = moment(datetime.fromisoformat(error.params["decidedAt"]))
    except (KeyError, TypeError, ValueError):
        return ""
    status, by = str(error.params.get("status", "decided")), in_line(str(error.params.get("decidedBy", "")))
    if status not in {Status.REJECTED, Status.CANCELLED}:
        status = "approved"  # whatever a deployment has done since, this is what they decided
    words = {"expired": "It expired", "superseded": "It was superseded by a newer release"}
    how = words.get(str(error.params.get("closeReason")), f"It is already {in_line(status)}, by {by}")
    return f"{how}, {at}. Nothing was changed."


def _blocked(error: GatesBlockedError) -> str:
    gates = [gate for gate in error.params.get("gates", ()) if gate.get("blocking")]
    rows = (f":no_entry: *{in_line(gate['gateName'], 120)}*: {in_line(gate['message'])}" for gate in gates)
    return "A gate blocks this now:\n" + rows_within(rows, _WORDS, "gates")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


def unknown_person(error: DomainError, team: str, user: str) -> Message:
    """To somebody we do not know: whom to ask, and what to tell them."""
    text = (
        f"{_ended(safe(error.message, _WORDS))} {safe(error.hint, _WORDS)}\n"
        f"They need your workspace id `{safe(team, 40)}` and your user id `{safe(user, 40)}`."
    )
    return Message(cut_mrkdwn(text, FALLBACK), built([section(text)]))


def dialog_did_not_open(typed: str) -> Message:
    """Slack lets a dialog open within three seconds only; typing always works."""
    text = f"Slack did not open the dialog in time. Please try again, or type it:\n`{safe(typed, 300)}`"
    return Message(cut_mrkdwn(text, FALLBACK), built([section(text)]))


def too_fast(seconds: int) -> Message:
    """More than one person's share at once; everybody else goes on meanwhile."""
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    text = f"That was faster than I can follow, so I did not do it. Please wait {wait} and try again."
    return Message(text, built([section(text)]))


def unexpected(reference: str) -> Message:
    """Something broke; the reference finds it in the log."""
    text = (
        f"Something went wrong here, reference `{safe(reference, 80)}`. Please try again; if it stays, tell an admin."
    )
    return Message(cut_mrkdwn(text, FALLBACK), built([section(text)]))


def usage(problem: str, examples: tuple[str, ...]) -> Message:
    """A command that was not understood, with lines that would be."""
    rows = "\n".join(f"• `{safe(each, 200)}`" for each in examples)
    text = f"{safe(problem, _WORDS)}\n{rows}\nMore: `{CommandName.PROMOTIONS} help`"
    return Message(cut_mrkdwn(text, FALLBACK), built([section(text)]))
