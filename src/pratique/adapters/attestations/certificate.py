"""Whether a certificate was issued to sign code, by whom it had to be, and openly, at the time the log has signed (Fulcio)."""

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.certificate_transparency import LogEntryType, SignedCertificateTimestamp
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, VerificationError

from pratique.adapters.attestations.anchors import Anchors
from pratique.adapters.attestations.envelope import signed_by
from pratique.adapters.attestations.refusal import Refused, require
from pratique.model import limits
from pratique.model.provenance import Reason

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
# The library's profiles are those of the web, where a leaf is for clients. What this one is for is asked in `_check_use`.
_ANY_USE: Final = (x509.ExtendedKeyUsage, Criticality.NON_CRITICAL, None)
_OF_AUTHORITIES: Final = ExtensionPolicy.webpki_defaults_ca().may_be_present(*_ANY_USE)
_OF_LEAVES: Final = ExtensionPolicy.webpki_defaults_ee().may_be_present(*_ANY_USE)


def load_certificate(der: bytes) -> x509.Certificate:
    """Read a certificate with all its extensions. Raises `Refused` (malformed)."""
    require(
        len(der) <= limits.ATTESTATION_CERTIFICATE_BYTES_MAX,
        Reason.MALFORMED,
        f"the certificate has more than {limits.ATTESTATION_CERTIFICATE_BYTES_MAX:,} bytes",
    )
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.extensions  # read here, so that it fails here
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Refused(Reason.MALFORMED, f"the certificate cannot be read: {type(error).__name__}") from error
    return certificate


def check_certificate(certificate: x509.Certificate, moment: datetime, anchors: Anchors) -> ec.EllipticCurvePublicKey:
    """The key of a certificate that holds at `moment` (UTC, as the log signed it).

    Raises `Refused`: certificate-time, certificate-chain, certificate-use, sct.
    """
    require(
        certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc,
        Reason.CERTIFICATE_TIME,
        "the certificate does not count at the time at which the log took the entry",
    )
    issuer = _issuer(certificate, moment, anchors)
    _check_use(certificate)
    _check_timestamp(certificate, issuer, anchors)
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused(Reason.CERTIFICATE_USE, "the certificate's key is not on P-256")
    return key


def _issuer(certificate: x509.Certificate, moment: datetime, anchors: Anchors) -> x509.Certificate:
    """Who issued it: one of the trusted root, by a path that holds (RFC 5280, section 6)."""
    for authority in anchors.authorities:
        if authority.covers(moment):
            verifier = (
                PolicyBuilder()
                .store(authority.store)
                .time(moment)
                .extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=_OF_LEAVES)
                .build_client_verifier()
            )
            try:
                return verifier.verify(certificate, []).chain[1]
            except (VerificationError, x509.UnsupportedGeneralNameType, IndexError):
                continue
    raise Refused(Reason.CERTIFICATE_CHAIN, "no authority of the trusted root issued the certificate")


def _check_use(certificate: x509.Certificate) -> None:
    try:
        use = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise Refused(Reason.CERTIFICATE_USE, "the certificate does not say what it is for") from error
    signs_code = use.digital_signature and ExtendedKeyUsageOID.CODE_SIGNING in purposes
    require(signs_code, Reason.CERTIFICATE_USE, "the certificate is not for signing code")


def _check_timestamp(certificate: x509.Certificate, issuer: x509.Certificate, anchors: Anchors) -> None:
    """A log of certificates has to have signed that it saw this one (RFC 6962, section 3.2)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps)
    except x509.ExtensionNotFound as error:
        raise Refused(Reason.SCT, "no log of certificates has signed for this one") from error
    stamps = list(extension.value)
    require(len(stamps) == 1, Reason.SCT, f"the certificate has {len(stamps)} timestamps, and one is required")
    stamp = stamps[0]
    log = anchors.certificate_logs.get(stamp.log_id)
    if log is None:
        raise Refused(Reason.SCT, "no log of certificates in the trusted root has this key")
    taken = stamp.timestamp.replace(tzinfo=UTC)
    require(log.window.covers(taken), Reason.SCT, "the key of the log of certificates does not count at that time")
    plain = (
        isinstance(stamp.signature_hash_algorithm, hashes.SHA256) and stamp.entry_type is LogEntryType.PRE_CERTIFICATE
    )
    valid = plain and signed_by(log.public, stamp.signature, _stamped(stamp, taken, certificate, issuer))
    require(valid, Reason.SCT, "the log of certificates has not signed for this one")


def _stamped(
    stamp: SignedCertificateTimestamp, taken: datetime, certificate: x509.Certificate, issuer: x509.Certificate
) -> bytes:
    """What the log signs of a certificate before that carries the timestamp (RFC 6962, section 3.2)."""
    key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    body = certificate.tbs_precertificate_bytes
    return b"".join(
        (
            struct.pack("!BBQH", stamp.version.value, 0, (taken - _EPOCH) // _MILLISECOND, 1),
            hashlib.sha256(key).digest(),
            len(body).to_bytes(3),
            body,
            struct.pack("!H", len(stamp.extension_bytes)),
            stamp.extension_bytes,
        )
    )
