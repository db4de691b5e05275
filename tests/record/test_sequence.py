"""Which stored logs are signed on, and how a log of more than one level of tiles is examined."""

from collections.abc import Sequence

import pytest

from pratique.adapters.system import Ed25519Signer
from pratique.errors import InvalidInput, Tampered
from pratique.model import limits
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.note import VerifierKey
from pratique.record.sequence import Edge, extend, take_up
from pratique.record.state import joined, parted
from pratique.record.tiles import TILE_WIDTH, grow, tiles_of
from pratique.record.verify import DamageList, Examination

Tiles = dict[tuple[int, int], bytes]


class Log:
    """A log in memory, growing by `extend`."""

    def __init__(self, key: Ed25519Signer) -> None:
        self.signer, self.key = key, VerifierKey.parse(key.verifier_key)
        self.tiles: Tiles = {}
        self.edge = Edge()

    def tile(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def add(self, *entries: bytes) -> Edge:
        growth = extend(self.edge, entries, self.key.name, self.signer.sign, self.tile)
        self.tiles |= {(level, number): hashes for level, number, hashes in growth.tiles}
        self.edge = growth.edge
        return growth.edge

    def taken_up(self, known: Edge | None, size: int | None = None) -> Edge:
        return take_up(self.edge.frontier.size if size is None else size, self.edge.note, self.key, self.tile, known)


def entries(count: int, start: int = 0) -> Sequence[bytes]:
    return [b"%d" % place for place in range(start, start + count)]


def told(what: str, log: Log, known: Edge | None, size: int | None = None) -> None:
    with pytest.raises(Tampered) as refusal:
        log.taken_up(known, size)
    assert refusal.value.what == what


@pytest.mark.parametrize("size", [1, 3, 256, 300])
def test_a_log_is_taken_up_where_it_ended_whether_it_was_known_or_not(key: Ed25519Signer, size: int) -> None:
    log = Log(key)
    assert log.taken_up(None) == Edge()
    first = log.add(*entries(size))
    assert first.frontier == Frontier().grown([leaf_hash(entry) for entry in entries(size)])
    assert log.taken_up(None) == log.taken_up(Edge()) == first
    assert log.taken_up(first) is first
    second = log.add(b"more")
    assert log.taken_up(None) == log.taken_up(first) == log.taken_up(Edge()) == second


def test_a_log_that_was_rolled_back_or_exchanged_is_not_signed_on(key: Ed25519Signer) -> None:
    log, other = Log(key), Log(key)
    log.add(*entries(3))
    other.add(b"else", *entries(2))
    told("forked", other, log.edge)
    other.add(b"more")
    told("forked", other, log.edge)
    shorter = Log(key)
    shorter.add(*entries(2))
    told("rolled-back", shorter, log.edge)
    told("rolled-back", Log(key), log.edge)


def test_a_log_whose_tiles_or_checkpoint_are_others_is_not_signed_on(key: Ed25519Signer) -> None:
    log = Log(key)
    log.add(*entries(3))
    whole = dict(log.tiles)
    log.tiles[0, 0] = whole[0, 0][:-32] + bytes(32)
    told("tile-changed", log, None)
    log.tiles[0, 0] = whole[0, 0][:-1]
    told("tile-changed", log, None)
    log.tiles = whole
    told("tile-changed", log, None, size=2)
    log.key = VerifierKey("another", log.key.public)
    told("checkpoint-forged", log, None)


def test_a_log_of_three_levels_of_tiles_is_examined_to_its_top(key: Ed25519Signer) -> None:
    size = TILE_WIDTH * TILE_WIDTH + 2 * TILE_WIDTH + 5
    leaves = [leaf_hash(b"%d" % place) for place in range(size)]
    edge, grown = grow(Frontier(), leaves, lambda _l, _n: b"")
    tiles: Tiles = {(level, number): hashes for level, number, hashes in grown}
    verifier = VerifierKey.parse(key.verifier_key)
    note = key.sign(Checkpoint(verifier.name, size, edge.root, 0).text)

    def examined(changed: Tiles) -> list[str]:
        found = Examination(verifier, size)
        held = {**tiles, **changed}
        for level, number, width in tiles_of(size):
            if level:
                found.upper(level, number, held[level, number])
            else:
                last = (number * TILE_WIDTH + width) == size
                found.block(None, held[level, number], [(size, note)] if last else [])
        found.close()
        return [f"{damage.what}: {damage.message.partition(' is ')[0]}" for damage in found.damage.named]

    assert examined({}) == []
    for place, wrong in (((1, 0), tiles[1, 0][:-32] + bytes(32)), ((1, 1), tiles[1, 1][:-32]), ((2, 0), b"")):
        assert examined({place: wrong}) == [f"tile-changed: tile {place[0]}/{place[1]}"]


def test_damage_is_named_up_to_a_limit_and_counted_beyond_it() -> None:
    found = DamageList()
    for number in range(limits.DAMAGE_REPORTED_MAX + 2):
        found.add("entry-changed", f"entry {number}")
    assert (found.count, found.kinds) == (limits.DAMAGE_REPORTED_MAX + 2, {"entry-changed"})
    assert len(found.named) == limits.DAMAGE_REPORTED_MAX


def test_the_parts_of_a_key_may_hold_spaces_and_no_control_characters() -> None:
    key = ("a b", "", "é")
    assert parted(joined(key)) == key
    for wrong in (("a\x1fb",), ("a", "b\n"), ("\ud800",)):
        with pytest.raises(InvalidInput):
            joined(wrong)
