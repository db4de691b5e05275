"""How a person is named in the record: by a digest over a salt of their own (GDPR, Article 17; SECURITY.md).

Without the salt the digest leads to nobody, not even by guessing names; with the salt destroyed, it never will again.
"""

import hashlib
import secrets
from typing import Final

import msgspec

from pratique.model.scope import Actor

_SALT_BYTES: Final = 16
_NAME_CHARACTERS: Final = 32


def fresh_salt() -> str:
    """A new salt: 128 random bits in hexadecimal."""
    return secrets.token_hex(_SALT_BYTES)


def pseudonymous(actor: Actor, salt: str) -> Actor:
    """The actor, named by 128 bits of the salted digest."""
    digest = hashlib.sha256(f"{salt}:{actor.name}".encode()).hexdigest()
    return msgspec.structs.replace(actor, name=digest[:_NAME_CHARACTERS])
