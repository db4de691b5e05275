"""Attestations of npm: bundles of Sigstore, signed with a certificate by who published, or by the registry with its own key.

The reference implementation in Python does not read the entries that npm's client writes to the log (kind intoto, version 0.0.2),
so every step is ours here. The registry's older signature over name, version and digest is checked too; every package has one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate

from pratique.adapters.attestations.anchors import Anchors
from pratique.adapters.attestations.certificate import check_certificate, load_certificate
from pratique.adapters.attestations.envelope import Envelope, check_binding, check_envelope, read_statement, signed_by
from pratique.adapters.attestations.identity import identity_of
from pratique.adapters.attestations.log import Entry, check_entry
from pratique.adapters.attestations.refusal import Refused, require
from pratique.adapters.attestations.timestamps import Stamps, check_stamps
from pratique.adapters.attestations.wire import LogEntry, octets, read_json, shaped
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.provenance import Identity, KeySigned, Reason, Signer, Verified

_BUNDLE: Final = "application/vnd.dev.sigstore.bundle"
_PROMISE_ENOUGH: Final = f"{_BUNDLE}+json;version=0.1"
"""The one version of bundles that may come without an inclusion proof."""
_MEDIA_TYPES: Final = frozenset(
    {_PROMISE_ENOUGH, f"{_BUNDLE}+json;version=0.2", f"{_BUNDLE}+json;version=0.3", f"{_BUNDLE}.v0.3+json"}
)
_STATEMENTS: Final = frozenset({"https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"})
_PUBLISH: Final = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
PREDICATE_TYPES: Final = frozenset({"https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1", _PUBLISH})
"""The kinds of statements that npm takes: that a version was published, and how it was built (SLSA)."""
_ATTESTATIONS, _SIGNATURES = "npm:attestations", "npm:signatures"


class _Signature(msgspec.Struct, frozen=True):
    sig: str
    keyid: str = ""


class _Dsse(msgspec.Struct, frozen=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: list[_Signature]


class _Raw(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str


class _Chain(msgspec.Struct, frozen=True):
    certificates: list[_Raw]


class _Hint(msgspec.Struct, frozen=True):
    hint: str


class _Material(msgspec.Struct, frozen=True, rename="camel"):
    tlog_entries: list[LogEntry] = []
    certificate: _Raw | None = None
    x509_certificate_chain: _Chain | None = msgspec.field(default=None, name="x509CertificateChain")
    public_key: _Hint | None = None
    timestamp_verification_data: Stamps | None = None


class _Bundle(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Dsse


class _Attestation(msgspec.Struct, frozen=True, rename="camel"):
    predicate_type: str
    bundle: dict[str, object]


class _Document(msgspec.Struct, frozen=True):
    attestations: list[_Attestation]


class RegistrySignature(msgspec.Struct, frozen=True, rename={"key": "keyid", "signature": "sig"}):
    """One of `dist.signatures`: the id of the key, and the signature in base 64."""

    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A bundle whose signature holds, with the statement still to be read."""

    envelope: Envelope
    identity: Identity
    entry: Entry


class NpmAttestations:
    """What is needed to verify such bundles: the pinned keys."""

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors

    def verify(self, purl: str, sha512: str, document: bytes) -> tuple[Verified, ...]:
        """Everything that a document attests of a version, given by its package URL and 128 hexadecimal digits of its archive.

        The document is what the registry answers: `{"attestations": [{"predicateType", "bundle"}, …]}`. Raises `Refused` at the
        first check that fails of any attestation.
        """
        told = shaped(read_json(document), _Document, "the document of attestations").attestations
        few = len(told) <= limits.PROVENANCE_ATTESTATIONS_MAX
        require(few, Reason.TOO_LARGE, f"the document holds {len(told)} attestations")
        require(bool(told), Reason.NO_ATTESTATION, "the document holds no attestation")
        return tuple(self._verify(each, purl, sha512) for each in told)

    def check(self, plain: object) -> Signed:
        """A bundle whose signer and log entry hold, whatever it states. Raises `Refused`."""
        bundle = shaped(plain, _Bundle, "the bundle")
        known = bundle.media_type in _MEDIA_TYPES
        require(known, Reason.MALFORMED, f"bundles of the type {bundle.media_type[:80]} are not read")
        dsse, material = bundle.dsse_envelope, bundle.verification_material
        require(len(dsse.signatures) == 1, Reason.SIGNATURE, f"the statement has {len(dsse.signatures)} signatures")
        signature = octets(dsse.signatures[0].sig, "the signature")
        envelope = Envelope(dsse.payload_type, octets(dsse.payload, "the statement"), signature)
        signer = _signer(material)
        named = dsse.signatures[0].keyid
        require(named in ("", signer), Reason.NPM_KEY, f"the signature is said to be by the key {named[:80]}")
        proof_needed = bundle.media_type != _PROMISE_ENOUGH
        entry = check_entry(material.tlog_entries, self._anchors, proof_needed=proof_needed)
        if isinstance(signer, Certificate):
            key = check_certificate(signer, entry.moment, self._anchors)
            check_stamps(material.timestamp_verification_data, signature, signer, self._anchors)
            identity = identity_of(signer, entry)
        else:
            key = self._key(_ATTESTATIONS, signer, entry.moment)
            identity = Identity(Signer.NPM_KEY, account=signer, log_index=entry.index, log_time=entry.moment)
        check_envelope(envelope, key)
        check_binding(envelope, entry.kind, entry.body, signer if isinstance(signer, Certificate) else key)
        return Signed(envelope, identity, entry)

    def check_registry_signature(
        self, name: str, version: str, integrity: str, signatures: Sequence[RegistrySignature], published: datetime
    ) -> KeySigned:
        """The registry's signature over `name@version:integrity` (`dist.signatures`), with a key that counted then.

        `integrity` is the one value of `dist.integrity`; `published` has a time zone. Raises `Refused`: npm-key, signature.
        """
        require(len(signatures) <= limits.REGISTRY_SIGNATURES_MAX, Reason.TOO_LARGE, "there are too many signatures")
        signed = f"{name}@{version}:{integrity}".encode()
        known = [each for each in signatures if (_SIGNATURES, each.key) in self._anchors.npm]
        require(bool(known), Reason.NPM_KEY, "no signature is by a known key of the registry")
        for each in known:
            key = self._key(_SIGNATURES, each.key, published)
            valid = signed_by(key, octets(each.signature, "the signature"), signed)
            require(valid, Reason.SIGNATURE, "the registry has not signed this name, version and digest")
        return KeySigned(known[0].key)

    def _verify(self, told: _Attestation, purl: str, sha512: str) -> Verified:
        signed = self.check(told.bundle)
        statement, subject = read_statement(signed.envelope, _STATEMENTS)
        require(subject.name == purl, Reason.SUBJECT_NAME, f"the statement is about {subject.name[:120]}")
        require(
            subject.digest.get("sha512") == sha512,
            Reason.SUBJECT_DIGEST,
            "the statement is about a file with another SHA-512",
        )
        kind = statement.predicate_type
        require(kind in PREDICATE_TYPES, Reason.PREDICATE_TYPE, f"statements of the kind {kind[:120]} are not read")
        require(
            kind == told.predicate_type,
            Reason.PREDICATE_TYPE,
            "the document says of the statement that it is of another kind",
        )
        by_registry = signed.identity.kind is Signer.NPM_KEY
        fits = by_registry == (kind == _PUBLISH)
        require(fits, Reason.PREDICATE_TYPE, "publishing is attested by the registry, and building by who built")
        return Verified(signed.identity, kind, subject.name, Digest(f"sha512:{sha512}"), signed.entry.evidence)

    def _key(self, usage: str, key_id: str, moment: datetime) -> ec.EllipticCurvePublicKey:
        key = self._anchors.npm.get((usage, key_id))
        if key is None:
            raise Refused(Reason.NPM_KEY, f"the registry has no key {key_id[:80]} for this")
        require(key.window.covers(moment), Reason.NPM_KEY, f"the registry's key does not count at {moment:%Y-%m-%d}")
        return key.public


def _signer(material: _Material) -> Certificate | str:
    """The signing certificate, or the id of a key. Raises `Refused` (malformed) unless there is one of them."""
    chain = material.x509_certificate_chain
    told = [each for each in (material.certificate, chain, material.public_key) if each is not None]
    require(len(told) == 1, Reason.MALFORMED, f"the bundle names {len(told)} signers, and one is required")
    if material.public_key is not None:
        return material.public_key.hint
    leaf = material.certificate or (chain.certificates[0] if chain and chain.certificates else None)
    if leaf is None:
        raise Refused(Reason.MALFORMED, "the bundle has an empty chain of certificates")
    return load_certificate(octets(leaf.raw_bytes, "the certificate"))
