"""The hash tree of a log: leaves, roots, inclusion and consistency proofs (RFC 6962, RFC 9162 section 2.1).

Proofs are made from a `HashReader`, which gives the root of any complete, aligned subtree; who stores those is no concern
here. Verification needs nothing but the proof. `tests/record/test_merkle.py` runs the published vectors.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

HashReader: TypeAlias = Callable[[int, int], bytes]
"""Given a level and a place, the root of the 2**level leaves from `place * 2**level` on."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry (RFC 9162, section 2.1.1): the prefix keeps it apart from that of a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes. An odd one out moves up unchanged, which gives RFC 6962's tree."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def tree_root(size: int, read: HashReader) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(0, size, read)


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """The hashes that prove leaf `index` to be in the tree of `size` leaves. Raises `ValueError` for one beyond it."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} entries has no entry {index}")
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_subtree(middle, high, read))
            high = middle
        else:
            proof.append(_subtree(low, middle, read))
            low = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, read: HashReader) -> list[bytes]:
    """The hashes that prove the tree of `old` leaves to be the beginning of that of `new`. Raises `ValueError`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} entries cannot come before one of {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    low, high, whole = 0, new, True
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_subtree(middle, high, read))
            high = middle
        else:
            proof.append(_subtree(low, middle, read))
            low, whole = middle, False
    if not whole:
        proof.append(_subtree(low, high, read))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that `leaf` is number `index` of the tree with this size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _well_formed(leaf, root, *proof):
        return False
    first, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if first % 2 or first == last:
            running = node_hash(sibling, running)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and running == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2).

    Every tree continues the empty one, as C2SP tlog-witness has it; the empty tree's root is the hash of nothing.
    """
    if not 0 <= old <= new or not _well_formed(old_root, new_root, *proof):
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    first, last = old - 1, new - 1
    while first % 2:
        first, last = first >> 1, last >> 1
    from_old = from_new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if first % 2 or first == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root


def _well_formed(*hashes: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)


def _split(count: int) -> int:
    """The largest power of two smaller than `count`, where RFC 6962 parts a tree."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(low: int, high: int, read: HashReader) -> bytes:
    """The root of leaves `low` to `high` (excluded), for the ranges that RFC 6962's splits make."""
    count = high - low
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, low >> level)
    middle = low + _split(count)
    return node_hash(_subtree(low, middle, read), _subtree(middle, high, read))
