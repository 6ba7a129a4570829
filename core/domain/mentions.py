"""Names of releases in what people write: candidates to be looked up, the most telling first."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS_READ = 80
WORDS_IN_A_NAME = 3
_APART = re.compile(r"[\s<>|`\"'“”«»,;()\[\]{}\u2018\u2019\u2066-\u2069]+")
_ENDS = ".:!?…*_~"


def possible_names(text: str) -> tuple[str, ...]:
    """What could be the name of a release in `text`: words, and neighbours joined by a blank or a hyphen.

    Only the first WORDS_READ words are read. Longer names come before the words they are made of, and those with a
    digit before those without.
    """
    words = list(filter(None, (word.strip(_ENDS) for word in _APART.split(text))))[:WORDS_READ]
    found = dict.fromkeys(_joined(words))
    return tuple(sorted(found, key=lambda name: not any(character.isdigit() for character in name)))


def _joined(words: list[str]) -> Iterator[str]:
    for place in range(len(words)):
        for length in range(min(WORDS_IN_A_NAME, len(words) - place), 0, -1):
            run = words[place : place + length]
            yield " ".join(run)
            if length == 2:
                yield "-".join(run)
