"""The documents as they come: JSON in one meaning only, base 64 and numbers as they are written, and the shapes in common.

A document is read once, into plain values; ours and those of the reference implementation are both made from these, so that the
two cannot read it differently.
"""

import binascii
import json
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from pratique.adapters.attestations.refusal import Refused, require
from pratique.model.provenance import Reason

_NUMBER_CHARACTERS_MAX: Final = 18
"""Below 2**63, whatever the digits (protobuf's JSON writes 64-bit numbers as texts)."""

T = TypeVar("T")


class LogId(msgspec.Struct, frozen=True, rename="camel"):
    """The log, by the SHA-256 of its public key in DER; base 64."""

    key_id: str


class KindVersion(msgspec.Struct, frozen=True):
    """What kind of entry a log took, in which version."""

    kind: str
    version: str


class InclusionPromise(msgspec.Struct, frozen=True, rename="camel"):
    """The log's signature over entry, time and number; base 64."""

    signed_entry_timestamp: str


class Checkpoint(msgspec.Struct, frozen=True):
    """A signed note (C2SP tlog-checkpoint)."""

    envelope: str


class InclusionProof(msgspec.Struct, frozen=True, rename="camel"):
    """RFC 9162's inclusion proof, with the signed head of the tree. Hashes are base 64."""

    root_hash: str
    tree_size: str | int
    hashes: list[str] = []
    log_index: str | int = 0
    checkpoint: Checkpoint | None = None


class LogEntry(msgspec.Struct, frozen=True, rename="camel"):
    """`TransparencyLogEntry` of Sigstore's bundle format. The body is base 64; the time is in seconds since 1970."""

    log_id: LogId
    kind_version: KindVersion
    canonicalized_body: str
    log_index: str | int = 0
    integrated_time: str | int = 0
    inclusion_promise: InclusionPromise | None = None
    inclusion_proof: InclusionProof | None = None


def read_json(document: bytes) -> object:
    """The plain values of a document. Raises `Refused` (malformed) for what is no JSON, or has two meanings."""
    try:
        plain: object = json.loads(document.decode("utf-8"), object_pairs_hook=_named_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.MALFORMED, f"the document is no plain JSON: {type(error).__name__}") from error
    return plain


def shaped(plain: object, shape: type[T], what: str) -> T:
    """A value of the given shape. Raises `Refused` (malformed)."""
    try:
        return msgspec.convert(plain, shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refused(Reason.MALFORMED, f"{what} has another shape: {str(error)[:200]}") from error


def octets(text: str, what: str) -> bytes:
    """The bytes of strict base 64, in which only line ends are passed over. Raises `Refused` (malformed)."""
    plain = text.replace("\n", "")
    try:
        content = binascii.a2b_base64(plain, strict_mode=True)
    except ValueError as error:
        raise Refused(Reason.MALFORMED, f"{what} is not in base 64") from error
    canonical = binascii.b2a_base64(content, newline=False).decode() == plain
    require(canonical and bool(content), Reason.MALFORMED, f"{what} is empty, or not in canonical base 64")
    return content


def number(told: str | int, what: str) -> int:
    """A number from 0 on that is written in the usual way, as a text or not. Raises `Refused` (malformed)."""
    text = str(told)
    plain = text.isascii() and text.isdecimal() and len(text) <= _NUMBER_CHARACTERS_MAX
    require(plain and str(int(text)) == text, Reason.MALFORMED, f"{what} is no number from 0 on")
    return int(text)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return plain


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"JSON has no {text}")
