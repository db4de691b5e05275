"""The private halves of the keys that statements are signed with: one file a key, for its owner alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pratique.adapters.system import create_private, read_private
from pratique.errors import InvalidInput, NotFound, Unavailable
from pratique.record.note import VerifierKey

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
_ID: Final = re.compile(rf"{_NAME.pattern}\+[0-9a-f]{{8}}")
_SUFFIX: Final = ".key"


class SigningKeys:
    """A folder of keys (PKCS #8, PEM), by their ids."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def generate(self, name: str) -> str:
        """Make a key; its public half in note form. Raises `InvalidInput` for a name that none can have, and `Unavailable`."""
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                "a key is named with small letters, digits, and . _ @ - between them",
                advice="pratique keys generate ann",
            )
        key = Ed25519PrivateKey.generate()
        public = VerifierKey(name, key.public_key().public_bytes_raw())
        path = self._path(public.id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        except OSError as error:
            raise Unavailable(f"the key {path} cannot be written: {error}", advice="who owns the folder?") from error
        return str(public)

    def held(self, key_id: str) -> bool:
        """Whether the private half of a key is here."""
        return self._path(key_id).exists()

    def signer(self, key_id: str) -> Callable[[bytes], bytes]:
        """What signs with a key. Raises `NotFound`, `InvalidInput` for a file that others can read or that is no key."""
        path = self._path(key_id)
        try:
            key = load_pem_private_key(read_private(path), password=None)
        except FileNotFoundError as error:
            raise NotFound(
                f"the private half of {key_id} is not on this machine", advice="sign where it was made"
            ) from error
        except OSError as error:
            raise Unavailable(f"the key {path} cannot be read: {error}", advice="who owns the file?") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidInput(f"{path} holds no private key", advice="restore it from its backup") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidInput(f"{path} holds a key of another kind than Ed25519", advice="restore it from its backup")
        public = VerifierKey(key_id.partition("+")[0], key.public_key().public_bytes_raw())
        if public.id != key_id:
            raise InvalidInput(f"{path} holds another key than its name says", advice="restore it from its backup")
        return key.sign

    def _path(self, key_id: str) -> Path:
        if not _ID.fullmatch(key_id):
            raise InvalidInput("a key's id is its name, a plus sign, and eight digits", advice="pratique keys list")
        return self._folder / f"{key_id}{_SUFFIX}"
