"""Statements as they are signed and examined: in-toto Statement v1 in a DSSE envelope, Ed25519, one subject, one signature.

An envelope has one meaning or none: it and its payload are in canonical form (RFC 8785), so that no two readers see two things
in one signature. Whatever is wrong has a name (`model.statement.Flaw`), and what cannot be shown to count does not.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pratique.errors import InvalidInput
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.canonical import canonical, canonical_json
from pratique.model.statement import (
    PREDICATE_TYPES,
    Approval,
    Counts,
    CountsNot,
    Examined,
    Flaw,
    Predicate,
    Publish,
    Review,
    SigningKey,
)
from pratique.model.text import clean
from pratique.record.note import VerifierKey
from pratique.record.text import decoded, encoded

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_SHA256: Final = "sha256:"


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


class _Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    digest: Mapping[str, str]


class _Statement(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"type": "_type", "predicate_type": "predicateType"},
):
    type: str
    subject: tuple[_Subject, ...]
    predicate_type: str
    predicate: msgspec.Raw


_BY_TYPE: Final = {told: predicate for predicate, told in PREDICATE_TYPES.items()}
_SHAPES: Final[Mapping[Predicate, type[Publish | Review]]] = {Predicate.PUBLISH: Publish, Predicate.REVIEW: Review}


class _Flawed(Exception):
    """A statement that does not count."""

    def __init__(self, flaw: Flaw, why: str) -> None:
        super().__init__(why)
        self.flaw = flaw


def payload_of(filename: str, digest: Digest, said: Publish | Review) -> bytes:
    """What is signed: the statement about one file, in canonical form."""
    predicate = Predicate.PUBLISH if isinstance(said, Publish) else Predicate.REVIEW
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": filename, "digest": {"sha256": digest.removeprefix(_SHA256)}}],
        "predicateType": PREDICATE_TYPES[predicate],
        "predicate": said,
    }
    return canonical(statement)


def signed_bytes(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes under the signature: type and payload with their lengths (DSSE: its pre-authentication encoding)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def envelope_of(payload: bytes, key_id: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope of a payload, in canonical form. `sign` is the private half of the key."""
    told = _Envelope(encoded(payload), PAYLOAD_TYPE, (_Signature(key_id, encoded(sign(signed_bytes(payload)))),))
    return canonical(told)


def examine(
    envelope: bytes, filename: str, digest: Digest, *, keys: Mapping[str, SigningKey], recorded: datetime, now: datetime
) -> Examined:
    """Whether a statement about this file counts at a moment; never raises.

    `keys` are those that were ever trusted, by their ids; `recorded` is when the ledger took the statement.
    """
    predicate, by = None, ""
    try:
        told, payload = _opened(envelope)
        key_id = told.signatures[0].keyid
        by = clean(key_id.partition("+")[0])
        _check_signature(told, payload, keys)
        statement = _read(payload, _Statement, "what was signed")
        predicate = _predicate(statement)
        _check_subject(statement, filename, digest)
        said = _said(statement.predicate, predicate)
        _check_key(keys[key_id], predicate, recorded)
        _check_said(said, now)
    except _Flawed as error:
        return CountsNot(error.flaw, str(error), predicate, by)
    return Counts(keys[key_id].name, said)


def _opened(envelope: bytes) -> tuple[_Envelope, bytes]:
    """The envelope with its one signature, and the payload."""
    if len(envelope) > limits.STATEMENT_BYTES_MAX:
        raise _Flawed(Flaw.MALFORMED, f"it has more than {limits.STATEMENT_BYTES_MAX} bytes")
    told = _read(envelope, _Envelope, "the envelope")
    if told.payload_type != PAYLOAD_TYPE:
        raise _Flawed(
            Flaw.PAYLOAD_TYPE, f"what was signed is {clean(told.payload_type)}, which is no in-toto statement"
        )
    if len(told.signatures) != 1:
        raise _Flawed(Flaw.MALFORMED, f"it has {len(told.signatures)} signatures, and one is required")
    return told, _octets(told.payload)


def _check_signature(told: _Envelope, payload: bytes, keys: Mapping[str, SigningKey]) -> None:
    signature = told.signatures[0]
    key = keys.get(signature.keyid)
    if key is None:
        raise _Flawed(Flaw.KEY_UNKNOWN, f"no key {clean(signature.keyid)} was ever trusted here")
    if key.revoked is not None:
        raise _Flawed(Flaw.KEY_REVOKED, f"the key {key.id} was revoked on {key.revoked:%d %b %Y}: {clean(key.why)}")
    try:
        public = Ed25519PublicKey.from_public_bytes(VerifierKey.parse(key.key).public)
        public.verify(_octets(signature.sig), signed_bytes(payload, told.payload_type))
    except (InvalidSignature, InvalidInput) as error:
        raise _Flawed(Flaw.SIGNATURE, f"the key {key.id} has not signed it") from error


def _predicate(statement: _Statement) -> Predicate:
    if statement.type != STATEMENT_TYPE:
        raise _Flawed(Flaw.STATEMENT_TYPE, f"statements of the type {clean(statement.type)} are not read")
    predicate = _BY_TYPE.get(statement.predicate_type)
    if predicate is None:
        raise _Flawed(Flaw.PREDICATE, f"statements of the type {clean(statement.predicate_type)} are not read")
    return predicate


def _check_subject(statement: _Statement, filename: str, digest: Digest) -> None:
    wanted = _Subject(filename, {"sha256": digest.removeprefix(_SHA256)})
    if statement.subject != (wanted,):
        named = ", ".join(clean(each.name) for each in statement.subject[:1]) or "nothing"
        raise _Flawed(Flaw.SUBJECT, f"it is about {named}, with other bytes or under another name than this file")


def _check_key(key: SigningKey, predicate: Predicate, recorded: datetime) -> None:
    if predicate not in key.may:
        raise _Flawed(Flaw.KEY_PURPOSE, f"the key {key.id} may sign {' and '.join(key.may)}, and no {predicate}")
    if key.retired is not None and recorded >= key.retired:
        raise _Flawed(Flaw.KEY_RETIRED, f"the key {key.id} was retired on {key.retired:%d %b %Y}, before this came")


def _check_said(said: Publish | Review, now: datetime) -> None:
    if isinstance(said, Publish):
        return
    if said.expires is not None and said.expires <= now:
        raise _Flawed(Flaw.EXPIRED, f"it ended on {said.expires:%d %b %Y}")
    if said.decision is Approval.REFUSED:
        raise _Flawed(Flaw.REFUSED, clean(said.note) or "whoever looked at it says no")


def _said(predicate: msgspec.Raw, kind: Predicate) -> Publish | Review:
    try:
        said = msgspec.json.decode(predicate, type=_SHAPES[kind])
    except msgspec.MsgspecError as error:
        raise _Flawed(Flaw.PREDICATE, f"its {kind} is not as it should be: {clean(str(error))}") from error
    moments = (said.at,) if isinstance(said, Publish) else (said.at, said.expires)
    if any(each is not None and each.tzinfo is None for each in moments):
        raise _Flawed(Flaw.PREDICATE, f"its {kind} names a moment without a time zone")
    return said


def _read(document: bytes, shape: Any, what: str) -> Any:  # noqa: ANN401 - a type, and a value of it
    """A document of this shape that is in canonical form."""
    try:
        told = msgspec.json.decode(document, type=shape)
        plain = msgspec.json.decode(document)
        whole = canonical_json(plain) == document
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _Flawed(Flaw.MALFORMED, f"{what} has another shape: {clean(str(error))}") from error
    if not whole:
        raise _Flawed(Flaw.MALFORMED, f"{what} is not written in the one way to write it (RFC 8785)")
    return told


def _octets(text: str) -> bytes:
    try:
        return decoded(text)
    except InvalidInput as error:
        raise _Flawed(Flaw.MALFORMED, str(error)) from error
