"""Checkpoints: the published ones of transparency-dev/tessera, and what is refused."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.errors import InvalidInput, Tampered
from pratique.record.checkpoint import Checkpoint
from pratique.record.merkle import EMPTY_ROOT, Frontier, leaf_hash
from pratique.record.note import VerifierKey, open_note, sign, text_of
from pratique.record.tiles import bundle

FOLDER = Path(__file__).parent / "vectors"
TESSERA = json.loads((FOLDER / "tessera.json").read_text())
KEY = VerifierKey.parse(TESSERA["verifier_key"])
ENTRIES = [word.encode() for word in TESSERA["entries"]]
ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("size", range(16))
def test_published_checkpoints_have_the_roots_of_their_entries(size: int) -> None:
    root = Frontier().grown(leaf_hash(entry) for entry in ENTRIES[:size]).root
    assert Checkpoint.open(TESSERA["checkpoints"][size], KEY) == Checkpoint(KEY.name, size, root)


@pytest.mark.parametrize("size", range(16))
def test_we_would_have_signed_the_published_checkpoints_byte_for_byte(size: int) -> None:
    seed = base64.b64decode(TESSERA["private_key"].split("+", 4)[4])[1:]
    root = Frontier().grown(leaf_hash(entry) for entry in ENTRIES[:size]).root
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert sign(Checkpoint(KEY.name, size, root).text, KEY.name, key) == TESSERA["checkpoints"][size]


def test_the_published_tile_and_bundle_are_ours() -> None:
    assert base64.b64decode(TESSERA["tile"]) == b"".join(leaf_hash(entry) for entry in ENTRIES)
    assert base64.b64decode(TESSERA["bundle"]) == bundle(ENTRIES)


def test_the_example_of_the_specification_is_read() -> None:
    note = json.loads((FOLDER / "c2sp.json").read_text())["checkpoint"]
    checkpoint = Checkpoint.parse(text_of(note))
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == text_of(note)


def test_extension_lines_are_passed_over() -> None:
    assert Checkpoint.parse(f"log\n7\n{ROOT}\nmore\nand more\n") == Checkpoint("log", 7, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        f"log\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"log\n07\n{ROOT}\n",
        f"log\n-7\n{ROOT}\n",
        f"log\n+7\n{ROOT}\n",
        f"log\n\u0667\n{ROOT}\n",
        f"log\n{'9' * 20}\n{ROOT}\n",
        f"log\n{'9' * 5000}\n{ROOT}\n",
        f"log\n7\n{ROOT[:-4]}\n",
        f"log\n7\n{ROOT[:-2]}B=\n",
        "log\n7\nnot base 64\n",
        f"log\n7\n{ROOT}\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Checkpoint.parse(text)


def test_a_checkpoint_of_another_log_under_our_key_is_forged() -> None:
    key = Ed25519PrivateKey.generate()
    ours = VerifierKey("log.example/a", key.public_key().public_bytes_raw())
    note = sign(Checkpoint("log.example/b", 0, EMPTY_ROOT).text, ours.name, key)
    assert open_note(note, ours)
    with pytest.raises(Tampered, match=r"checkpoint of log\.example/b"):
        Checkpoint.open(note, ours)


def test_a_size_has_up_to_nineteen_digits() -> None:
    assert Checkpoint.parse(f"log\n{'9' * 19}\n{ROOT}\n").size == 10**19 - 1
