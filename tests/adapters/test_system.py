"""The key and the remembered checkpoint as files."""

import re
import stat
import threading
from datetime import UTC
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pratique.adapters.clock import SystemClock
from pratique.adapters.system import CheckpointFile, Ed25519Signer
from pratique.errors import InvalidInput, Unavailable
from pratique.record.note import VerifierKey, open_note

NAME = "ledger.example/system"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "ledger.key"


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_key_is_made_once_and_then_used(path: Path) -> None:
    made = Ed25519Signer.load_or_create(path, NAME)
    content = path.read_bytes()
    loaded = Ed25519Signer.load_or_create(path, NAME)
    assert loaded.verifier_key == made.verifier_key
    assert path.read_bytes() == content
    assert open_note(loaded.sign("text\n"), VerifierKey.parse(made.verifier_key)) == "text\n"


def test_a_key_is_for_its_owner_only(path: Path) -> None:
    Ed25519Signer.load_or_create(path, NAME)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert names(path.parent) == ["ledger.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_and_the_way_out_named(path: Path, mode: int) -> None:
    Ed25519Signer.load_or_create(path, NAME)
    path.chmod(mode)
    with pytest.raises(InvalidInput, match="others can read") as refusal:
        Ed25519Signer.load_or_create(path, NAME)
    assert refusal.value.advice == f"chmod 600 {path}"


def test_a_key_in_a_folder_that_others_can_write_is_refused(path: Path) -> None:
    Ed25519Signer.load_or_create(path, NAME)
    path.parent.chmod(0o777)
    with pytest.raises(InvalidInput, match="others can exchange"):
        Ed25519Signer.load_or_create(path, NAME)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_neither_used_nor_overwritten(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidInput, match="no private key"):
        Ed25519Signer.load_or_create(path, NAME)
    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(InvalidInput, match="another kind"):
        Ed25519Signer.load_or_create(path, NAME)


def test_a_key_that_cannot_be_read_is_said_so(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(Unavailable, match="cannot be read"):
        Ed25519Signer.load_or_create(path, NAME)


def test_of_many_that_make_a_key_at_once_all_use_the_same(path: Path) -> None:
    keys: list[str] = []
    ready = threading.Barrier(8)

    def make() -> None:
        ready.wait()
        keys.append(Ed25519Signer.load_or_create(path, NAME).verifier_key)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert names(path.parent) == ["ledger.key"]


def test_fresh_keys_differ() -> None:
    assert Ed25519Signer.fresh(NAME).verifier_key != Ed25519Signer.fresh(NAME).verifier_key


def test_the_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_checkpoint_is_remembered_whole(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "seen" / "checkpoint")
    assert file.read() is None
    for note in ("first\n", "second, \u2014 longer\n", "3\n"):
        file.write(note)
        assert file.read() == note
    assert names(tmp_path / "seen") == ["checkpoint"]


def test_a_memory_that_cannot_be_read_or_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_bytes(b"\xff\xfe")
    with pytest.raises(Unavailable):
        CheckpointFile(tmp_path / "folder").read()
    with pytest.raises(Unavailable):
        CheckpointFile(tmp_path / "text").read()
    with pytest.raises(Unavailable):
        CheckpointFile(tmp_path / "folder").write("note\n")
    with pytest.raises(Unavailable):
        CheckpointFile(tmp_path / "text" / "below").write("note\n")
    assert names(tmp_path) == ["folder", "text"]


def test_a_ledger_has_a_name_of_its_own_that_is_fixed_with_its_key(path: Path, tmp_path: Path) -> None:
    unnamed = Ed25519Signer.load_or_create(path)
    assert re.fullmatch(r"pratique\.invalid/[0-9a-f]{16}", unnamed.name)
    assert Ed25519Signer.load_or_create(path).name == unnamed.name
    other = Ed25519Signer.load_or_create(tmp_path / "other" / "ledger.key")
    assert other.name != unnamed.name
    with pytest.raises(InvalidInput, match=f"the ledger is called {unnamed.name}") as refusal:
        Ed25519Signer.load_or_create(path, NAME)
    assert "remove the setting" in refusal.value.advice
    named = tmp_path / "named" / "ledger.key"
    assert Ed25519Signer.load_or_create(named, NAME).name == Ed25519Signer.load_or_create(named).name == NAME


@pytest.mark.parametrize("name", ["two words", "plus+sign", "line\nbreak"])
def test_what_is_no_name_for_a_ledger_is_refused_before_a_key_is_made(path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="no name for a ledger"):
        Ed25519Signer.load_or_create(path, name)
    assert not path.exists()


def test_a_key_that_names_no_ledger_is_refused(path: Path) -> None:
    Ed25519Signer.load_or_create(path, NAME)
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    with pytest.raises(InvalidInput, match="which ledger it is for") as refusal:
        Ed25519Signer.load_or_create(path, NAME)
    assert "Ledger-Name: " in refusal.value.advice
