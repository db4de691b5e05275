"""One byte form per value, and so one digest per value (RFC 8785, JSON Canonicalization Scheme).

Values hold strings, integers, booleans, lists and objects only; `rfc8785` refuses what JSON cannot carry exactly.
"""

import hashlib
from typing import Any, Final

import msgspec
import rfc8785

from pratique.model.artifact import Digest

_SORTED: Final = msgspec.json.Encoder(order="sorted")
_EXACT_MAX: Final = 2**53 - 1
"""The largest integer that every reader of JSON reads as it is (RFC 7493, section 2.2)."""


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any value msgspec can encode
    """The canonical JSON of a value. Raises `TypeError` or `ValueError` for one that JSON cannot carry exactly."""
    return canonical_json(msgspec.to_builtins(value))


def canonical_json(plain: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """The canonical form of what is JSON already. Raises as `canonical` does.

    Nearly all values hold nothing that makes RFC 8785 different from plain JSON with its members in order (numbers that are no
    small integers, names beyond ASCII, whose order is that of UTF-16); those are written by the faster library.
    """
    return _SORTED.encode(plain) if _is_simple(plain) else rfc8785.dumps(plain)


def _is_simple(plain: Any) -> bool:  # noqa: ANN401 - any JSON value
    kind = type(plain)
    if kind is str or kind is bool or plain is None:
        return True
    if kind is int:
        exact: bool = -_EXACT_MAX <= plain <= _EXACT_MAX
        return exact
    if kind is dict:
        return all(map(_is_simple, plain.values())) and all(map(str.isascii, plain))
    return (kind is list or kind is tuple) and all(map(_is_simple, plain))


def digest_of(data: bytes) -> Digest:
    """The digest of bytes."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())
