"""What is wrong with a provenance document is rejected, and for the reason that it is."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model import limits
from pratique.model.provenance import Rejected
from tests.adapters.attestations.conftest import Ask
from tests.adapters.attestations.edits import Edit, Plain, at, copy_of, drop, flip, later, put, turned
from tests.adapters.attestations.forge import CLAIMS, FILE, NOW, SHA256, Forge, Recipe, b64, made_key
from tests.adapters.attestations.test_pypi import REAL, document

BUNDLE = ("attestation_bundles", 0)
ATTESTATION = (*BUNDLE, "attestations", 0)
MATERIAL = (*ATTESTATION, "verification_material")
ENTRIES = (*MATERIAL, "transparency_entries")
ENTRY = (*ENTRIES, 0)
PROOF = (*ENTRY, "inclusionProof")
CHECKPOINT = (*PROOF, "checkpoint", "envelope")
CERTIFICATE = (*MATERIAL, "certificate")
PROMISE = (*ENTRY, "inclusionPromise")
ENVELOPE = (*ATTESTATION, "envelope")


def other_size(note: str) -> str:
    return note.replace("\n4\n", "\n5\n", 1)


def other_root(note: str) -> str:
    lines = note.split("\n")
    return "\n".join([*lines[:2], base64.b64encode(bytes(32)).decode(), *lines[3:]])


def crowd(note: str) -> str:
    return note + f"{note.splitlines()[-1]}\n" * 40


def witness_only(note: str) -> str:
    return "".join(f"{line}\n" for line in note.splitlines()[:-1])


EDITS: dict[str, tuple[Edit, str]] = {
    "signature changed": (turned(*ENVELOPE, "signature", by=flip(-1)), "signature"),
    "statement changed": (turned(*ENVELOPE, "statement", by=flip(30)), "signature"),
    "statement empty": (put(*ENVELOPE, "statement", to=""), "malformed"),
    "no log entry": (put(*ENTRIES, to=[]), "log-entries"),
    "two log entries": (turned(*ENTRIES, by=lambda told: told * 2), "log-entries"),
    "number of the entry changed": (turned(*ENTRY, "logIndex", by=later(1)), "log-promise"),
    "time of the entry one second later": (turned(*ENTRY, "integratedTime", by=later(1)), "log-promise"),
    "time of the entry negative": (put(*ENTRY, "integratedTime", to="-1"), "malformed"),
    "time of the entry beyond all years": (put(*ENTRY, "integratedTime", to="9" * 18), "malformed"),
    "number of the entry as nobody writes it": (put(*ENTRY, "logIndex", to="007"), "malformed"),
    "promise missing": (drop(*PROMISE), "log-promise"),
    "promise changed": (turned(*PROMISE, "signedEntryTimestamp", by=flip(-1)), "log-promise"),
    "log unknown": (turned(*ENTRY, "logId", "keyId", by=flip(0)), "log-key-unknown"),
    "body changed": (turned(*ENTRY, "canonicalizedBody", by=flip(20)), "log-promise"),
    "proof missing": (drop(*PROOF), "inclusion-proof"),
    "proof of another place": (put(*PROOF, "logIndex", to="1"), "inclusion-proof"),
    "proof outside of the tree": (put(*PROOF, "logIndex", to="4"), "inclusion-proof"),
    "proof of another tree": (put(*PROOF, "treeSize", to="9"), "inclusion-proof"),
    "hash of the proof changed": (turned(*PROOF, "hashes", 0, by=flip(0)), "inclusion-proof"),
    "hash of the proof missing": (drop(*PROOF, "hashes", 1), "inclusion-proof"),
    "hashes of the proof swapped": (turned(*PROOF, "hashes", by=lambda told: told[::-1]), "inclusion-proof"),
    "hash of the proof cut": (put(*PROOF, "hashes", 0, to="AAAA"), "inclusion-proof"),
    "more hashes than a tree is high": (turned(*PROOF, "hashes", by=lambda told: told * 40), "inclusion-proof"),
    "root of the tree changed": (turned(*PROOF, "rootHash", by=flip(0)), "inclusion-proof"),
    "checkpoint missing": (drop(*PROOF, "checkpoint"), "checkpoint"),
    "checkpoint of another size": (turned(*CHECKPOINT, by=other_size), "checkpoint"),
    "checkpoint of another root": (turned(*CHECKPOINT, by=other_root), "checkpoint"),
    "checkpoint of a witness only": (turned(*CHECKPOINT, by=witness_only), "checkpoint"),
    "checkpoint that is no note": (put(*CHECKPOINT, to="x"), "checkpoint"),
    "checkpoint with a line that is no signature": (turned(*CHECKPOINT, by=lambda told: f"{told}x y z\n"), "checkpoint"),
    "checkpoint of many lines": (turned(*CHECKPOINT, by=crowd), "checkpoint"),
    "checkpoint too long": (put(*CHECKPOINT, to="x" * 20_000), "checkpoint"),
    "certificate in no base 64": (put(*CERTIFICATE, to="?"), "malformed"),
    "certificate that is none": (put(*CERTIFICATE, to="AAAA"), "malformed"),
    "certificate with a bit changed": (turned(*CERTIFICATE, by=flip(-1)), "certificate-chain"),
    "certificate too large": (put(*CERTIFICATE, to="AAAA" * 8_000), "malformed"),
    "kind of the entry changed": (put(*ENTRY, "kindVersion", "version", to="0.0.2"), "entry-binding"),
    "publisher of another repository": (put(*BUNDLE, "publisher", "repository", to="bob/calc"), "publisher-mismatch"),
    "publisher with another workflow": (put(*BUNDLE, "publisher", "workflow", to="test.yml"), "publisher-mismatch"),
    "publisher elsewhere": (
        put(*BUNDLE, "publisher", to={"kind": "GitLab", "repository": "ann/calc", "workflow_filepath": "release.yml"}),
        "publisher-mismatch",
    ),
    "publisher at Google": (put(*BUNDLE, "publisher", to={"kind": "Google", "email": "a@example.invalid"}), "publisher-mismatch"),
    "publisher of an unknown kind": (put(*BUNDLE, "publisher", "kind", to="Other"), "malformed"),
    "publisher missing": (drop(*BUNDLE, "publisher"), "malformed"),
    "version unknown": (put("version", to=2), "malformed"),
    "version of the attestation unknown": (put(*ATTESTATION, "version", to=2), "malformed"),
    "no bundle": (put("attestation_bundles", to=[]), "no-attestation"),
    "bundle without attestation": (put(*BUNDLE, "attestations", to=[]), "no-attestation"),
    "too many attestations": (turned(*BUNDLE, "attestations", by=lambda told: told * 17), "too-large"),
    "too many bundles": (turned("attestation_bundles", by=lambda told: told * 9), "too-large"),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
async def test_a_changed_document_is_rejected(forge: Forge, pypi: Ask, case: str) -> None:
    told = forge.pypi()
    assert not isinstance(await pypi(told), Rejected)
    edit, reason = EDITS[case]
    edit(told)
    answer = await pypi(told)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer
    assert answer.why


def about(name: str, **digest: str) -> Recipe:
    """An attestation of one file."""
    return Recipe(subjects=({"name": name, "digest": digest},))


LOGGED = ("spec", "signatures", 0)
STRANGER = "https://issuer.example.invalid"
RECIPES: dict[str, tuple[Recipe, str]] = {
    "logged after the certificate": (Recipe(logged=NOW.replace(hour=13)), "certificate-time"),
    "logged before the certificate": (Recipe(logged=NOW.replace(hour=11)), "certificate-time"),
    "certificate for clients": (Recipe(purpose=ExtendedKeyUsageOID.CLIENT_AUTH), "certificate-use"),
    "certificate not for signatures": (Recipe(digital_signature=False), "certificate-use"),
    "certificate without timestamp": (Recipe(stamps=0), "sct"),
    "certificate with two timestamps": (Recipe(stamps=2), "sct"),
    "certificate for another key": (Recipe(certificate_key=made_key()), "signature"),
    "issuer unknown": (Recipe(claims={**CLAIMS, 8: STRANGER}), "certificate-identity"),
    "issuer missing": (Recipe(claims={k: v for k, v in CLAIMS.items() if k != 8}), "certificate-identity"),
    "issuers that differ": (Recipe(claims={**CLAIMS, 1: STRANGER}), "certificate-identity"),
    "repository missing": (Recipe(claims={k: v for k, v in CLAIMS.items() if k != 12}), "certificate-identity"),
    "repository at another host": (Recipe(claims={**CLAIMS, 12: "https://example.invalid/ann/calc"}), "certificate-identity"),
    "claim that is no text": (Recipe(raw_claims={15: b"\x13\x01a"}), "certificate-identity"),
    "claim that is empty": (Recipe(raw_claims={15: b""}), "certificate-identity"),
    "certificate for a key on P-384": (Recipe(certificate_key=ec.generate_private_key(ec.SECP384R1())), "certificate-use"),
    "certificate with too many claims": (Recipe(claims={**CLAIMS, **dict.fromkeys(range(30, 40), "e" * 2_000)}), "malformed"),
    "certificate that another log saw": (Recipe(stamped_by=made_key()), "sct"),
    "account without address": (Recipe(claims={8: "https://accounts.google.com"}), "certificate-identity"),
    "workflow missing": (
        Recipe(claims={k: v for k, v in CLAIMS.items() if k != 18}, names=(x509.RFC822Name("a@example.invalid"),)),
        "certificate-identity",
    ),
    "pipeline missing": (Recipe(claims={8: "https://oidc.circleci.com"}), "certificate-identity"),
    "entry about another statement": (Recipe(body=put("spec", "payloadHash", "value", to="0" * 64)), "entry-binding"),
    "entry with another hash": (Recipe(body=put("spec", "payloadHash", "algorithm", to="sha512")), "entry-binding"),
    "entry about another signature": (Recipe(body=turned(*LOGGED, "signature", by=flip(-1))), "entry-binding"),
    "entry about another signer": (Recipe(body=put(*LOGGED, "verifier", to=b64(b"nobody"))), "entry-binding"),
    "entry about two signatures": (Recipe(body=turned(*LOGGED[:-1], by=lambda told: told * 2)), "entry-binding"),
    "entry that says nothing": (Recipe(body=drop("spec", "signatures")), "entry-binding"),
    "claim longer than it says": (Recipe(raw_claims={15: b"\x0c\x01ab"}), "certificate-identity"),
    "claim with a long length": (Recipe(raw_claims={15: b"\x0c\x81\x01a"}), "certificate-identity"),
    "claim of endless length": (Recipe(raw_claims={15: b"\x0c\x80a\x00\x00"}), "certificate-identity"),
    "claim that does not print": (Recipe(raw_claims={15: b"\x0c\x01\x1b"}), "certificate-identity"),
    "claim in no UTF-8": (Recipe(raw_claims={15: b"\x0c\x01\xff"}), "certificate-identity"),
    "claim too long": (Recipe(claims={**CLAIMS, 23: "e" * 3_000}), "certificate-identity"),
    "several names": (
        Recipe(names=(x509.UniformResourceIdentifier(CLAIMS[18]), x509.RFC822Name("a@example.invalid"))),
        "certificate-identity",
    ),
    "repository of the certificate": (
        Recipe(claims={**CLAIMS, 12: "https://github.com/bob/calc"}),
        "publisher-mismatch",
    ),
    "workflow of the certificate": (
        Recipe(claims={**CLAIMS, 18: CLAIMS[18].replace("release.yml", "test.yml")}),
        "publisher-mismatch",
    ),
    "checkpoint of an empty tree": (Recipe(checkpoint_of=(4, bytes(32))), "checkpoint"),
    "checkpoint of a larger tree": (Recipe(checkpoint_of=(5, bytes(32))), "checkpoint"),
    "checkpoint by another key": (Recipe(checkpoint_by=made_key()), "checkpoint"),
    "kind of entry that is not read": (Recipe(kind="hashedrekord"), "entry-binding"),
    "type of the payload": (Recipe(payload_type="text/plain"), "signature"),
    "type of the statement": (Recipe(statement_type="https://in-toto.io/Statement/v0.1"), "statement-type"),
    "statement that is none": (Recipe(statement={"_type": 1}), "malformed"),
    "no subject": (Recipe(subjects=()), "subject-count"),
    "two subjects": (Recipe(subjects=({"name": FILE, "digest": {"sha256": SHA256}},) * 2), "subject-count"),
    "subject without SHA-256": (about(FILE, sha512=SHA256 * 2), "subject-digest"),
    "digest in capitals": (about(FILE, sha256=SHA256.upper()), "subject-digest"),
    "subject of another version": (about("calc-1.1-py3-none-any.whl", sha256=SHA256), "subject-name"),
    "subject for another Python": (about("calc-1.0-py2-none-any.whl", sha256=SHA256), "subject-name"),
    "subject of another build": (about("calc-1.0-1-py3-none-any.whl", sha256=SHA256), "subject-name"),
    "subject of another kind": (about("calc-1.0.tar.gz", sha256=SHA256), "subject-name"),
    "subject that is no file": (about("calc", sha256=SHA256), "subject-name"),
    "kind of the statement": (Recipe(predicate_type="https://example.invalid/other/v1"), "predicate-type"),
    "kind of npm's statements": (Recipe(predicate_type="https://slsa.dev/provenance/v0.2"), "predicate-type"),
}  # fmt: skip


@pytest.mark.parametrize("case", RECIPES)
async def test_what_is_signed_and_not_as_it_should_be_is_rejected(forge: Forge, pypi: Ask, case: str) -> None:
    recipe, reason = RECIPES[case]
    answer = await pypi(forge.pypi(recipe))
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


def between(forge: Forge, path: tuple[str | int, ...]) -> Plain:
    """A good document with a part of another good one."""
    told, other = forge.pypi(), forge.pypi()
    put(*path, to=at(other, path))(told)
    return told


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (ENTRY, "entry-binding"),
        (CERTIFICATE, "signature"),
        (ENVELOPE, "signature"),
        (PROOF, "inclusion-proof"),
        (PROMISE, "log-promise"),
    ],
)
async def test_parts_of_two_good_attestations_do_not_mix(
    forge: Forge, pypi: Ask, path: tuple[str | int, ...], reason: str
) -> None:
    answer = await pypi(between(forge, path))
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


async def test_one_bad_attestation_spoils_the_document(forge: Forge, pypi: Ask) -> None:
    answer = await pypi(forge.pypi(Recipe(), Recipe(stamps=0)))
    assert isinstance(answer, Rejected)
    assert answer.reason == "sct"


@pytest.mark.parametrize(
    ("name", "sha256", "reason"),
    [
        (FILE, "0" * 64, "subject-digest"),
        (FILE, SHA256.upper(), "subject-digest"),
        (FILE.replace("1.0", "1.1"), SHA256, "subject-name"),
        (FILE.replace("calc", "calm"), SHA256, "subject-name"),
        ("calc-1.0.exe", SHA256, "subject-name"),
        ("", SHA256, "subject-name"),
    ],
)
async def test_a_good_document_is_of_no_other_file(
    forge: Forge, pypi: Ask, name: str, sha256: str, reason: str
) -> None:
    answer = await pypi(forge.pypi(), name, sha256)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


ENDED = {"start": "2020-01-01T00:00:00Z", "end": "2026-03-23T00:00:00Z"}


@pytest.mark.parametrize(
    ("roots", "reason"),
    [
        (lambda forge: forge.trusted_root(tlogs=[forge.log(forge.rekor, ENDED)]), "log-key-time"),
        (lambda forge: forge.trusted_root(ctlogs=[forge.log(forge.ctlog, ENDED)]), "sct"),
        (lambda forge: forge.trusted_root(ctlogs=[forge.log(made_key(), {"start": ENDED["start"]})]), "sct"),
        (lambda forge: forge.trusted_root(certificateAuthorities=[forge.told_authority(ENDED)]), "certificate-chain"),
        (
            lambda forge: Forge().trusted_root(tlogs=[forge.log(forge.rekor, {"start": ENDED["start"]})]),
            "certificate-chain",
        ),
        (lambda _: Forge().trusted_root(), "log-key-unknown"),
        (lambda forge: forge.trusted_root(tlogs=[]), "trust-root"),
        (lambda _: b"{}", "trust-root"),
    ],
)
async def test_keys_count_at_their_time_only(forge: Forge, roots: Callable[[Forge], bytes], reason: str) -> None:
    verifier = AttestationVerifier(TrustRoot(roots(forge), forge.npm_keys()))
    answer = await verifier.pypi(FILE, SHA256, json.dumps(forge.pypi()).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b'"version": 1', b'"version": 1, "version": 1', 1), "malformed"),
        (lambda data: data[:-1], "malformed"),
        (lambda data: data + b"x", "malformed"),
        (lambda data: data.decode().encode("utf-16"), "malformed"),
        (lambda _: b"", "malformed"),
        (lambda _: b"NaN", "malformed"),
        (lambda _: b"\xff", "malformed"),
        (lambda _: b"[" * 100_000, "malformed"),
        (lambda _: b'{"a":' * 50_000, "malformed"),
        (lambda data: data + b" " * limits.PROVENANCE_BYTES_MAX, "too-large"),
    ],
)
async def test_what_is_no_plain_document_is_rejected(
    forge: Forge, forged: AttestationVerifier, change: Callable[[bytes], bytes], reason: str
) -> None:
    answer = await forged.pypi(FILE, SHA256, change(json.dumps(forge.pypi()).encode()))
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


REAL_EDITS: dict[str, tuple[Edit, str]] = {
    "signature": (turned(*ENVELOPE, "signature", by=flip(-1)), "signature"),
    "statement": (turned(*ENVELOPE, "statement", by=flip(200)), "signature"),
    "log time": (turned(*ENTRY, "integratedTime", by=later(1)), "log-promise"),
    "log number": (turned(*ENTRY, "logIndex", by=later(1)), "log-promise"),
    "place in the tree": (turned(*PROOF, "logIndex", by=later(1)), "inclusion-proof"),
    "checkpoint": (
        turned(*CHECKPOINT, by=lambda told: told.replace("sigstore.dev", "example.invalid", 1)),
        "checkpoint",
    ),
    "no entry": (put(*ENTRIES, to=[]), "log-entries"),
    "certificate": (turned(*CERTIFICATE, by=flip(700)), "certificate-chain"),
    "repository": (put(*BUNDLE, "publisher", "repository", to="someone/else"), "publisher-mismatch"),
    "renamed repository": (put(*BUNDLE, "publisher", "repository", to="pypi/pypi-attestations"), "publisher-mismatch"),
    "workflow": (put(*BUNDLE, "publisher", "workflow", to="tests.yml"), "publisher-mismatch"),
}


@pytest.mark.parametrize("case", REAL_EDITS)
async def test_a_changed_real_document_is_rejected(real: AttestationVerifier, fixtures: Path, case: str) -> None:
    edit, reason = REAL_EDITS[case]
    told = copy_of(document(fixtures))
    edit(told)
    answer = await real.pypi(*REAL, json.dumps(told).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == reason, answer


async def test_a_good_document_of_a_strangers_keys_counts_for_nothing(forge: Forge, real: AttestationVerifier) -> None:
    answer = await real.pypi(FILE, SHA256, json.dumps(forge.pypi()).encode())
    assert isinstance(answer, Rejected)
    assert answer.reason == "log-key-unknown"
