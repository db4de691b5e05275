"""The keys that attestations are verified against: one file that is pinned, and the registry keys that ship.

The file is a trusted root of Sigstore (protobuf-specs, `TrustedRoot`): logs, authorities of certificates and of timestamps. It
is read from where it was said, or as it came inside the sigstore package; never from the user's cache, which that package
neither checks nor renews, and never from a network.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import digest_of

_PUBLIC_GOOD: Final = quote("https://tuf-repo-cdn.sigstore.dev", safe="")
"""The folder of Sigstore's public instance inside the package."""
_FILE: Final = "trusted_root.json"
_NPM_KEYS: Final = "npm_keys.json"
_ADVICE: Final = "name a trusted_root.json that was copied from a connected machine, or none for the one that ships"


@dataclass(frozen=True)
class TrustRoot:
    """Keys as bytes, unread: `document` is a `trusted_root.json`, `npm_keys` the registry's list of public keys."""

    document: bytes
    npm_keys: bytes

    @classmethod
    def shipped(cls) -> "TrustRoot":
        """The copy inside the sigstore package. Raises `InvalidInput` where that has none."""
        try:
            folder = resources.files("sigstore._store") / _PUBLIC_GOOD
            document = (folder / _FILE).read_bytes()
        except (ImportError, OSError) as error:
            raise InvalidInput(
                f"the sigstore package brings no trusted root along: {error}",
                advice="install Pratique anew, or name a file trusted_root.json",
            ) from error
        return cls.of(document)

    @classmethod
    def read(cls, path: Path) -> "TrustRoot":
        """The file at `path`. Raises `InvalidInput` where it cannot be read, `LimitExceeded` where it is too large."""
        try:
            with path.open("rb") as file:
                document = file.read(limits.TRUST_ROOT_BYTES_MAX + 1)
        except OSError as error:
            raise InvalidInput(f"the trusted root {path} cannot be read: {error}", advice=_ADVICE) from error
        return cls.of(document)

    @classmethod
    def of(cls, document: bytes) -> "TrustRoot":
        """These very bytes, beside the registry keys that ship. Raises `LimitExceeded`."""
        if len(document) > limits.TRUST_ROOT_BYTES_MAX:
            raise LimitExceeded(f"the trusted root has more than {limits.TRUST_ROOT_BYTES_MAX:,} bytes", advice=_ADVICE)
        return cls(document, (resources.files(__package__) / _NPM_KEYS).read_bytes())

    @cached_property
    def sha256(self) -> Digest:
        """The digest of the trusted root alone, as `sha256sum` would say it."""
        return digest_of(self.document)

    @cached_property
    def digest(self) -> bytes:
        """32 bytes over everything that an answer depends on: the trusted root and the registry keys."""
        return hashlib.sha256(
            b"".join(hashlib.sha256(each).digest() for each in (self.document, self.npm_keys))
        ).digest()
