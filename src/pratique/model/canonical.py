"""One byte form per value, and so one digest per value (RFC 8785, JSON Canonicalization Scheme).

Values hold strings, integers, booleans, lists and objects only; `rfc8785` refuses what JSON cannot carry exactly.
"""

import hashlib
from typing import Any

import msgspec
import rfc8785

from pratique.model.artifact import Digest


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any value msgspec can encode
    """The canonical JSON of a value. Raises `TypeError` or `ValueError` for one that JSON cannot carry exactly."""
    return rfc8785.dumps(msgspec.to_builtins(value))


def digest_of(data: bytes) -> Digest:
    """The digest of bytes."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())
