"""What is said to be on the disk was synced: the bytes before the file has its name, the name before anybody relies on it."""

import os
from pathlib import Path

import pytest

from pratique.adapters.store.database import connect
from pratique.adapters.system import CheckpointFile, Ed25519Signer

FULL = 2
"""SQLite's own number for `synchronous = FULL`: a commit is on the disk before it returns."""


def test_a_key_and_a_checkpoint_are_synced_before_they_have_their_names_and_their_folders_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, checkpoint = tmp_path / "keys/ledger.pem", tmp_path / "seen/checkpoint"
    synced: list[tuple[int, bool, bool]] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append((os.fstat(descriptor).st_ino, key.exists(), checkpoint.exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    Ed25519Signer.load_or_create(key, "ledger.example/durable")
    CheckpointFile(checkpoint).write("note")
    assert synced == [
        (key.stat().st_ino, False, False),
        (key.parent.stat().st_ino, True, False),
        (checkpoint.stat().st_ino, True, False),
        (checkpoint.parent.stat().st_ino, True, True),
    ]


def test_a_commit_of_the_store_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    db = connect(tmp_path / "ledger.sqlite")
    assert db.execute("PRAGMA synchronous").get == FULL
    db.close()
