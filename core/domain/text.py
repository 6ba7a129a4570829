"""What names and free text may look like, for every door alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.errors import InvalidError

NAME_MAX = 100
TEXT_MAX = 10_000

_UNNAMEABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

# Letters, marks and symbols that show nothing: the rest of Unicode's Default_Ignorable_Code_Point, and blank Braille.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


_LOOK_ALIKE = {"Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Lisu", "Coptic"}


@lru_cache(maxsize=10_000)  # the same few names are read again with every look at a large group
def checked_name(value: str, field: str, limit: int = NAME_MAX) -> str:
    """Return `value` in NFC without blanks at its ends.

    Raises InvalidError where it is empty, longer than `limit` characters, or holds control, invisible or
    direction-changing characters, which let one name pass for another.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not name:
        raise InvalidError(f"{field} must not be empty", field=field)
    if len(name) > limit:
        raise InvalidError(f"{field} is {len(name)} characters long; at most {limit} are allowed", field=field)
    for place, character in enumerate(name):
        if unicodedata.category(character) in _UNNAMEABLE or _BLANK.match(character):
            message = f"{field} holds an invisible or control character at position {place + 1}"
            raise InvalidError(message, field=field, hint="Type it anew instead of pasting it.")
    return name


def require_one_alphabet(name: str, field: str) -> None:
    """Raise InvalidError where a word mixes alphabets whose letters look alike, so that it passes for another.

    For names that are given anew, not for those that are stored already. Words that borrow every letter from another
    alphabet cannot be told from a language (Unicode TS 39, whole-script confusables).
    """
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name)):
        found = {alphabet for alphabet in map(_alphabet, word) if alphabet in _LOOK_ALIKE}
        if len(found) > 1:
            mixed = " and ".join(sorted(found))
            message = f"{field} mixes {mixed} letters in {word[:40]!r}, so it could pass for another name"
            raise InvalidError(message, field=field, hint="Type it anew in one alphabet.")


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].capitalize()


def checked_text(value: str, field: str, *, required: bool = False, limit: int = TEXT_MAX) -> str:
    """Return `value` without blanks at its ends; line breaks and tabs may stay.

    Raises InvalidError where it is too long, holds control characters or broken Unicode, or is empty though required.
    """
    text = value.replace("\r\n", "\n").strip()
    if required and not text:
        raise InvalidError(f"{field} must not be empty", field=field, hint=f"Say in {field} why.")
    if len(text) > limit:
        raise InvalidError(f"{field} is {len(text)} characters long; at most {limit} are allowed", field=field)
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise InvalidError(f"{field} holds a control character or broken Unicode", field=field)
    return text


def name_key(name: str) -> str:
    """What makes two names the same: compatibility forms, letter case and the width of blanks do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
