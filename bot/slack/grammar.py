"""What can be typed behind a slash command.

    /promote                                            the form
    /promote RELEASE [to] ENVIRONMENT [REASON...]
    /promotions [mine] [open | all | STATUS...]
    /promotions show | evidence            PROMOTION
    /promotions approve | cancel           PROMOTION [WORDS...]
    /promotions reject                     PROMOTION REASON...
    /promotions ask                        PROMOTION QUESTION...
    /promotions remind                     PROMOTION
    /promotions defer                      PROMOTION
    /promotions lift-freeze                PROMOTION SPAN REASON...
    /promotions preview                    RELEASE [to] ENVIRONMENT
    /approvals                                          what waits for me
    ... help

PROMOTION is an id, or RELEASE [to] ENVIRONMENT. Names with blanks go into quotes, straight or curly; letter case does
not count.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from bot.slack.ids import ListValue
from core.domain.promotion import OPEN, Status

_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_WORD = re.compile(r'\s*(?:"([^"]*)"|(\S+))')
_SPAN = re.compile(r"([0-9]{1,4})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class Verb(StrEnum):
    """What `/promotions` does besides listing."""

    SHOW = "show"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    EVIDENCE = "evidence"
    ASK = "ask"
    REMIND = "remind"
    DEFER = "defer"
    LIFT_FREEZE = "lift-freeze"
    PREVIEW = "preview"


class UsageError(Exception):
    """Not understood; `examples` would be."""

    def __init__(self, problem: str, *examples: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.examples = examples


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody asks what can be typed."""


@dataclass(frozen=True, slots=True)
class Names:
    """A release and an environment by name."""

    release: str
    environment: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb about one promotion, with the words that follow; `span` is for how long."""

    verb: Verb
    subject: Names | UUID
    words: str = ""
    span: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a promotion."""

    names: Names
    reason: str = ""


class Reader:
    """Takes words from the front of what was typed. Slack writes `&`, `<` and `>` as entities."""

    def __init__(self, text: str) -> None:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
        self._text = text
        self._at = 0

    def peek(self) -> str:
        """The next word in lower case; empty at the end."""
        at = self._at
        word = self.word()
        self._at = at
        return word.lower()

    def word(self) -> str:
        """Take the next word, or what stands in quotes; empty at the end."""
        found = _WORD.match(self._text.translate(_CURLY), self._at)
        if found is None:
            return ""
        self._at = found.end()
        return (found[1] if found[1] is not None else found[2]).strip()

    def rest(self) -> str:
        """Take all that is left, as it was typed."""
        rest = self._text[self._at :].strip()
        self._at = len(self._text)
        return rest


def read_promote(text: str) -> Ask | Help | None:
    """Read `/promote`; None asks for the form. Raises UsageError."""
    if not text.strip():
        return None
    reader = Reader(text)
    if reader.peek() == "help":
        return Help()
    names = _names(reader, "/promote {names}")
    return Ask(names, reader.rest())


def read_promotions(text: str) -> ListValue | Deed | Help:
    """Read `/promotions`. Raises UsageError."""
    reader = Reader(text)
    first = reader.peek()
    if first == "help":
        return Help()
    if first in {verb.value for verb in Verb}:
        reader.word()
        return _deed(Verb(first), reader)
    return _listing(reader)


def _deed(verb: Verb, reader: Reader) -> Deed:
    pattern = f"/promotions {verb.value} {{names}}"
    subject = _names(reader, pattern) if verb is Verb.PREVIEW else _subject(reader, pattern)
    span = _span(reader, pattern, subject) if verb is Verb.LIFT_FREEZE else None
    words = reader.rest()
    if verb is Verb.LIFT_FREEZE and not words:
        raise UsageError("An emergency needs a reason.", f"{pattern.format(names=_typed(subject))} 4h the shop is down")
    if verb is Verb.REJECT and not words:
        raise UsageError("A rejection needs a reason.", f"{pattern.format(names=_typed(subject))} not on a Friday")
    if verb is Verb.ASK and not words:
        raise UsageError("What do you want to ask?", f"{pattern.format(names=_typed(subject))} is the database ready?")
    return Deed(verb, subject, words, span)


def _span(reader: Reader, pattern: str, subject: Names | UUID) -> timedelta:
    """For how long, such as `4h`."""
    typed = _SPAN.fullmatch(reader.word().lower())
    span = timedelta(**{_UNITS[typed[2]]: int(typed[1])}) if typed else timedelta()
    if not span:
        example = f"{pattern.format(names=_typed(subject))} 4h the shop is down"
        raise UsageError("For how long? Such as 30m, 4h or 2d.", example)
    return span


def _typed(subject: Names | UUID) -> str:
    if isinstance(subject, UUID):
        return str(subject)
    return " to ".join(f'"{name}"' if " " in name else name for name in (subject.release, subject.environment))


def _subject(reader: Reader, pattern: str) -> Names | UUID:
    try:
        promotion_id = UUID(reader.peek())
    except ValueError:
        return _names(reader, pattern)
    reader.word()
    return promotion_id


def _names(reader: Reader, pattern: str) -> Names:
    release = reader.word()
    if reader.peek() == "to":
        reader.word()
    environment = reader.word()
    if release and environment:
        return Names(release, environment)
    missing = "which environment" if release else "which release and which environment"
    name = f'"{release}"' if " " in release else release
    raise UsageError(f"Please say {missing}.", pattern.format(names=f"{name or 'shop-1.4.2'} to production"))


def _listing(reader: Reader) -> ListValue:
    mine, statuses, everything = False, set[Status](), False
    while typed := reader.word():
        word = typed.lower().replace("-", "_").rstrip(",")
        if word == "mine":
            mine = True
        elif word == "open":
            statuses |= OPEN
        elif word == "all":
            everything = True
        elif word in set(Status):
            statuses.add(Status(word))
        else:
            raise _unknown(typed)
    if not statuses and not mine and not everything:
        statuses = set(OPEN)
    return ListValue(mine=mine, statuses=tuple(status for status in Status if status in statuses))


def _unknown(typed: str) -> UsageError:
    known = [*Verb, "mine", "open", "all", *Status, "help"]
    near = near_misses(typed, known) or ["open", "mine", "all"]
    return UsageError(
        f"I don't know “{typed[:60]}” here. Did you mean one of these?", *(f"/promotions {w}" for w in near)
    )


def near_misses(typed: str, known: Sequence[str]) -> list[str]:
    """The names that look like what was typed, the nearest first; then those that hold it, in their order."""
    by_key = {name.casefold(): name for name in known}
    wanted = typed.casefold()
    near = difflib.get_close_matches(wanted, by_key, n=3, cutoff=0.6)
    holding = [key for key in by_key if wanted in key and key not in near]
    return [by_key[key] for key in (*near, *holding)][:3]
