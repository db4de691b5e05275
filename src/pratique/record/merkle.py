"""The hash tree of a log: leaves, roots, inclusion and consistency proofs (RFC 6962, RFC 9162 section 2.1).

Proofs are made from a `HashReader`, which gives the root of any complete, aligned subtree; who stores those is no
concern here. Verification needs nothing but the proof. `tests/record/test_tree_vectors.py` runs the published vectors, and
`tests/properties/test_merkle.py` keeps the laws.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

from pratique.errors import InvalidInput, Tampered

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


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """The hashes that prove leaf `index` to be in the tree of `size` leaves. Raises `InvalidInput`."""
    if not 0 <= index < size:
        raise InvalidInput(f"a tree of {size} entries has no entry {index}")
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
    """The hashes that prove the tree of `old` leaves to be the beginning of that of `new`. Raises `InvalidInput`."""
    if not 0 <= old <= new:
        raise InvalidInput(f"a tree of {old} entries cannot come before one of {new}")
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


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of the complete subtrees its size is the sum of, the largest first.

    It is all that is needed to let a tree grow and to know its root at every size on the way.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def at(cls, size: int, read: HashReader) -> "Frontier":
        """The frontier of the first `size` leaves of a stored tree."""
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        return cls(size, tuple(read(level, (size >> level) - 1) for level in levels))

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return peaks_root(self.peaks)

    def grown(self, leaves: Iterable[bytes]) -> "Frontier":
        """The frontier when leaf hashes are added."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, complete = leaf, size
            while complete & 1:
                node, complete = node_hash(peaks.pop(), node), complete >> 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))


def peaks_root(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees side by side, the largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is number `index` of the tree with this size and root (RFC 9162, 2.1.3.2).

    Raises `Tampered` (`entry-changed`) when `proof` does not show it.
    """
    if not (0 <= index < size and _well_formed(leaf, root, *proof) and _root_from(leaf, index, size, proof) == root):
        raise Tampered("entry-changed", f"the proof does not show this entry as number {index} of {size}")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of size `old` is the beginning of that of size `new` (RFC 9162, 2.1.4.2).

    Every tree continues the empty one, as C2SP tlog-witness has it; the root of the empty tree is the hash of nothing.
    Raises `Tampered` (`forked`) when `proof` does not show it.
    """
    if not _consistent(old, new, old_root, new_root, proof):
        raise Tampered(
            "forked", f"the proof does not show the tree of size {old} to be the beginning of that of size {new}"
        )


def _root_from(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its siblings lead to, None when there are too many or too few of them."""
    first, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if first % 2 or first == last:
            running = node_hash(sibling, running)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        first, last = first >> 1, last >> 1
    return running if last == 0 else None


def _consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
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
