"""The ledger's key, and the checkpoint we saw last."""

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pratique.adapters.durable import sync_folder, write_aside
from pratique.errors import InvalidInput, Unavailable
from pratique.record.note import NOTE_CHARACTERS_MAX, VerifierKey, sign, valid_name

_KEY_BYTES_MAX: Final = 64 * 1024
_NAMED: Final = "Ledger-Name: "
_NAMES: Final = "a name has neither spaces nor a plus sign: ledger.example/gate"
_RESTORE: Final = "restore it from its backup; with another key the ledger cannot be continued"


class Ed25519Signer:
    """Signs checkpoints with a key that it holds."""

    def __init__(self, key: Ed25519PrivateKey, name: str) -> None:
        self._key = key
        self.name = name
        self.verifier_key = str(VerifierKey(name, key.public_key().public_bytes_raw()))

    @classmethod
    def fresh(cls, name: str) -> "Ed25519Signer":
        """A signer whose key is forgotten with it."""
        return cls(Ed25519PrivateKey.generate(), name)

    @classmethod
    def load_or_create(cls, path: Path, name: str = "") -> "Ed25519Signer":
        """The key in a file (PKCS #8, PEM) that only its owner can read; made on first use, never overwritten.

        Its first line names the ledger, for good: by `name`, or where that is empty by a name that no other has. Keep its
        folder apart from the ledger's backups: who holds both can rewrite the past. Raises `InvalidInput` for a file that
        others can read or exchange, that holds no Ed25519 key, or names another ledger than `name`, and `Unavailable` for one
        that cannot be read.
        """
        if name and not valid_name(name):
            raise InvalidInput(f"{name[:80]} is no name for a ledger", advice=_NAMES)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                create_private(path, f"{_NAMED}{name or fresh_ledger_name()}\n".encode() + pem)
            pem = read_private(path)
        except OSError as error:
            raise Unavailable(
                f"the ledger's key {path} cannot be read: {error}", advice="who owns the file?"
            ) from error
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidInput(f"{path} holds no private key", advice=_RESTORE) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidInput(f"{path} holds a key of another kind than Ed25519", advice=_RESTORE)
        return cls(key, _ledger_name(path, pem, name))

    def sign(self, text: str) -> str:
        """A signed note over `text`."""
        return sign(text, self.name, self._key)


def fresh_ledger_name() -> str:
    """A name that no other ledger has: 64 random bits below a domain that leads nowhere (RFC 2606)."""
    return f"pratique.invalid/{secrets.token_hex(8)}"


def _ledger_name(path: Path, pem: bytes, wanted: str) -> str:
    first = pem.split(b"\n", 1)[0].decode(errors="replace").strip()
    name = first.removeprefix(_NAMED) if first.startswith(_NAMED) else ""
    if not valid_name(name):
        raise InvalidInput(f"{path} does not say which ledger it is for", advice=f"let its first line be: {_NAMED}NAME")
    if wanted not in ("", name):
        raise InvalidInput(
            f"the ledger is called {name} since its key was made, and the setting `ledger.name` says {wanted}",
            advice="remove the setting, or begin another ledger in another `home`",
        )
    return name


class CheckpointFile:
    """The newest checkpoint this machine has seen, kept apart from the ledger: whoever rolls that back meets it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        """The note, None when none was seen yet. Raises `Unavailable` when the file cannot be read."""
        try:
            with self._path.open(encoding="utf-8") as file:
                return file.read(NOTE_CHARACTERS_MAX + 1)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                f"{self._path} cannot be read: {error}", advice="restore it, or remove it knowingly"
            ) from error

    def write(self, note: str) -> None:
        """Replace the note, whole or not at all. Raises `Unavailable` when the file cannot be written."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = write_aside(self._path.parent, note.encode())
            try:
                aside.replace(self._path)
            except OSError:
                aside.unlink()
                raise
            sync_folder(self._path.parent)
        except OSError as error:
            raise Unavailable(f"{self._path} cannot be written: {error}", advice="is the folder writable?") from error


def read_private(path: Path) -> bytes:
    """A file with a private key. Raises `InvalidInput` where others can read or exchange it, and `OSError`."""
    with path.open("rb") as file:
        lax = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
        if os.name == "posix" and lax:
            raise InvalidInput(f"others can read the key {path}", advice=f"chmod 600 {path}")
        if os.name == "posix" and path.parent.stat().st_mode & 0o022:
            raise InvalidInput(f"others can exchange the key {path}", advice=f"chmod 700 {path.parent}")
        return file.read(_KEY_BYTES_MAX)


def create_private(path: Path, content: bytes) -> None:
    """Write a new file for its owner only. Of two that try at once, one wins and the other uses what it wrote."""
    aside = write_aside(path.parent, content)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        sync_folder(path.parent)
    finally:
        aside.unlink()
