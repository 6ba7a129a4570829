"""Random changes to evidence, proofs and checkpoints; and what the verifiers make of them."""

from __future__ import annotations

import random


def mutated(source: bytes, chance: random.Random) -> bytes:
    """The same with one thing changed: a bit, a byte more, less or elsewhere, an end cut off."""
    place, other = chance.randrange(len(source)), chance.randrange(len(source))
    match chance.randrange(5):
        case 0:
            return source[:place] + bytes([source[place] ^ (1 << chance.randrange(8))]) + source[place + 1 :]
        case 1:
            return source[:place] + source[place + 1 :]
        case 2:
            return source[:place] + bytes([chance.randrange(256)]) + source[place:]
        case 3:
            return source[:place]
        case _:
            low, high = sorted((place, other))
            swapped = source[high : high + 1] + source[low + 1 : high] + source[low : low + 1]
            return source[:low] + (swapped if low < high else source[low : low + 1]) + source[high + 1 :]
