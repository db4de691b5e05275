"""The pinned keys, read: which logs, authorities and registry keys there are, and when each of them counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.verification import Store

from pratique.adapters.attestations.refusal import require
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.wire import octets, read_json, shaped
from pratique.errors import InvalidInput
from pratique.model.provenance import Reason

_MEDIA_TYPE: Final = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
_P256: Final = "PKIX_ECDSA_P256_SHA_256"
_ADVICE: Final = "is the file a trusted_root.json of Sigstore? Copy it anew from a connected machine"


class _ValidFor(msgspec.Struct, frozen=True):
    start: datetime
    end: datetime | None = None


class _PublicKey(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str
    key_details: str
    valid_for: _ValidFor


class _LogId(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str


class _Log(msgspec.Struct, frozen=True, rename="camel"):
    public_key: _PublicKey
    log_id: _LogId


class _Certificate(msgspec.Struct, frozen=True, rename="camel"):
    raw_bytes: str


class _Chain(msgspec.Struct, frozen=True):
    certificates: list[_Certificate]


class _Authority(msgspec.Struct, frozen=True, rename="camel"):
    cert_chain: _Chain
    valid_for: _ValidFor


class _Root(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str
    tlogs: list[_Log]
    certificate_authorities: list[_Authority]
    ctlogs: list[_Log]
    timestamp_authorities: list[_Authority] = []


class _NpmKey(msgspec.Struct, frozen=True, rename="camel"):
    key_id: str
    key_usage: str
    public_key: _PublicKey


class _NpmKeys(msgspec.Struct, frozen=True):
    keys: list[_NpmKey]


@dataclass(frozen=True, slots=True)
class Window:
    """When a key counts: from `start` to `end`, both included; without an end, still."""

    start: datetime
    end: datetime | None

    def covers(self, moment: datetime) -> bool:
        """Whether the key counts at a moment."""
        return self.start <= moment and (self.end is None or moment <= self.end)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key on P-256, which signs with ECDSA and SHA-256, and when it counts."""

    public: ec.EllipticCurvePublicKey
    window: Window


@dataclass(frozen=True, slots=True)
class Authority:
    """Who issues certificates or timestamps: a chain, each issued by the next, up to a root; and when it counts."""

    chain: tuple[x509.Certificate, ...]
    store: Store
    window: Window

    def covers(self, moment: datetime) -> bool:
        """Whether all of the chain counts at a moment."""
        within = (each.not_valid_before_utc <= moment <= each.not_valid_after_utc for each in self.chain)
        return self.window.covers(moment) and all(within)


@dataclass(frozen=True, slots=True)
class Anchors:
    """All that is trusted. Logs go by the SHA-256 of their key, registry keys by usage and id."""

    logs: Mapping[bytes, Key]
    certificate_logs: Mapping[bytes, Key]
    authorities: tuple[Authority, ...]
    timestamp_authorities: tuple[Authority, ...]
    npm: Mapping[tuple[str, str], Key]


def anchors_of(root: TrustRoot) -> Anchors:
    """Read the keys. Raises `InvalidInput` for what is no trusted root, with what to do."""
    try:
        told = shaped(read_json(root.document), _Root, "the trusted root")
        require(
            told.media_type == _MEDIA_TYPE,
            Reason.TRUST_ROOT,
            f"documents of the type {told.media_type[:80]} are not read",
        )
        npm = shaped(read_json(root.npm_keys), _NpmKeys, "the registry keys").keys
        found = Anchors(
            _logs(told.tlogs),
            _logs(told.ctlogs),
            tuple(map(_authority, told.certificate_authorities)),
            tuple(map(_authority, told.timestamp_authorities)),
            {(each.key_usage, each.key_id): _key(each.public_key) for each in npm},
        )
    except (ValueError, InvalidInput) as error:
        raise InvalidInput(f"the trusted root {root.sha256} cannot be read: {error}", advice=_ADVICE) from error
    if not (found.logs and found.certificate_logs and found.authorities):
        raise InvalidInput(f"the trusted root {root.sha256} names no log or no authority", advice=_ADVICE)
    return found


def _logs(told: list[_Log]) -> dict[bytes, Key]:
    """The logs whose keys are on P-256. Others (Rekor v2) sign no entry times, and nothing here could read what they sign."""
    return {
        octets(each.log_id.key_id, "a log's id"): _key(each.public_key)
        for each in told
        if each.public_key.key_details == _P256
    }


def _key(told: _PublicKey) -> Key:
    public = load_der_public_key(octets(told.raw_bytes, "a key"))
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise InvalidInput("a key is not on P-256, as it is said to be")
    return Key(public, _window(told.valid_for))


def _authority(told: _Authority) -> Authority:
    chain = [
        x509.load_der_x509_certificate(octets(each.raw_bytes, "a certificate")) for each in told.cert_chain.certificates
    ]
    if not chain:
        raise InvalidInput("an authority has no certificate")
    for issued, issuer in zip(chain, [*chain[1:], chain[-1]], strict=True):
        _check_issued(issued, issuer)
    return Authority(tuple(chain), Store(chain), _window(told.valid_for))


def _check_issued(issued: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError) as error:
        raise InvalidInput("the certificates of an authority are no chain") from error


def _window(told: _ValidFor) -> Window:
    for moment in (told.start, told.end):
        if moment is not None and moment.tzinfo is None:
            raise InvalidInput("a time is in no time zone")
    return Window(told.start, told.end)
