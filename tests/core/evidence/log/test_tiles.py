from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from core.evidence.log.merkle import Node
from core.evidence.log.tiles import ENTRY_LIMIT, Tile, bundles_of, packed, tiles_of, unpacked


def test_the_published_examples_hold() -> None:
    assert Tile(0, 1234067).path == "0/x001/x234/067"
    tiles = list(tiles_of(70_000))
    widths = [(tile.level, tile.width) for tile in tiles]
    assert widths.count((0, 256)) == 273
    assert widths[273:] == [(0, 112), (1, 256), (1, 17), (2, 1)]
    assert [(tile.level, tile.width) for tile in tiles_of(256)] == [(0, 256), (1, 1)]
    assert not list(tiles_of(0))


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**15), st.integers(1, 256))
def test_a_path_says_which_tile_it_is(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert Tile.from_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/000",
        "0/001/067",
        "0/x001/x067",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p",
        "00/000",
        "64/000",
        "-1/000",
        "entries/x000/001",
        "Entries/000",
        "0/000\n",
        "0/\u0660\u0660\u0660",
        "../0/000",
    ],
)
def test_every_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(InvalidError):
        Tile.from_path(path)


@given(st.integers(0, 200_000))
def test_tiles_and_bundles_cover_the_tree(size: int) -> None:
    leaves = [tile for tile in tiles_of(size) if tile.level == 0]
    assert sum(tile.width for tile in leaves) == sum(bundle.width for bundle in bundles_of(size)) == size
    assert all(tile.exists_at(size) for tile in (*tiles_of(size), *bundles_of(size)))
    assert not any(Tile(tile.level, tile.index, tile.width + 1).exists_at(size) for tile in leaves[-1:])


def test_a_tile_holds_the_subtrees_of_its_level() -> None:
    assert Tile(1, 2, 3).nodes() == [Node(8, 512), Node(8, 513), Node(8, 514)]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_out_of_a_bundle_as_they_went_in(entries: list[bytes]) -> None:
    bundle = packed(entries)
    assert unpacked(bundle) == entries
    for end in range(len(bundle)):
        try:
            assert unpacked(bundle[:end]) == entries[: len(unpacked(bundle[:end]))]
        except InvalidError as error:
            assert "inside" in error.message


def test_what_is_too_long_is_refused() -> None:
    assert unpacked(packed([b"x" * ENTRY_LIMIT])) == [b"x" * ENTRY_LIMIT]
    with pytest.raises(InvalidError):
        packed([b"x" * (ENTRY_LIMIT + 1)])
