"""Tiles (https://c2sp.org/tlog-tiles): the tree's hashes and entries as files, 256 in each.

A tile of level `l` holds hashes of perfect subtrees over `256**l` leaves each. The path of a tile says all about it, so
any web server, folder or archive can keep a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import InvalidError
from core.evidence.log.merkle import Node

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
ENTRY_LIMIT = 2**16 - 1
"""Bytes of one entry: their count has two bytes in an entry bundle."""

_PATH = re.compile(
    r"(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/"
    r"(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile `index` of a level, with `width` hashes; an entry bundle where the level is None."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below `tile/`."""
        *before, last = _by_thousands(self.index)
        index = "".join(f"x{each:03}/" for each in before) + f"{last:03}"
        partial = "" if self.is_full else f".p/{self.width}"
        return f"{'entries' if self.level is None else self.level}/{index}{partial}"

    @classmethod
    def from_path(cls, path: str) -> Tile:
        """Read a path below `tile/`. Raises InvalidError for every other spelling, leading zeroes included."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise InvalidError(f"{path[:100]!r} is not the path of a tile, such as 0/x001/067 or entries/000.p/12")
        level = None if match["level"] == "entries" else int(match["level"])
        index = int("".join(re.findall(r"[0-9]{3}", match["index"])))
        tile = cls(level, index, int(match["width"] or TILE_WIDTH))
        if tile.path != path:
            raise InvalidError(f"{path[:100]!r} is not how the path of that tile is written")
        return tile

    @property
    def is_full(self) -> bool:
        """Whether it is as wide as a tile gets; no leaf will ever change it."""
        return self.width == TILE_WIDTH

    @property
    def first(self) -> int:
        """The first hash of the tile, counted within its level; for an entry bundle, the first leaf."""
        return self.index * TILE_WIDTH

    def exists_at(self, size: int) -> bool:
        """Whether a tree of that size has the tile: whole, or as wide as asked for."""
        return self.first + self.width <= size >> (TILE_HEIGHT * (self.level or 0))

    def nodes(self) -> list[Node]:
        """The perfect subtrees whose hashes the tile holds."""
        height = TILE_HEIGHT * (self.level or 0)
        return [Node(height, self.first + place) for place in range(self.width)]


def tiles_of(size: int) -> Iterator[Tile]:
    """All tiles with hashes of a tree of that size, the lowest level first."""
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count >> TILE_HEIGHT


def bundles_of(size: int) -> Iterator[Tile]:
    """All entry bundles of a tree of that size."""
    return _row(None, size)


def packed(entries: Sequence[bytes]) -> bytes:
    """Return the entries as a bundle: before each its length in two bytes. Raises InvalidError for one too long."""
    for entry in entries:
        if len(entry) > ENTRY_LIMIT:
            raise InvalidError(f"an entry of the log has at most {ENTRY_LIMIT} bytes, this one {len(entry)}")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def unpacked(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises InvalidError where it ends in the middle of one."""
    entries: list[bytes] = []
    position = 0
    while position < len(bundle):
        end = position + 2 + int.from_bytes(bundle[position : position + 2])
        if position + 2 > len(bundle) or end > len(bundle):
            raise InvalidError(f"the bundle ends inside of its entry {len(entries) + 1}")
        entries.append(bundle[position + 2 : end])
        position = end
    return entries


def _row(level: int | None, count: int) -> Iterator[Tile]:
    for index in range(count // TILE_WIDTH):
        yield Tile(level, index)
    if rest := count % TILE_WIDTH:
        yield Tile(level, count // TILE_WIDTH, rest)


def _by_thousands(number: int) -> list[int]:
    digits = [number % 1000]
    while number := number // 1000:
        digits.insert(0, number % 1000)
    return digits
