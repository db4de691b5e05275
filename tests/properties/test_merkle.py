"""Laws of the tree: proofs verify at every size, and no forged twin of one does."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidInput, Tampered
from pratique.record.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from pratique.record.tiles import grow, hash_reader, split, tiles_of

SIZE_MAX = 70_000
LEAVES = [leaf_hash(b"%d" % place) for place in range(SIZE_MAX)]
EDGE, GROWN = grow(Frontier(), LEAVES, lambda _level, _number: b"")
TILES = {(level, number): hashes for level, number, hashes in GROWN}
READ = hash_reader(lambda level, number: TILES[level, number])

sizes = st.integers(1, SIZE_MAX)


def root(size: int) -> bytes:
    return Frontier.at(size, READ).root


def refused(check: Callable[[], None]) -> None:
    """A forged twin must fail."""
    with pytest.raises(Tampered):
        check()


def reference(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(reference(leaves[:middle]), reference(leaves[middle:]))


@given(st.integers(0, 600))
def test_every_way_to_a_root_is_that_of_the_definition(size: int) -> None:
    wanted = reference(LEAVES[:size])
    assert root_of(LEAVES[:size]) == Frontier().grown(LEAVES[:size]).root == root(size) == wanted


@given(st.data())
def test_inclusion_proofs_verify_and_their_forged_twins_do_not(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, READ)
    leaf, top = LEAVES[index], root(size)
    verify_inclusion(leaf, index, size, proof, top)
    assert len(proof) <= size.bit_length()
    refused(lambda: verify_inclusion(leaf_hash(b"forged"), index, size, proof, top))
    refused(lambda: verify_inclusion(leaf, index, size, proof, leaf_hash(b"forged")))
    other = data.draw(st.integers(-1, size).filter(lambda place: place != index))
    refused(lambda: verify_inclusion(leaf, other, size, proof, top))
    for forged in forgeries(proof, data):
        refused(partial(verify_inclusion, leaf, index, size, forged, top))


@given(st.data())
def test_consistency_proofs_verify_and_their_forged_twins_do_not(data: st.DataObject) -> None:
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, READ)
    before, after = root(old), root(new)
    verify_consistency(old, new, before, after, proof)
    refused(lambda: verify_consistency(old, new, leaf_hash(b"forged"), after, proof))
    refused(lambda: verify_consistency(old, new, before, leaf_hash(b"forged"), proof))
    if old < new:
        refused(lambda: verify_consistency(old, new, after, before, proof))
        refused(lambda: verify_consistency(new, old, after, before, proof))
    for forged in forgeries(proof, data):
        refused(partial(verify_consistency, old, new, before, after, forged))


def test_every_proof_of_every_small_tree_verifies() -> None:
    roots = [root(size) for size in range(40)]
    for new in range(1, 40):
        for old in range(new):
            verify_inclusion(LEAVES[old], old, new, inclusion_proof(old, new, READ), roots[new])
            verify_consistency(old, new, roots[old], roots[new], consistency_proof(old, new, READ))


def test_there_are_proofs_only_of_entries_and_beginnings_that_a_tree_has() -> None:
    assert consistency_proof(0, 3, READ) == consistency_proof(3, 3, READ) == []
    for index in (-1, 3):
        with pytest.raises(InvalidInput):
            inclusion_proof(index, 3, READ)
    for old in (-1, 4):
        with pytest.raises(InvalidInput):
            consistency_proof(old, 3, READ)


def forgeries(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The same proof with a hash too many, one too few, two exchanged, one cut, and one bit flipped."""
    twins = [[*proof, leaf_hash(b"more")], [leaf_hash(b"more"), *proof]]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
        twins += [proof[:-1], proof[1:], [*proof[:place], flipped, *proof[place + 1 :]]]
        twins.append([*proof[:place], proof[place][:-1], *proof[place + 1 :]])
    if len(proof) > 1:
        twins.append([proof[1], proof[0], *proof[2:]])
    return twins


@given(st.lists(st.integers(0, 700), max_size=8))
def test_a_tree_grown_in_any_portions_has_the_same_tiles_and_root(portions: list[int]) -> None:
    held: dict[tuple[int, int], bytes] = {}
    frontier, size = Frontier(), 0
    for portion in portions:
        leaves = LEAVES[size : size + portion]
        frontier, changed = grow(frontier, leaves, lambda *place: held.get(place, b""))
        for level, number, hashes in changed:
            assert hashes.startswith(held.get((level, number), b""))
            held[level, number] = hashes
        size += portion
    read = hash_reader(lambda *place: held[place])
    assert frontier == Frontier.at(size, read)
    assert frontier.root == root_of(LEAVES[:size])
    assert {(level, number): len(split(hashes)) for (level, number), hashes in held.items()} == {
        (level, number): width for level, number, width in tiles_of(size)
    }
