"""A Sigstore of the tests' own: an authority, its two logs, and attestations that these keys make, good or bad in one point."""

import hashlib
import json
import struct
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pratique.record.merkle import leaf_hash, node_hash
from tests.adapters.attestations.edits import Edit, Plain

NOW: Final = datetime(2026, 3, 24, 12, tzinfo=UTC)
ARC: Final = "1.3.6.1.4.1.57264.1."
SHA: Final = ec.ECDSA(hashes.SHA256())
SLSA: Final = "https://slsa.dev/provenance/v1"
FILE: Final = "calc-1.0-py3-none-any.whl"
SHA256: Final = hashlib.sha256(b"calc").hexdigest()
SHA512: Final = hashlib.sha512(b"calc").hexdigest()
PURL: Final = "pkg:npm/calc@1.0.0"
PUBLISHER: Final = {"kind": "GitHub", "repository": "ann/calc", "workflow": "release.yml"}
WORKFLOW: Final = "https://github.com/ann/calc/.github/workflows/release.yml@refs/tags/v1.0"
CLAIMS: Final[Mapping[int, str]] = {
    8: "https://token.actions.githubusercontent.com",
    9: WORKFLOW,
    11: "github-hosted",
    12: "https://github.com/ann/calc",
    13: "0" * 40,
    14: "refs/tags/v1.0",
    15: "1001",
    17: "2002",
    18: WORKFLOW,
    20: "release",
    21: "https://github.com/ann/calc/actions/runs/1/attempts/1",
}
Key = ec.EllipticCurvePrivateKey


def made_key() -> Key:
    """A new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def b64(data: bytes) -> str:
    """Base 64, as a text."""
    return b64encode(data).decode()


def public(key: Key) -> bytes:
    """The public key in DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def log_id(key: Key) -> bytes:
    """By what a log's key goes."""
    return hashlib.sha256(public(key)).digest()


def der(tag: int, content: bytes) -> bytes:
    """A value in DER (X.690): 0x0c is a text, 0x04 are bytes."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content


@dataclass(frozen=True)
class Recipe:
    """What an attestation is made of. One that is made as this says is good; tests change a part of it."""

    claims: Mapping[int, str] = field(default_factory=lambda: CLAIMS)
    raw_claims: Mapping[int, bytes] = field(default_factory=dict)
    names: tuple[x509.GeneralName, ...] = (x509.UniformResourceIdentifier(WORKFLOW),)
    issued: datetime = NOW
    logged: datetime = NOW + timedelta(minutes=1)
    digital_signature: bool = True
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING
    stamps: int = 1
    certificate_key: Key | None = None
    statement: Mapping[str, Any] | None = None
    statement_type: str = "https://in-toto.io/Statement/v1"
    predicate_type: str = SLSA
    payload_type: str = "application/vnd.in-toto+json"
    subjects: tuple[Mapping[str, Any], ...] = ({"name": FILE, "digest": {"sha256": SHA256}},)
    kind: str = "dsse"
    checkpoint_by: Key | None = None
    checkpoint_of: tuple[int, bytes] | None = None
    """Size and root, where the log signs the head of another tree than the proof leads to."""
    stamped_by: Key | None = None
    body: Edit | None = None
    """What is done to the body of the log entry, before the log takes it."""
    key_id: str = ""
    """Of a registry key, where that signs instead of a certificate."""


NPM: Final = Recipe(kind="intoto", subjects=({"name": PURL, "digest": {"sha512": SHA512}},))


class Forge:
    """Keys, the trusted root that names them, and what they sign."""

    def __init__(self) -> None:
        self.root_key, self.authority_key, self.rekor, self.ctlog = (made_key() for _ in range(4))
        self.registry = made_key()
        self.root = _authority("root", self.root_key, "root", self.root_key)
        self.authority = _authority("between", self.authority_key, "root", self.root_key)

    def trusted_root(self, **changed: Plain) -> bytes:
        """The document; its members can be replaced."""
        start = {"start": "2020-01-01T00:00:00Z"}
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [self.log(self.rekor, start)],
            "certificateAuthorities": [self.told_authority(start)],
            "ctlogs": [self.log(self.ctlog, start)],
            "timestampAuthorities": [],
        }
        return json.dumps({**document, **changed}).encode()

    def log(self, key: Key, window: Mapping[str, str]) -> dict[str, Any]:
        """A log, as a trusted root tells of it."""
        told = {"rawBytes": b64(public(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": window}
        return {
            "baseUrl": "https://log.example.invalid",
            "hashAlgorithm": "SHA2_256",
            "publicKey": told,
            "logId": {"keyId": b64(log_id(key))},
        }

    def told_authority(self, window: Mapping[str, str], *chain: x509.Certificate) -> dict[str, Any]:
        """An authority, as a trusted root tells of it."""
        certificates = chain or (self.authority, self.root)
        return {
            "subject": {"organization": "example", "commonName": "example"},
            "uri": "https://authority.example.invalid",
            "certChain": {
                "certificates": [{"rawBytes": b64(each.public_bytes(Encoding.DER))} for each in certificates]
            },
            "validFor": window,
        }

    def npm_keys(self, window: Mapping[str, str] | None = None) -> bytes:
        """The registry's keys: one, for both uses."""
        told = {
            "rawBytes": b64(public(self.registry)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": window or {"start": "2020-01-01T00:00:00.000Z"},
        }
        uses = ("npm:signatures", "npm:attestations")
        return json.dumps(
            {"keys": [{"keyId": "SHA256:one", "keyUsage": use, "publicKey": told} for use in uses]}
        ).encode()

    def pypi(self, *recipes: Recipe, publisher: Mapping[str, str] = PUBLISHER) -> dict[str, Any]:
        """A provenance document with one bundle."""
        made = [self._pypi(recipe) for recipe in recipes or (Recipe(),)]
        return {"version": 1, "attestation_bundles": [{"publisher": dict(publisher), "attestations": made}]}

    def npm(self, *recipes: Recipe) -> dict[str, Any]:
        """What the registry answers, with one bundle for each recipe."""
        made = recipes or (NPM,)
        return {"attestations": [{"predicateType": each.predicate_type, "bundle": self.bundle(each)} for each in made]}

    def bundle(self, recipe: Recipe) -> dict[str, Any]:
        """A bundle of version 0.2."""
        payload, signature, certificate, key = self._signed(recipe)
        signer = (
            {"publicKey": {"hint": recipe.key_id}}
            if certificate is None
            else {"x509CertificateChain": {"certificates": [{"rawBytes": b64(certificate.public_bytes(Encoding.DER))}]}}
        )
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2",
            "verificationMaterial": {
                **signer,
                "tlogEntries": [self.entry(recipe, payload, signature, _pem(certificate, key))],
                "timestampVerificationData": {"rfc3161Timestamps": []},
            },
            "dsseEnvelope": {
                "payload": b64(payload),
                "payloadType": recipe.payload_type,
                "signatures": [{"sig": b64(signature), "keyid": ""}],
            },
        }

    def entry(self, recipe: Recipe, payload: bytes, signature: bytes, signer: bytes) -> dict[str, Any]:
        """A log entry with promise, proof and checkpoint, as entry 2 of a tree of 4."""
        logged = _body(recipe, payload, signature, signer)
        if recipe.body:
            recipe.body(logged)
        body = json.dumps(logged).encode()
        promised = {
            "body": b64(body),
            "integratedTime": int(recipe.logged.timestamp()),
            "logID": log_id(self.rekor).hex(),
            "logIndex": 7,
        }
        promise = self.rekor.sign(json.dumps(promised, separators=(",", ":"), sort_keys=True).encode(), SHA)
        last, before = leaf_hash(b"last"), node_hash(leaf_hash(b"first"), leaf_hash(b"second"))
        root = node_hash(before, node_hash(leaf_hash(body), last))
        return {
            "logIndex": "7",
            "logId": {"keyId": b64(log_id(self.rekor))},
            "kindVersion": {"kind": recipe.kind, "version": "0.0.2" if recipe.kind == "intoto" else "0.0.1"},
            "integratedTime": str(promised["integratedTime"]),
            "inclusionPromise": {"signedEntryTimestamp": b64(promise)},
            "inclusionProof": {
                "logIndex": "2",
                "rootHash": b64(root),
                "treeSize": "4",
                "hashes": [b64(last), b64(before)],
                "checkpoint": {"envelope": self.checkpoint(*(recipe.checkpoint_of or (4, root)), recipe.checkpoint_by)},
            },
            "canonicalizedBody": b64(body),
        }

    def checkpoint(self, size: int, root: bytes, by: Key | None = None) -> str:
        """A signed head of the tree: a witness's line first, then that of the log."""
        text = f"log.example.invalid - 1\n{size}\n{b64(root)}\n"
        witness = f"\u2014 witness {b64(b'hint' + made_key().sign(text.encode(), SHA))}\n"
        signature = log_id(self.rekor)[:4] + (by or self.rekor).sign(text.encode(), SHA)
        return f"{text}\n{witness}\u2014 log.example.invalid {b64(signature)}\n"

    def certificate(self, recipe: Recipe, key: Key) -> x509.Certificate:
        """A certificate as Fulcio issues them, with the timestamp of the log of certificates."""
        uses = dict.fromkeys(_USES, False) | {"digital_signature": recipe.digital_signature}
        uses["content_commitment"] = not recipe.digital_signature
        raw = {
            number: der(0x0C, text.encode()) if number > 7 else text.encode() for number, text in recipe.claims.items()
        }
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.authority.subject)
            .public_key(key.public_key())
            .serial_number(1001)
            .not_valid_before(recipe.issued)
            .not_valid_after(recipe.issued + timedelta(minutes=10))
            .add_extension(x509.KeyUsage(**uses), critical=True)
            .add_extension(x509.ExtendedKeyUsage([recipe.purpose]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority_key.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName(recipe.names), critical=True)
        )
        for number, content in (raw | dict(recipe.raw_claims)).items():
            builder = builder.add_extension(_claim(number, content), critical=False)
        before = builder.sign(self.authority_key, hashes.SHA256())
        if not recipe.stamps:
            return before
        stamps = [self._stamp(before, recipe)] * recipe.stamps
        oid = x509.PrecertificateSignedCertificateTimestamps.oid
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, der(0x04, _list(stamps))), critical=False)
        return builder.sign(self.authority_key, hashes.SHA256())

    def _stamp(self, before: x509.Certificate, recipe: Recipe) -> bytes:
        taken = struct.pack("!Q", int(recipe.issued.timestamp() * 1000))
        issuer = hashlib.sha256(public(self.authority_key)).digest()
        body = before.tbs_certificate_bytes
        told = b"\x00\x00" + taken + b"\x00\x01" + issuer + len(body).to_bytes(3) + body + b"\x00\x00"
        signature = (recipe.stamped_by or self.ctlog).sign(told, SHA)
        return (
            b"\x00" + log_id(self.ctlog) + taken + b"\x00\x00\x04\x03" + struct.pack("!H", len(signature)) + signature
        )

    def _pypi(self, recipe: Recipe) -> dict[str, Any]:
        payload, signature, certificate, key = self._signed(recipe)
        assert certificate is not None
        return {
            "version": 1,
            "verification_material": {
                "certificate": b64(certificate.public_bytes(Encoding.DER)),
                "transparency_entries": [self.entry(recipe, payload, signature, _pem(certificate, key))],
            },
            "envelope": {"statement": b64(payload), "signature": b64(signature)},
        }

    def _signed(self, recipe: Recipe) -> tuple[bytes, bytes, x509.Certificate | None, Key]:
        key = self.registry if recipe.key_id else made_key()
        certificate = None if recipe.key_id else self.certificate(recipe, recipe.certificate_key or key)
        statement = recipe.statement or {
            "_type": recipe.statement_type,
            "subject": list(recipe.subjects),
            "predicateType": recipe.predicate_type,
            "predicate": {"note": "made by a test"},
        }
        payload = json.dumps(statement).encode()
        kind = recipe.payload_type.encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        return payload, key.sign(signed, SHA), certificate, key


_USES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
    "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _authority(name: str, key: Key, issuer: str, issuer_key: Key) -> x509.Certificate:
    uses = dict.fromkeys(_USES, False) | {"key_cert_sign": True, "crl_sign": True}
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=100))
        .not_valid_after(NOW + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _body(recipe: Recipe, payload: bytes, signature: bytes, signer: bytes) -> dict[str, Any]:
    found = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
    if recipe.kind == "intoto":
        inner = {"sig": b64(b64(signature).encode()), "publicKey": b64(signer)}
        envelope = {"payloadType": recipe.payload_type, "signatures": [inner]}
        content = {"envelope": envelope, "hash": found, "payloadHash": found}
        return {"apiVersion": "0.0.2", "kind": "intoto", "spec": {"content": content}}
    signatures = [{"signature": b64(signature), "verifier": b64(signer)}]
    spec = {"envelopeHash": found, "payloadHash": found, "signatures": signatures}
    return {"apiVersion": "0.0.1", "kind": recipe.kind, "spec": spec}


def _claim(number: int, content: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}{number}"), content)


def _list(stamps: list[bytes]) -> bytes:
    inner = b"".join(struct.pack("!H", len(each)) + each for each in stamps)
    return struct.pack("!H", len(inner)) + inner


def _pem(certificate: x509.Certificate | None, key: Key) -> bytes:
    if certificate is not None:
        return certificate.public_bytes(Encoding.PEM)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
