"""What is wrong with attestations of npm is rejected, and for the reason that it is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model.provenance import Rejected
from tests.adapters.attestations.conftest import Ask
from tests.adapters.attestations.edits import Edit, at, drop, flip, later, put, turned
from tests.adapters.attestations.forge import NOW, NPM, PURL, SHA512, Forge, Recipe, b64, made_key
from tests.adapters.attestations.test_npm_attestations import BY_REGISTRY, PUBLISHED, REAL

ATTESTATION = ("attestations", 0)
BUNDLE = (*ATTESTATION, "bundle")
ENVELOPE = (*BUNDLE, "dsseEnvelope")
MATERIAL = (*BUNDLE, "verificationMaterial")
CHAIN = (*MATERIAL, "x509CertificateChain")
LEAF = (*CHAIN, "certificates", 0, "rawBytes")
ENTRIES = (*MATERIAL, "tlogEntries")
ENTRY = (*ENTRIES, 0)
PROOF = (*ENTRY, "inclusionProof")
SIGNATURE = (*ENVELOPE, "signatures", 0, "sig")
STAMPS = (*MATERIAL, "timestampVerificationData", "rfc3161Timestamps")


def message_only(document: dict[str, list[dict[str, dict[str, object]]]]) -> None:
    """Turns the bundle into one that signs a message, which no attestation is."""
    bundle = document["attestations"][0]["bundle"]
    del bundle["dsseEnvelope"]
    bundle["messageSignature"] = {"signature": "AAAA"}


EDITS: dict[str, tuple[Edit, str]] = {
    "payload changed": (turned(*ENVELOPE, "payload", by=flip(-3)), "signature"),
    "type of the payload changed": (put(*ENVELOPE, "payloadType", to="text/plain"), "signature"),
    "signature changed": (turned(*SIGNATURE, by=flip(-1)), "signature"),
    "two signatures": (turned(*ENVELOPE, "signatures", by=lambda told: told * 2), "signature"),
    "no signature": (put(*ENVELOPE, "signatures", to=[]), "signature"),
    "log time one second later": (turned(*ENTRY, "integratedTime", by=later(1)), "log-promise"),
    "log number changed": (turned(*ENTRY, "logIndex", by=later(1)), "log-promise"),
    "log body changed": (turned(*ENTRY, "canonicalizedBody", by=flip(20)), "log-promise"),
    "promise missing": (drop(*ENTRY, "inclusionPromise"), "log-promise"),
    "log unknown": (turned(*ENTRY, "logId", "keyId", by=flip(-1)), "log-key-unknown"),
    "no log entry": (put(*ENTRIES, to=[]), "log-entries"),
    "two log entries": (turned(*ENTRIES, by=lambda told: told * 2), "log-entries"),
    "proof missing": (drop(*PROOF), "inclusion-proof"),
    "proof changed": (turned(*PROOF, "hashes", 0, by=flip(0)), "inclusion-proof"),
    "place in the tree changed": (turned(*PROOF, "logIndex", by=later(1)), "inclusion-proof"),
    "checkpoint missing": (drop(*PROOF, "checkpoint"), "checkpoint"),
    "checkpoint changed": (turned(*PROOF, "checkpoint", "envelope", by=lambda told: told.replace("log.", "cog.")), "checkpoint"),
    "certificate changed": (turned(*LEAF, by=flip(-1)), "certificate-chain"),
    "certificate of nobody": (put(*LEAF, to="AAAA"), "malformed"),
    "key named beside the certificate": (put(*ENVELOPE, "signatures", 0, "keyid", to="SHA256:one"), "npm-key"),
    "chain empty": (put(*CHAIN, "certificates", to=[]), "malformed"),
    "signer missing": (drop(*CHAIN), "malformed"),
    "two signers": (put(*MATERIAL, "publicKey", to={"hint": "SHA256:one"}), "malformed"),
    "kind of the entry changed": (put(*ENTRY, "kindVersion", "kind", to="dsse"), "entry-binding"),
    "kind of the statement claimed": (put(*ATTESTATION, "predicateType", to=PUBLISHED), "predicate-type"),
    "version of the bundle unknown": (put(*BUNDLE, "mediaType", to="application/vnd.dev.sigstore.bundle.v9+json"), "malformed"),
    "signature of a message": (message_only, "malformed"),
    "timestamp that is none": (put(*STAMPS, to=[{"signedTimestamp": "AAAA"}]), "timestamp"),
    "too many timestamps": (put(*STAMPS, to=[{"signedTimestamp": "AAAA"}] * 9), "timestamp"),
    "no attestation": (put("attestations", to=[]), "no-attestation"),
    "too many attestations": (turned("attestations", by=lambda told: told * 17), "too-large"),
    "bundle of another shape": (put(*BUNDLE, to={"mediaType": 1}), "malformed"),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
async def test_a_changed_document_is_rejected(forge: Forge, npm: Ask, case: str) -> None:
    told = forge.npm()
    assert not isinstance(await npm(told), Rejected)
    edit, reason = EDITS[case]
    edit(told)
    answer = await npm(told)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


CONTENT = ("spec", "content")
LOGGED = (*CONTENT, "envelope")
SIGNER = (*LOGGED, "signatures", 0)

RECIPES: dict[str, tuple[Recipe, str]] = {
    "registry's key unknown": (replace(BY_REGISTRY, key_id="SHA256:two"), "npm-key"),
    "built, says the registry": (replace(NPM, key_id="SHA256:one"), "predicate-type"),
    "published, says a certificate": (replace(NPM, predicate_type=PUBLISHED), "predicate-type"),
    "kind of the statement": (replace(NPM, predicate_type="https://example.invalid/v1"), "predicate-type"),
    "type of the statement": (replace(NPM, statement_type="https://example.invalid/Statement/v1"), "statement-type"),
    "type of the payload": (replace(NPM, payload_type="text/plain"), "payload-type"),
    "two subjects": (replace(NPM, subjects=NPM.subjects * 2), "subject-count"),
    "subject without SHA-512": (replace(NPM, subjects=({"name": PURL, "digest": {"sha256": SHA512}},)), "subject-digest"),
    "logged too late": (replace(NPM, logged=NOW.replace(hour=13)), "certificate-time"),
    "certificate without timestamp": (replace(NPM, stamps=0), "sct"),
    "certificate for another key": (replace(NPM, certificate_key=made_key()), "signature"),
    "checkpoint by another key": (replace(NPM, checkpoint_by=made_key()), "checkpoint"),
    "entry about another statement": (replace(NPM, body=put(*CONTENT, "payloadHash", "value", to="0" * 64)), "entry-binding"),
    "entry about another type": (replace(NPM, body=put(*LOGGED, "payloadType", to="text/plain")), "entry-binding"),
    "entry about two signatures": (replace(NPM, body=turned(*LOGGED, "signatures", by=lambda told: told * 2)), "entry-binding"),
    "entry about another signature": (replace(NPM, body=put(*SIGNER, "sig", to=b64(b"QUJD"))), "entry-binding"),
    "entry with a signature in one encoding": (replace(NPM, body=put(*SIGNER, "sig", to=b64(b"\xff\xfe"))), "entry-binding"),
    "entry about another signer": (replace(NPM, body=put(*SIGNER, "publicKey", to=b64(b"nobody"))), "entry-binding"),
    "kind of entry that is not read": (replace(NPM, kind="hashedrekord"), "entry-binding"),
}  # fmt: skip


@pytest.mark.parametrize("case", RECIPES)
async def test_what_is_signed_and_not_as_it_should_be_is_rejected(forge: Forge, npm: Ask, case: str) -> None:
    recipe, reason = RECIPES[case]
    answer = await npm(forge.npm(recipe))
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


@pytest.mark.parametrize(
    ("path", "reason"),
    [(ENTRY, "entry-binding"), (CHAIN, "signature"), (ENVELOPE, "signature"), (PROOF, "inclusion-proof")],
)
async def test_parts_of_two_good_bundles_do_not_mix(
    forge: Forge, npm: Ask, path: tuple[str | int, ...], reason: str
) -> None:
    told, other = forge.npm(), forge.npm()
    put(*path, to=at(other, path))(told)
    answer = await npm(told)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


async def test_the_entry_of_one_signer_dates_no_other(forge: Forge, npm: Ask) -> None:
    told, other = forge.npm(BY_REGISTRY), forge.npm(replace(NPM, predicate_type=PUBLISHED))
    put(*ENTRY, to=at(other, ENTRY))(told)
    answer = await npm(told)
    assert isinstance(answer, Rejected)
    assert answer.reason == "entry-binding"


@pytest.mark.parametrize(
    ("purl", "sha512", "reason"),
    [
        (PURL, "0" * 128, "subject-digest"),
        (f"{PURL}1", SHA512, "subject-name"),
        ("pkg:npm/calm@1.0.0", SHA512, "subject-name"),
        (PURL.upper(), SHA512, "subject-name"),
    ],
)
async def test_a_good_document_is_of_no_other_version(
    forge: Forge, npm: Ask, purl: str, sha512: str, reason: str
) -> None:
    answer = await npm(forge.npm(), purl, sha512)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


async def test_two_keys_of_the_registry_are_one_too_many(forge: Forge, npm: Ask) -> None:
    told = forge.npm(BY_REGISTRY)
    put(*ENVELOPE, "signatures", 0, "keyid", to="SHA256:two")(told)
    answer = await npm(told)
    assert isinstance(answer, Rejected)
    assert answer.reason == "npm-key"


async def test_the_registrys_key_counts_at_its_time_only(forge: Forge) -> None:
    keys = forge.npm_keys({"start": "2020-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"})
    verifier = AttestationVerifier(TrustRoot(forge.trusted_root(), keys))
    answer = await verifier.npm(PURL, SHA512, json.dumps(forge.npm(BY_REGISTRY)).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == "npm-key"


REAL_EDITS: dict[str, tuple[Edit, str]] = {
    "payload": (turned(*ENVELOPE, "payload", by=flip(-3)), "signature"),
    "signature": (turned(*SIGNATURE, by=flip(-1)), "signature"),
    "log time": (turned(*ENTRY, "integratedTime", by=later(1)), "log-promise"),
    "newer version of the bundle": (turned(*BUNDLE, "mediaType", by=lambda told: told.replace("0.1", "0.2")), "inclusion-proof"),
    "certificate": (turned(*LEAF, by=flip(-1)), "certificate-chain"),
}  # fmt: skip


@pytest.mark.parametrize("case", REAL_EDITS)
async def test_a_changed_real_document_is_rejected(real: AttestationVerifier, fixtures: Path, case: str) -> None:
    edit, reason = REAL_EDITS[case]
    name, (purl, sha512, *_) = next(iter(REAL.items()))
    told = {"attestations": [json.loads((fixtures / name).read_bytes())]}
    edit(told)
    answer = await real.npm(purl, sha512, json.dumps(told).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


@pytest.mark.parametrize(("part", "reason"), [(CHAIN, "certificate-time"), (ENTRY, "certificate-time")])
async def test_parts_of_another_package_do_not_fit(
    real: AttestationVerifier, fixtures: Path, part: tuple[str | int, ...], reason: str
) -> None:
    (name, (purl, sha512, *_)), (other, _) = REAL.items()
    told, others = ({"attestations": [json.loads((fixtures / each).read_bytes())]} for each in (name, other))
    put(*part, to=at(others, part))(told)
    answer = await real.npm(purl, sha512, json.dumps(told).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


def test_every_edit_changes_something(forge: Forge) -> None:
    for edit, _ in EDITS.values():
        told = forge.npm()
        before = json.dumps(told)
        edit(told)
        assert json.dumps(told) != before
