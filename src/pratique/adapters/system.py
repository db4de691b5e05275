"""The clock, the ledger's key, and the checkpoint we saw last."""

import contextlib
import os
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pratique.errors import InvalidInput
from pratique.record.note import VerifierKey, sign


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


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
    def load_or_create(cls, path: Path, name: str) -> "Ed25519Signer":
        """The key in a file that only its owner can read; made on first use, never overwritten.

        Raises `InvalidInput` for a file that others can read, or that holds no Ed25519 key.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            _create(path, pem)
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise InvalidInput(f"others can read the ledger's key {path}", advice=f"chmod 600 {path}")
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise InvalidInput(f"{path} holds no private key", advice="restore it from its backup") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidInput(f"{path} holds a key of another kind than Ed25519", advice="restore it from its backup")
        return cls(key, name)

    def sign(self, text: str) -> str:
        """A signed note over `text`."""
        return sign(text, self.name, self._key)


class CheckpointFile:
    """The newest checkpoint this machine has seen, kept apart from the ledger: whoever rolls the ledger back meets it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        """The note, None when none was seen yet."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, note: str) -> None:
        """Replace the note, whole or not at all."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise


def _create(path: Path, content: bytes) -> None:
    """Write a new file for its owner only. Of two that try at once, one wins and the other uses what it wrote."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
