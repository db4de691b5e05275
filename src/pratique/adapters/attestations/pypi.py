"""Provenance documents of PyPI (PEP 740): every attestation in one has to hold for the file at hand."""

from typing import Final, Literal

import msgspec
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from pypi_attestations import Attestation

from pratique.adapters.attestations.anchors import Anchors
from pratique.adapters.attestations.certificate import check_certificate, load_certificate
from pratique.adapters.attestations.envelope import IN_TOTO, Envelope, check_binding, check_envelope, read_statement
from pratique.adapters.attestations.identity import identity_of
from pratique.adapters.attestations.library import PREDICATE_TYPES, Publisher, Reference
from pratique.adapters.attestations.log import check_entry
from pratique.adapters.attestations.refusal import Refused, require
from pratique.adapters.attestations.wire import LogEntry, octets, read_json, shaped
from pratique.model import limits
from pratique.model.artifact import Digest
from pratique.model.provenance import Reason, Verified

_STATEMENTS: Final = frozenset({"https://in-toto.io/Statement/v1"})


class _Material(msgspec.Struct, frozen=True):
    certificate: str
    transparency_entries: list[LogEntry]


class _Envelope(msgspec.Struct, frozen=True):
    statement: str
    signature: str


class _Attestation(msgspec.Struct, frozen=True):
    version: Literal[1]
    verification_material: _Material
    envelope: _Envelope


class _Bundle(msgspec.Struct, frozen=True):
    publisher: dict[str, object]
    attestations: list[_Attestation]


class _Document(msgspec.Struct, frozen=True):
    version: Literal[1]
    attestation_bundles: list[_Bundle]


class PypiAttestations:
    """What is needed to verify such documents: the pinned keys, and the reference implementation with the same."""

    def __init__(self, anchors: Anchors, reference: Reference) -> None:
        self._anchors = anchors
        self._reference = reference

    def verify(self, filename: str, sha256: str, document: bytes) -> tuple[Verified, ...]:
        """Everything that a document attests of a file, given by its name and 64 hexadecimal digits.

        Raises `Refused` at the first check that fails of any attestation.
        """
        plain = read_json(document)
        bundles = shaped(plain, _Document, "the provenance document").attestation_bundles
        count = sum(len(each.attestations) for each in bundles)
        few = len(bundles) <= limits.PROVENANCE_BUNDLES_MAX and count <= limits.PROVENANCE_ATTESTATIONS_MAX
        require(few, Reason.TOO_LARGE, f"the document holds {len(bundles)} bundles with {count} attestations")
        attested = bool(bundles) and all(each.attestations for each in bundles)
        require(attested, Reason.NO_ATTESTATION, "the document holds no attestation, or a bundle without one")
        for bundle in bundles:
            for each in bundle.attestations:
                entries = len(each.verification_material.transparency_entries)
                require(entries == 1, Reason.LOG_ENTRIES, f"there are {entries} log entries, and one is required")
        read = self._reference.read(plain)
        return tuple(
            self._verify(ours, theirs, publisher, filename, sha256)
            for bundle, (publisher, attestations) in zip(bundles, read, strict=True)
            for ours, theirs in zip(bundle.attestations, attestations, strict=True)
        )

    def _verify(
        self, ours: _Attestation, theirs: Attestation, publisher: Publisher, filename: str, sha256: str
    ) -> Verified:
        material = ours.verification_material
        envelope = Envelope(
            IN_TOTO, octets(ours.envelope.statement, "the statement"), octets(ours.envelope.signature, "the signature")
        )
        certificate = load_certificate(octets(material.certificate, "the certificate"))
        entry = check_entry(material.transparency_entries, self._anchors, proof_needed=True)
        key = check_certificate(certificate, entry.moment, self._anchors)
        identity = identity_of(certificate, entry)
        check_envelope(envelope, key)
        check_binding(envelope, entry.kind, entry.body, certificate)
        self._reference.agree(theirs, publisher, envelope.payload)
        statement, subject = read_statement(envelope, _STATEMENTS)
        same = _parsed(subject.name) == _parsed(filename)
        require(same, Reason.SUBJECT_NAME, f"the statement is about a file named {subject.name[:120]}")
        require(
            subject.digest.get("sha256") == sha256,
            Reason.SUBJECT_DIGEST,
            "the statement is about a file with another SHA-256",
        )
        kind = statement.predicate_type
        require(kind in PREDICATE_TYPES, Reason.PREDICATE_TYPE, f"statements of the kind {kind[:120]} are not read")
        return Verified(identity, kind, subject.name, Digest(f"sha256:{sha256}"), entry.evidence)


def _parsed(filename: str) -> tuple[object, ...]:
    """The parts of a file's name, in normal form (PEP 427, PEP 625). Raises `Refused` (subject-name)."""
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        return parse(filename)
    except ValueError as error:
        raise Refused(Reason.SUBJECT_NAME, f"{filename[:120]} is no name of a distribution") from error
