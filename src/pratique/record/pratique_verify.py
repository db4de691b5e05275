"""Verify an exported Pratique ledger, or the proof of one entry, with nothing of Pratique's: this file stands alone.

    python pratique_verify.py DIR --key KEY [--remember FILE]
    python pratique_verify.py --proof FILE --key KEY

KEY is the ledger's verifier key, `<name>+<hash>+<key>`, or a file that holds it. Get it, and this program, from
somewhere else than DIR: who could write DIR could also have exchanged what lies in it. FILE after --remember keeps the
newest checkpoint between runs; it is what shows a ledger that was rolled back or rewritten by whoever holds its private
key. Keep it where they cannot write.

DIR is a static log (C2SP tlog-tiles): `checkpoint`, `tile/<level>/<n>`, `tile/entries/<n>`; beside it
`documents/<hex>`, one for each digest that an entry lists under `documents`. Every entry is hashed, every tile and the
root are computed again (RFC 6962) and compared with what is stored and signed.

Exit status: 0 all is as it was signed, 1 damage (each is named on a line of its own), 2 the command cannot be carried
out. Needs Python 3.9 or newer and the package `cryptography`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

WIDTH = 256
HASH_BYTES = 32
ED25519 = b"\x01"
TEXT_BYTES_MAX = 256 * 1024
DOCUMENT_BYTES_MAX = 64 * 1024 * 1024
BUNDLE_BYTES_MAX = WIDTH * (2 + 65_535)
DAMAGE_SHOWN_MAX = 100


class CannotSayError(Exception):
    """The command cannot be carried out."""


class ForgedError(Exception):
    """A note that is not signed as it must be."""


class Key(NamedTuple):
    """A verifier key (C2SP signed-note, Ed25519)."""

    name: str
    hint: bytes
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


class Checkpoint(NamedTuple):
    """The size and root of the log at one moment (C2SP tlog-checkpoint)."""

    size: int
    root: bytes


def say(text: str) -> None:
    """Write a line for the auditor."""
    sys.stdout.write(f"{text}\n")


class Damages:
    """What was found wrong; the first are named, all are counted."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, what: str, message: str) -> None:
        """Name one more."""
        self.count += 1
        if self.count <= DAMAGE_SHOWN_MAX:
            say(f"{what}: {message}")


# -- hashes and trees -------------------------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf, and knows its root at every size."""

    def __init__(self, size: int = 0, peaks: list[bytes] | None = None) -> None:
        self.size = size
        self.peaks = list(peaks or ())

    def grow(self, leaves: list[bytes]) -> None:
        """Add leaf hashes."""
        for leaf in leaves:
            node, complete = leaf, self.size
            while complete & 1:
                node, complete = node_hash(self.peaks.pop(), node), complete >> 1
            self.peaks.append(node)
            self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(hashes: list[bytes]) -> bytes:
    """The root over hashes."""
    tree = Tree()
    tree.grow(hashes)
    return tree.root()


def root_above(leaf: bytes, index: int, size: int, siblings: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), None when it has the wrong length."""
    first, last, running = index, size - 1, leaf
    for sibling in siblings:
        if last == 0:
            return None
        if first & 1 or first == last:
            running = node_hash(sibling, running)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        first, last = first >> 1, last >> 1
    return running if last == 0 else None


# -- keys, notes, checkpoints -----------------------------------------------------------------------------------------


def decoded(text: str) -> bytes:
    """Base 64, in the one way to write it. Raises `ValueError`."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError(text)
    return content


def read_key(text: str) -> Key:
    """A verifier key, given as text or in a file."""
    if "+" not in text or Path(text).is_file():
        text = read_text(Path(text))
    try:
        name, hint, encoded = text.strip().split("+", 2)
        blob = decoded(encoded)
    except ValueError as error:
        raise CannotSayError("a verifier key is written <name>+<hash>+<key>") from error
    key = Key(name, hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4], blob[1:])
    if blob[:1] != ED25519 or len(blob) != 1 + HASH_BYTES or key.hint.hex() != hint:
        raise CannotSayError("the verifier key is no Ed25519 key, or does not match its own hash")
    return key


def signs(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether a signature (Ed25519) is that of a text. Raises `CannotSayError` without the package that can tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise CannotSayError("the package `cryptography` is needed: python -m pip install cryptography") from error
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def open_checkpoint(note: str, key: Key) -> Checkpoint:
    """The checkpoint in a note. Raises `ForgedError` unless `key` signed it for its own log."""
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    signed = False
    for line in lines.split("\n")[:-1]:
        parts = line.split(" ")
        try:
            dash, name, blob = parts[0], parts[1], decoded(parts[2])
        except (ValueError, IndexError) as error:
            raise ForgedError("a signature line is malformed") from error
        if (dash, name, blob[:4]) != ("\u2014", key.name, key.hint):
            continue
        if not signs(key.public, blob[4:], text.encode()):
            raise ForgedError(f"the signature of {name} does not fit the text")
        signed = True
    form = re.fullmatch(r"(.+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n(?:.+\n)*", text)
    if not signed or not blank or not lines.endswith("\n") or form is None or form[1] != key.name:
        raise ForgedError(f"it is no checkpoint signed by {key.name}")
    return Checkpoint(int(form[2]), decoded(form[3]))


# -- files ------------------------------------------------------------------------------------------------------------


def read_bytes(path: Path, bytes_max: int) -> bytes | None:
    """A file's content, None when it is not there or larger than it can be."""
    try:
        with path.open("rb") as file:
            content = file.read(bytes_max + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise CannotSayError(f"{path} cannot be read: {error}") from error
    return content if len(content) <= bytes_max else None


def read_text(path: Path) -> str:
    """A small text. Raises `CannotSayError` when there is none."""
    content = read_bytes(path, TEXT_BYTES_MAX)
    if content is None:
        raise CannotSayError(f"there is no {path}, or it is too large")
    return content.decode(errors="replace")


def tile_path(folder: Path, level: str, number: int, width: int) -> Path:
    """Where a tile lies: the number in groups of three digits, and the width behind it when it is partial."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return folder / "tile" / level / (name if width == WIDTH else f"{name}.p/{width}")


def read_tile(folder: Path, level: int, number: int, width: int) -> list[bytes] | None:
    """The hashes of a tile, None when it is missing or has another size."""
    content = read_bytes(tile_path(folder, str(level), number, width), WIDTH * HASH_BYTES)
    if content is None or len(content) != width * HASH_BYTES:
        return None
    return [content[i : i + HASH_BYTES] for i in range(0, len(content), HASH_BYTES)]


def split_bundle(content: bytes) -> list[bytes] | None:
    """The entries of a bundle, each behind its length in two bytes; None when the last one is cut short."""
    entries = []
    place = 0
    while place < len(content):
        end = place + 2 + int.from_bytes(content[place : place + 2], "big")
        entries.append(content[place + 2 : end])
        place = end
    return entries if place == len(content) else None


# -- the whole log ----------------------------------------------------------------------------------------------------


class Log:
    """One exported log under examination."""

    def __init__(self, folder: Path, checkpoint: Checkpoint, past: Checkpoint | None, damages: Damages) -> None:
        self.folder = folder
        self.checkpoint = checkpoint
        self.past = past
        self.damages = damages
        self.by_entries, self.by_tiles = Tree(), Tree()
        self.suspects: list[int] = []
        self.roots: dict[int, list[tuple[bytes, bytes]]] = {}
        self.past_roots: tuple[bytes, bytes] | None = None
        self.documents: set[str] = set()

    def verify(self) -> None:
        """Read everything once and name what is wrong."""
        size = self.checkpoint.size
        for number in range(-(-size // WIDTH)):
            self.block(number, min(WIDTH, size - number * WIDTH))
        level, count = 1, size // WIDTH
        while count:
            for number in range(-(-count // WIDTH)):
                self.upper(level, number, min(WIDTH, count - number * WIDTH))
            level, count = level + 1, count // WIDTH
        trusted = self.judge()
        past = self.past
        if past is not None and past.size > size:
            self.damages.add("rolled-back", f"the log once had {past.size} entries and now has {size}")
        elif past is not None and trusted and past.root not in (self.past_roots or (Tree().root(),)):
            self.damages.add("forked", f"the first {past.size} entries are not those that were remembered")

    def block(self, number: int, width: int) -> None:
        """One bundle of entries beside its tile."""
        first = number * WIDTH
        stored = read_tile(self.folder, 0, number, width)
        bundle = read_bytes(tile_path(self.folder, "entries", number, width), BUNDLE_BYTES_MAX)
        entries = None if bundle is None else split_bundle(bundle)
        if stored is None:
            self.damages.add("tile-changed", f"tile 0/{number} is missing or has the wrong size")
        if entries is None or len(entries) != width:
            what = "entry-missing" if bundle is None else "entry-changed"
            self.damages.add(what, f"the bundle of entries {first} to {first + width - 1} cannot be read")
            leaves = stored or [bytes(HASH_BYTES)] * width
        else:
            leaves = [leaf_hash(entry) for entry in entries]
        tile = stored or leaves
        self.suspects += [first + i for i in range(width) if leaves[i] != tile[i]]
        self.grow(first, leaves, tile)
        if width == WIDTH:
            by_entries = root_of(leaves)
            self.roots.setdefault(1, []).append((by_entries, by_entries if tile == leaves else root_of(tile)))
        for index, entry in enumerate(entries or (), first):
            self.look_up(index, entry)

    def grow(self, first: int, leaves: list[bytes], tile: list[bytes]) -> None:
        """Let both trees grow, and note their roots at the size that is remembered."""
        cut = len(leaves)
        if self.past is not None and first < self.past.size <= first + cut:
            cut = self.past.size - first
        for part in (slice(0, cut), slice(cut, None)):
            self.by_entries.grow(leaves[part])
            if self.suspects:
                self.by_tiles.grow(tile[part])
            else:
                self.by_tiles = Tree(self.by_entries.size, self.by_entries.peaks)
            if self.past is not None and self.by_entries.size == self.past.size:
                self.past_roots = (self.by_entries.root(), self.by_tiles.root())

    def upper(self, level: int, number: int, width: int) -> None:
        """One tile above level 0: each hash is the root of a full tile below."""
        wanted = self.roots[level][number * WIDTH : (number + 1) * WIDTH]
        stored = read_tile(self.folder, level, number, width)
        if stored is None or any(stored[i] not in wanted[i] for i in range(width)):
            self.damages.add("tile-changed", f"tile {level}/{number} is not that of the tiles below it")
            stored = [pair[0] for pair in wanted]
        if width == WIDTH:
            self.roots.setdefault(level + 1, []).append((root_of([pair[0] for pair in wanted]), root_of(stored)))

    def judge(self) -> bool:
        """The signed root says whether entries or tiles are right; whether one of them is."""
        root = self.checkpoint.root
        if self.by_entries.root() == root:
            for index in self.suspects:
                self.damages.add("tile-changed", f"tile 0/{index // WIDTH} has another hash for entry {index}")
        elif self.by_tiles.root() == root:
            for index in self.suspects:
                self.damages.add("entry-changed", f"entry {index} is not the one that was signed")
        else:
            named = f"; at least {self.suspects[0]}" if self.suspects else ""
            last = self.checkpoint.size - 1
            self.damages.add("entry-changed", f"entries 0 to {last} are not those that were signed{named}")
            return False
        return True

    def look_up(self, index: int, entry: bytes) -> None:
        """Check the documents that an entry names."""
        try:
            event = json.loads(entry)
        except (ValueError, RecursionError):
            return
        named = event.get("documents") if isinstance(event, dict) else None
        if not isinstance(named, list) or not all(isinstance(digest, str) for digest in named):
            return
        for digest in named:
            if digest in self.documents:
                continue
            self.documents.add(digest)
            sound = re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
            content = read_bytes(self.folder / "documents" / digest[7:], DOCUMENT_BYTES_MAX) if sound else None
            if content is None:
                self.damages.add("document-missing", f"entry {index} names {digest}, which is not there")
            elif hashlib.sha256(content).hexdigest() != digest[7:]:
                self.damages.add("document-changed", f"{digest} no longer has that digest")


def verify_log(folder: Path, key: Key, memory: Path | None) -> int:
    """Verify a folder; the number of damages."""
    damages = Damages()
    note = read_text(folder / "checkpoint")
    beside = read_bytes(folder / "key", TEXT_BYTES_MAX)
    if beside is not None and beside != f"{key}\n".encode():
        damages.add("checkpoint-forged", f"the key in {folder} is another than the one given")
    try:
        checkpoint = open_checkpoint(note, key)
        held = None if memory is None or not memory.exists() else read_text(memory)
        past = None if held is None else open_checkpoint(held, key)
    except ForgedError as error:
        damages.add("checkpoint-forged", str(error))
        return damages.count
    log = Log(folder, checkpoint, past, damages)
    log.verify()
    root = base64.b64encode(checkpoint.root).decode()
    say(f"{key.name}: {checkpoint.size} entries, {len(log.documents)} documents, root {root}")
    say("compared with nothing: no checkpoint was remembered" if past is None else f"compared with size {past.size}")
    if not damages.count and memory is not None:
        aside = memory.with_name(f"{memory.name}.new")
        aside.write_text(note, encoding="utf-8")
        aside.replace(memory)
    return damages.count


def verify_proof(path: Path, key: Key) -> int:
    """Verify the proof of one entry (C2SP tlog-proof) and show the entry; the number of damages."""
    damages = Damages()
    head, _, note = read_text(path).partition("\n\n")
    lines = head.split("\n")
    try:
        if lines[0] != "c2sp.org/tlog-proof@v1" or lines[1][:6] != "extra " or lines[2][:6] != "index ":
            raise CannotSayError(f"{path} is no proof that carries its entry")
        entry, index, siblings = decoded(lines[1][6:]), int(lines[2][6:]), [decoded(line) for line in lines[3:]]
    except (IndexError, ValueError) as error:
        raise CannotSayError(f"{path} is no proof that carries its entry") from error
    try:
        checkpoint = open_checkpoint(note, key)
    except ForgedError as error:
        damages.add("checkpoint-forged", str(error))
        return damages.count
    whole = 0 <= index < checkpoint.size and all(len(sibling) == HASH_BYTES for sibling in siblings)
    if whole and root_above(leaf_hash(entry), index, checkpoint.size, siblings) == checkpoint.root:
        say(f"{key.name}: entry {index} of {checkpoint.size} is")
        say(entry.decode(errors="backslashreplace"))
    else:
        damages.add("entry-changed", f"the proof does not show this entry as number {index} of {checkpoint.size}")
    return damages.count


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(description="Verify an exported Pratique ledger, or the proof of one entry.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", type=Path, help="the exported ledger")
    what.add_argument("--proof", type=Path, help="the proof of one entry")
    parser.add_argument("--key", required=True, help="the verifier key, or a file that holds it")
    parser.add_argument("--remember", type=Path, help="a file that keeps the newest checkpoint between runs")
    options = parser.parse_args(arguments)
    try:
        key = read_key(options.key)
        if options.proof is not None:
            count = verify_proof(options.proof, key)
        else:
            count = verify_log(options.folder, key, options.remember)
    except (CannotSayError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    say("all is as it was signed" if not count else f"damaged: {count} found")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
