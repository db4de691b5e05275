"""The published proofs of transparency-dev/merkle, good and bad (`vectors/merkle.json`)."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pratique.errors import Tampered
from pratique.record.merkle import EMPTY_ROOT, node_hash, root_of, verify_consistency, verify_inclusion

VECTORS = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text())

NO_HASHES = {"additional/sizes-are-equal-one-and-proof-is-empty"}
"""Published as good, but its roots are texts of 12 bytes: here a hash has 32."""


def decoded(hashes: Sequence[str]) -> list[bytes]:
    return [base64.b64decode(one) for one in hashes]


def accepted(check: Callable[[], None]) -> bool:
    try:
        check()
    except Tampered:
        return False
    return True


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda case: case[0])
def test_inclusion_proofs_are_judged_as_published(case: tuple[str, int, int, str, str, list[str], bool]) -> None:
    _, index, size, leaf, root, proof, valid = case
    leaf_hash, root_hash = decoded([leaf, root])
    assert accepted(lambda: verify_inclusion(leaf_hash, index, size, decoded(proof), root_hash)) is valid


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: case[0])
def test_consistency_proofs_are_judged_as_published(case: tuple[str, int, int, str, str, list[str], bool]) -> None:
    name, old, new, old_root, new_root, proof, valid = case
    old_hash, new_hash = decoded([old_root, new_root])
    outcome = accepted(lambda: verify_consistency(old, new, old_hash, new_hash, decoded(proof)))
    assert outcome is (valid and name not in NO_HASHES)


def test_the_empty_tree_begins_every_log_and_only_with_its_own_root() -> None:
    root = root_of([bytes(32), bytes(32)])
    verify_consistency(0, 2, EMPTY_ROOT, root, [])
    verify_consistency(0, 1, EMPTY_ROOT, bytes(32), [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    for old_root, new_root, proof, new in (
        (bytes(32), root, [], 2),
        (EMPTY_ROOT, root, [], 0),
        (EMPTY_ROOT, root, [bytes(32)], 2),
    ):
        with pytest.raises(Tampered):
            verify_consistency(0, new, old_root, new_root, proof)


def test_hashes_of_another_length_prove_nothing_also_where_they_lead_to_the_root() -> None:
    whole, short = bytes(32), bytes(31)
    for leaf, sibling in ((whole, short), (short, whole)):
        with pytest.raises(Tampered):
            verify_inclusion(leaf, 0, 2, [sibling], node_hash(leaf, sibling))
        with pytest.raises(Tampered):
            verify_consistency(1, 2, leaf, node_hash(leaf, sibling), [sibling])
