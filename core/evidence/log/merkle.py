"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: hashes, proofs, and what a proof proves.

Whoever keeps the tree keeps the hash of each perfect subtree (`Node`): those never change once their leaves are there,
and every proof for every tree size is put together from a few of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

Span = tuple[int, int]
"""Leaves from the first number up to, and without, the second."""


class Node(NamedTuple):
    """The perfect subtree over the leaves from `position * 2**level` to just before `(position + 1) * 2**level`."""

    level: int
    position: int


Nodes = Callable[[Sequence[Node]], Mapping[Node, bytes]]
"""Where the hashes of perfect subtrees are kept; all that are asked for at once."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree that can grow: how many leaves it has, and its perfect subtrees from left to right, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaf: bytes) -> tuple[Frontier, tuple[tuple[Node, bytes], ...]]:
        """Add the hash of one leaf; return the larger tree and the subtrees that it completes, smallest first."""
        peaks, completed = list(self.peaks), [(Node(0, self.size), leaf)]
        level, index, current = 0, self.size, leaf
        while index % 2:
            current = node_hash(peaks.pop(), current)
            level, index = level + 1, index // 2
            completed.append((Node(level, index), current))
        return Frontier(self.size + 1, (*peaks, current)), tuple(completed)

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        return folded(self.peaks) if self.peaks else EMPTY_ROOT


EMPTY = Frontier()
"""The tree before its first leaf."""


def folded(peaks: Sequence[bytes]) -> bytes:
    """Return the hash over adjacent subtrees that become smaller from left to right."""
    *others, current = peaks
    for peak in reversed(others):
        current = node_hash(peak, current)
    return current


def covering(span: Span) -> Iterator[Node]:
    """The perfect subtrees over these leaves, from left to right."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield Node(level, start >> level)
        start += 1 << level


def hashes_of(spans: Iterable[Span], nodes: Nodes) -> tuple[bytes, ...]:
    """Return the hash over each span. The spans are those of a path, so their subtrees become smaller to the right."""
    covers = [tuple(covering(span)) for span in spans]
    known = nodes([node for cover in covers for node in cover])
    return tuple(folded([known[node] for node in cover]) for cover in covers)


def root_of(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree over the first `size` leaves."""
    return hashes_of([(0, size)], nodes)[0] if size else EMPTY_ROOT


def inclusion_path(index: int, size: int) -> tuple[Span, ...]:
    """What an inclusion proof of leaf `index` in the tree over `size` leaves is made of (RFC 6962, 2.1.1)."""
    start, end = 0, size
    path: list[Span] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(first: int, second: int) -> tuple[Span, ...]:
    """What a consistency proof from `first` to `second` leaves is made of (RFC 6962, 2.1.2)."""
    start, end = 0, second
    path: list[Span] = []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return tuple(reversed([*path, (start, end)] if start else path))


def inclusion_holds(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf's hash to the root (RFC 9162, 2.1.3.2; the tree is RFC 6962's)."""
    if not 0 <= index < size or len(leaf) != HASH_BYTES:
        return False
    place, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            current = node_hash(sibling, current)
            place, last = _up_to_right_child(place, last)
        else:
            current = node_hash(current, sibling)
        place, last = place // 2, last // 2
    return last == 0 and current == root


def consistency_holds(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree over `second` leaves begins with the one over `first` (RFC 9162, 2.1.4.2).

    The empty tree begins every tree, so a proof from it says nothing and never holds.
    """
    if first == second:
        return first > 0 and not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place % 2:
        place, last = place // 2, last // 2
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _up_to_right_child(place, last)
        else:
            new = node_hash(new, sibling)
        place, last = place // 2, last // 2
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _up_to_right_child(place: int, last: int) -> tuple[int, int]:
    while place and not place % 2:
        place, last = place // 2, last // 2
    return place, last
