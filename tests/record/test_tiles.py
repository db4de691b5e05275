"""Tiles and bundles as C2SP tlog-tiles lays them out."""

import pytest

from pratique.errors import Tampered
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.tiles import bundle, grow, hash_reader, tile_path, tiles_of


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 7, 112, "tile/0/007.p/112"),
        (1, 999, 256, "tile/1/999"),
        (0, 1_000, 256, "tile/0/x001/000"),
        (63, 1_234_067, 256, "tile/63/x001/x234/067"),
        ("entries", 1_234_067, 1, "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_tiles_lie_where_the_specification_puts_them(level: int | str, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    held = list(tiles_of(70_000))
    assert len([tile for tile in held if tile[0] == 0 and tile[2] == 256]) == 273
    assert held[273:] == [(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)]
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles_of(0)) == []


def test_a_bundle_puts_each_entry_behind_its_length() -> None:
    assert bundle([b"", b"ab", b"x" * 65_535]) == b"\x00\x00\x00\x02ab\xff\xff" + b"x" * 65_535


def test_a_tree_does_not_grow_on_a_tile_that_does_not_fit_its_size() -> None:
    held = {(0, 0): leaf_hash(b"only") * 4}
    with pytest.raises(Tampered, match="tile-changed"):
        grow(Frontier().grown([leaf_hash(b"one")] * 5), [leaf_hash(b"next")], lambda *place: held.get(place, b""))


def test_hashes_are_not_made_of_tiles_that_are_cut_short() -> None:
    read = hash_reader(lambda _level, _number: bytes(32 * 3))
    assert len(read(1, 0)) == 32
    with pytest.raises(Tampered, match="tile-changed"):
        read(1, 1)


def test_a_level_that_begins_in_a_full_tile_goes_on_where_it_belongs() -> None:
    """From 255 of 256 blocks to all of them: the first tile of the third level is made."""
    leaves = [leaf_hash(b"%d" % (number % 7)) for number in range(65_536)]
    whole, all_tiles = grow(Frontier(), leaves, lambda *_: b"")
    edge, tiles = grow(Frontier(), leaves[:65_280], lambda *_: b"")
    held = {(level, number): content for level, number, content in tiles}
    grown, more = grow(edge, leaves[65_280:], lambda *place: held.get(place, b""))
    assert grown == whole
    assert [(level, number) for level, number, _ in more] == [(0, 255), (1, 0), (2, 0)]
    assert {each[:2]: each[2] for each in all_tiles} == held | {each[:2]: each[2] for each in more}


def test_a_tile_of_another_width_is_said_with_both() -> None:
    edge = Frontier().grown([leaf_hash(b"one")] * 5)
    with pytest.raises(Tampered, match="tile 0/0 has 128 bytes, not 160"):
        grow(edge, [leaf_hash(b"next")], lambda *_: bytes(128))
