"""The envelope around a statement: who signed it (DSSE), whether the log entry is about it, and what it states (in-toto)."""

import hashlib
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from pratique.adapters.attestations.refusal import Refused, require
from pratique.adapters.attestations.wire import KindVersion, octets, read_json, shaped
from pratique.model.provenance import Reason

IN_TOTO: Final = "application/vnd.in-toto+json"
_ECDSA: Final = ec.ECDSA(hashes.SHA256())


class Envelope(msgspec.Struct, frozen=True):
    """A statement as bytes, and one signature over it (DSSE, version 1)."""

    payload_type: str
    payload: bytes
    signature: bytes


class Subject(msgspec.Struct, frozen=True):
    """What a statement is about: a name, and digests in hexadecimal digits by their algorithm."""

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True, rename={"type": "_type", "predicate_type": "predicateType"}):
    """An in-toto statement, without what it goes on to say."""

    type: str
    predicate_type: str
    subject: list[Subject]


class _Hash(msgspec.Struct, frozen=True):
    algorithm: str
    value: str


class _DsseSignature(msgspec.Struct, frozen=True):
    signature: str
    verifier: str


class _DsseSpec(msgspec.Struct, frozen=True, rename="camel"):
    payload_hash: _Hash
    signatures: list[_DsseSignature]


class _IntotoSignature(msgspec.Struct, frozen=True, rename="camel"):
    sig: str
    public_key: str


class _IntotoEnvelope(msgspec.Struct, frozen=True, rename="camel"):
    payload_type: str
    signatures: list[_IntotoSignature]


class _IntotoContent(msgspec.Struct, frozen=True, rename="camel"):
    payload_hash: _Hash
    envelope: _IntotoEnvelope


class _IntotoSpec(msgspec.Struct, frozen=True):
    content: _IntotoContent


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    kind: str
    api_version: str
    spec: dict[str, Any]


def signed_by(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a key signed these bytes, with ECDSA and SHA-256."""
    try:
        key.verify(signature, data, _ECDSA)
    except InvalidSignature:
        return False
    return True


def check_envelope(envelope: Envelope, key: ec.EllipticCurvePublicKey) -> None:
    """Raises `Refused` (signature) unless the key signed type and payload (DSSE: its pre-authentication encoding)."""
    kind = envelope.payload_type.encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(envelope.payload), envelope.payload)
    require(signed_by(key, envelope.signature, signed), Reason.SIGNATURE, "the statement is not signed by its signer")


def check_binding(
    envelope: Envelope, kind: KindVersion, body: bytes, signer: Certificate | ec.EllipticCurvePublicKey
) -> None:
    """Raises `Refused` (entry-binding) unless the log entry is about this statement, signature and signer.

    Without it, the entry of one signature would date another (CVE-2022-36056).
    """
    try:
        logged, signature, verifier = _logged(kind, body, envelope.payload_type)
    except Refused as error:
        raise Refused(Reason.ENTRY_BINDING, str(error)) from error
    payload = _Hash("sha256", hashlib.sha256(envelope.payload).hexdigest())
    require(logged == payload, Reason.ENTRY_BINDING, "the log entry is about another statement")
    require(signature == envelope.signature, Reason.ENTRY_BINDING, "the log entry is about another signature")
    require(_same_signer(verifier, signer), Reason.ENTRY_BINDING, "the log entry is about another signer")


def read_statement(envelope: Envelope, types: frozenset[str]) -> tuple[Statement, Subject]:
    """The statement and its one subject. Raises `Refused`: payload-type, statement-type, subject-count, malformed."""
    require(envelope.payload_type == IN_TOTO, Reason.PAYLOAD_TYPE, "what was signed is no in-toto statement")
    statement = shaped(read_json(envelope.payload), Statement, "the statement")
    require(
        statement.type in types, Reason.STATEMENT_TYPE, f"statements of the type {statement.type[:80]} are not read"
    )
    count = len(statement.subject)
    require(count == 1, Reason.SUBJECT_COUNT, f"the statement is about {count} things, and one is required")
    return statement, statement.subject[0]


def _logged(kind: KindVersion, body: bytes, payload_type: str) -> tuple[_Hash, bytes, bytes]:
    """What a log entry is about: the hash of a statement, a signature, and its signer in PEM."""
    told = shaped(read_json(body), _Body, "the body of the log entry")
    alike = (told.kind, told.api_version) == (kind.kind, kind.version)
    require(alike, Reason.ENTRY_BINDING, "the log entry is of another kind than is said of it")
    match told.kind, told.api_version:
        case "dsse", "0.0.1":
            return _of_dsse(told.spec)
        case "intoto", "0.0.2":
            return _of_intoto(told.spec, payload_type)
        case _:
            read = f"{told.kind[:40]} {told.api_version[:20]}"
            raise Refused(Reason.ENTRY_BINDING, f"log entries of the kind {read} are not read")


def _of_dsse(spec: dict[str, Any]) -> tuple[_Hash, bytes, bytes]:
    told = shaped(spec, _DsseSpec, "the log entry")
    require(len(told.signatures) == 1, Reason.ENTRY_BINDING, "the log entry has not one signature")
    one = told.signatures[0]
    return told.payload_hash, octets(one.signature, "the logged signature"), octets(one.verifier, "the logged signer")


def _of_intoto(spec: dict[str, Any], payload_type: str) -> tuple[_Hash, bytes, bytes]:
    told = shaped(spec, _IntotoSpec, "the log entry").content
    require(told.envelope.payload_type == payload_type, Reason.ENTRY_BINDING, "the log entry is about another type")
    require(len(told.envelope.signatures) == 1, Reason.ENTRY_BINDING, "the log entry has not one signature")
    one = told.envelope.signatures[0]
    # This kind of entry has the envelope's text in base 64 once more.
    inner = octets(one.sig, "the logged signature").decode("ascii", "replace")
    return told.payload_hash, octets(inner, "the logged signature"), octets(one.public_key, "the logged signer")


def _same_signer(pem: bytes, signer: Certificate | ec.EllipticCurvePublicKey) -> bool:
    try:
        if isinstance(signer, Certificate):
            return load_pem_x509_certificate(pem) == signer
        logged = load_pem_public_key(pem)
    except ValueError:
        return False
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return logged.public_bytes(*form) == signer.public_bytes(*form)
