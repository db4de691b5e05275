"""Timestamps of an authority (RFC 3161), where a bundle has some: each has to hold, and to fall into the certificate's time.

The time that counts is the log's all the same. One that does not hold is no reason to look away.
"""

import msgspec
from cryptography.x509 import Certificate
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from pratique.adapters.attestations.anchors import Anchors, Authority
from pratique.adapters.attestations.refusal import Refused, require
from pratique.adapters.attestations.wire import octets
from pratique.model import limits
from pratique.model.provenance import Reason


class _Stamp(msgspec.Struct, frozen=True, rename="camel"):
    signed_timestamp: str


class Stamps(msgspec.Struct, frozen=True):
    """The timestamps of a bundle: answers of an authority in DER, base 64."""

    stamps: list[_Stamp] = msgspec.field(default=[], name="rfc3161Timestamps")


def check_stamps(told: Stamps | None, signature: bytes, certificate: Certificate, anchors: Anchors) -> None:
    """Raises `Refused` (timestamp) unless every timestamp is over the signature, and holds."""
    stamps = told.stamps if told else []
    few = len(stamps) <= limits.ATTESTATION_TIMESTAMPS_MAX
    require(few, Reason.TIMESTAMP, f"there are more than {limits.ATTESTATION_TIMESTAMPS_MAX} timestamps")
    for each in stamps:
        try:
            answer = decode_timestamp_response(octets(each.signed_timestamp, "a timestamp"))
        except ValueError as error:
            raise Refused(Reason.TIMESTAMP, "a timestamp cannot be read") from error
        moment = answer.tst_info.gen_time
        valid = any(
            authority.covers(moment) and _stamped_by(authority, answer, signature)
            for authority in anchors.timestamp_authorities
        )
        require(valid, Reason.TIMESTAMP, "no timestamp authority of the trusted root made a timestamp for this")
        within = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        require(within, Reason.TIMESTAMP, "the certificate does not count at the time of a timestamp")


def _stamped_by(authority: Authority, answer: TimeStampResponse, signature: bytes) -> bool:
    signer, *between, root = authority.chain
    builder = VerifierBuilder().tsa_certificate(signer).add_root_certificate(root)
    for certificate in between:
        builder = builder.add_intermediate_certificate(certificate)
    try:
        return bool(builder.build().verify_message(answer, signature))
    except (VerificationError, ValueError):
        return False
