"""What an examination says of a small log, word by word: which entries, which tile, and what no checkpoint can tell."""

from collections.abc import Sequence
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import Frontier, leaf_hash
from pratique.record.note import VerifierKey, sign
from pratique.record.verify import Damage, Examination

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("log.example/a", PRIVATE.public_key().public_bytes_raw())
ENTRIES = [b"entry %d" % number for number in range(300)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
Block: TypeAlias = tuple[Sequence[bytes] | None, Sequence[bytes], Sequence[tuple[int, str]]]
"""Entries, hashes of the tile beside them, and checkpoints."""


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint(KEY.name, size, Frontier().grown(HASHES[:size]).root)


def note(size: int) -> tuple[int, str]:
    return size, sign(checkpoint(size).text, KEY.name, PRIVATE)


def damage(*blocks: Block, size: int, remembered: Checkpoint | None = None) -> list[Damage]:
    """What is found in a log."""
    examination = Examination(KEY, size, remembered)
    for entries, tile, notes in blocks:
        examination.block(entries, b"".join(tile), notes)
    examination.close()
    return examination.damage.named


def with_other(entries: Sequence[bytes], *places: int) -> list[bytes]:
    """Entries, or hashes, of which some are others."""
    return [leaf_hash(b"other") if place in places else each for place, each in enumerate(entries)]


def test_a_log_that_is_as_it_was_signed_has_no_damage() -> None:
    blocks: tuple[Block, ...] = (ENTRIES[:256], HASHES[:256], [note(7)]), (ENTRIES[256:], HASHES[256:], [note(300)])
    for remembered in (None, checkpoint(0), checkpoint(7), checkpoint(256), checkpoint(300)):
        assert damage(*blocks, size=300, remembered=remembered) == []


def test_what_was_remembered_of_an_empty_log_or_of_a_whole_block_is_compared_too() -> None:
    blocks: tuple[Block, ...] = (ENTRIES[:256], HASHES[:256], []), (ENTRIES[256:], HASHES[256:], [note(300)])
    for size in (0, 256):
        other = Checkpoint(KEY.name, size, bytes(32))
        said = f"the first {size} entries are not those that were remembered"
        assert damage(*blocks, size=300, remembered=other) == [Damage("forked", said)]


def test_entries_that_are_not_there_are_counted() -> None:
    said = "of entries 256 to 299, 40 are there"
    blocks: tuple[Block, ...] = (ENTRIES[:256], HASHES[:256], []), (ENTRIES[256:296], HASHES[256:], [note(300)])
    assert damage(*blocks, size=300) == [Damage("entry-missing", said)]


def test_entries_that_cannot_be_read_are_not_missing_where_their_hashes_are_there() -> None:
    assert damage((None, HASHES[:7], [note(7)]), size=7) == []


def test_where_neither_can_be_read_the_tile_is_named_and_all_that_was_signed() -> None:
    assert damage((None, HASHES[:5], [note(7)]), size=7) == [
        Damage("tile-changed", "tile 0/0 has 160 bytes, too few for its entries"),
        Damage("entry-changed", "entries 0 to 6 are not those that were signed"),
    ]


def test_entries_and_tiles_that_are_both_others_are_told_with_the_first_that_differ() -> None:
    changed = with_other(ENTRIES, 2, 5)
    said = "entries 1 to 6 are not those that were signed; at least 2"
    notes = [note(1), note(7)]
    assert damage((changed[:7], with_other(HASHES[:7], 3), notes), size=7) == [Damage("entry-changed", said)]


def test_once_a_log_is_lost_later_checkpoints_and_memory_say_no_more() -> None:
    changed = with_other(ENTRIES, 2)
    hashes = [leaf_hash(entry) for entry in changed]
    found = damage((changed[:9], hashes[:9], [note(3), note(9)]), size=9, remembered=checkpoint(9))
    assert found == [Damage("entry-changed", "entries 0 to 2 are not those that were signed")]


def test_what_no_checkpoint_covers_is_named_entry_by_entry() -> None:
    blocks: tuple[Block, ...] = (
        (with_other(ENTRIES[:256], 3), HASHES[:256], []),
        (with_other(ENTRIES[256:], 1, 4), HASHES[256:], []),
    )
    assert damage(*blocks, size=300) == [
        Damage("entry-changed", f"entry {place} and its hash in the tile differ, and no checkpoint says which")
        for place in (3, 257, 260)
    ]
