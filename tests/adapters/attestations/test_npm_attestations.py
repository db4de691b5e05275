"""Attestations of npm that hold, and the registry's own signature."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pratique.adapters.attestations.anchors import anchors_of
from pratique.adapters.attestations.npm import NpmAttestations
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model.provenance import KeySigned, Logged, Rejected, Signer
from tests.adapters.attestations.conftest import Ask
from tests.adapters.attestations.edits import drop
from tests.adapters.attestations.forge import NOW, NPM, SHA, Forge, b64

PUBLISHED = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
BY_REGISTRY = replace(NPM, key_id="SHA256:one", predicate_type=PUBLISHED)
REAL = {
    "npm-sigstore-0.4.0.slsa.json": (
        "pkg:npm/sigstore@0.4.0",
        "282c0c5fa936d264321643581b65d3de5c0af6ed4fdfac12f5851115df39cc25cfaf0ad22d908487bfef30114d61c25746206d1834be4f8fd1659178f77cc004",
        "sigstore/sigstore-js",
        "refs/tags/v0.4.0",
    ),
    "npm-tuf-js-1.0.0.slsa.json": (
        "pkg:npm/tuf-js@1.0.0",
        "d5dc6c4301120f30022634dd607438c09d5ffe87fb8c02d629f2441d205651007fe544c9531f525ba1875e9e266752af7414490a91a3b2ca0f1468b886fc3cfc",
        "theupdateframework/tuf-js",
        "refs/tags/v1.0.0",
    ),
}


@pytest.mark.parametrize("name", REAL)
async def test_a_real_attestation_is_verified_and_says_who_built(
    real: AttestationVerifier, fixtures: Path, name: str
) -> None:
    purl, sha512, repository, ref = REAL[name]
    document = {"attestations": [json.loads((fixtures / name).read_bytes())]}
    answer = await real.npm(purl, sha512, json.dumps(document).encode())
    assert not isinstance(answer, Rejected), answer
    (verified,) = answer
    who = verified.identity
    assert (who.kind, who.repository, who.ref, who.workflow) == (
        Signer.GITHUB, repository, ref, ".github/workflows/publish.yml",
    )  # fmt: skip
    assert verified.subject == purl
    assert verified.digest == f"sha512:{sha512}"
    assert verified.evidence is Logged.LOG_PROMISE


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("bundle-0.1-no-proof.json", Logged.LOG_PROMISE),
        ("bundle-0.2-intoto.json", Logged.INCLUSION_PROOF),
        ("bundle-0.3-dsse.json", Logged.INCLUSION_PROOF),
    ],
)
def test_real_bundles_of_every_version_hold(fixtures: Path, name: str, evidence: Logged) -> None:
    signed = NpmAttestations(anchors_of(TrustRoot.shipped())).check(json.loads((fixtures / name).read_bytes()))
    assert signed.entry.evidence is evidence
    assert (signed.identity.kind, signed.identity.account) == (Signer.PERSON, "brian@dehamer.com")
    assert b'"name": "pkg:npm/sigstore@1.0.0"' in signed.envelope.payload


async def test_building_and_publishing_are_both_told(forge: Forge, npm: Ask) -> None:
    answer = await npm(forge.npm(NPM, BY_REGISTRY))
    assert not isinstance(answer, Rejected), answer
    built, published = answer
    assert built.identity.repository == "ann/calc"
    assert (published.identity.kind, published.identity.account) == (Signer.NPM_KEY, "SHA256:one")
    assert published.predicate_type == PUBLISHED
    assert built.evidence is published.evidence is Logged.INCLUSION_PROOF


async def test_an_old_bundle_whose_proof_nobody_signed_has_a_promise(forge: Forge, npm: Ask) -> None:
    told = forge.npm()
    bundle = told["attestations"][0]["bundle"]
    bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    drop("verificationMaterial", "tlogEntries", 0, "inclusionProof", "checkpoint")(bundle)
    answer = await npm(told)
    assert not isinstance(answer, Rejected), answer
    assert answer[0].evidence is Logged.LOG_PROMISE


async def test_a_new_bundle_has_one_certificate(forge: Forge, npm: Ask) -> None:
    told = forge.npm()
    bundle = told["attestations"][0]["bundle"]
    material = bundle["verificationMaterial"]
    bundle["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json"
    material["certificate"] = material.pop("x509CertificateChain")["certificates"][0]
    assert not isinstance(await npm(told), Rejected)


INTEGRITY = "sha512-abc=="


def signature(forge: Forge, signed: str) -> str:
    return b64(forge.registry.sign(signed.encode(), SHA))


async def test_the_signature_of_the_registry_is_verified(forge: Forge, forged: AttestationVerifier) -> None:
    told = [("SHA256:gone", "AAAA"), ("SHA256:one", signature(forge, f"@ann/calc@1.0.0:{INTEGRITY}"))]
    answer = await forged.npm_signature("@ann/calc", "1.0.0", INTEGRITY, told, NOW)
    assert answer == KeySigned("SHA256:one")


@pytest.mark.parametrize(
    ("signed", "key", "days", "reason"),
    [
        (f"calc@1.0.1:{INTEGRITY}", "SHA256:one", 0, "signature"),
        ("calc@1.0.0:sha512-other", "SHA256:one", 0, "signature"),
        (f"calm@1.0.0:{INTEGRITY}", "SHA256:one", 0, "signature"),
        (f"calc@1.0.0:{INTEGRITY}", "SHA256:two", 0, "npm-key"),
        (f"calc@1.0.0:{INTEGRITY}", "SHA256:one", -10_000, "npm-key"),
    ],
)
async def test_another_signature_of_the_registry_is_rejected(
    forge: Forge, forged: AttestationVerifier, signed: str, key: str, days: int, reason: str
) -> None:
    told = [(key, signature(forge, signed))]
    answer = await forged.npm_signature("calc", "1.0.0", INTEGRITY, told, NOW + timedelta(days=days))
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


@pytest.mark.parametrize(
    ("told", "reason"),
    [([], "npm-key"), ([("SHA256:one", "?")], "malformed"), ([("SHA256:one", "AAAA")] * 9, "too-large")],
)
async def test_signatures_that_are_none_are_rejected(
    forged: AttestationVerifier, told: list[tuple[str, str]], reason: str
) -> None:
    answer = await forged.npm_signature("calc", "1.0.0", INTEGRITY, told, NOW)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


async def test_a_time_in_no_zone_is_no_time(forge: Forge, forged: AttestationVerifier) -> None:
    told = [("SHA256:one", signature(forge, f"calc@1.0.0:{INTEGRITY}"))]
    answer = await forged.npm_signature("calc", "1.0.0", INTEGRITY, told, NOW.replace(tzinfo=None))
    assert isinstance(answer, Rejected)


def test_the_keys_that_ship_are_those_of_the_registry() -> None:
    keys = anchors_of(TrustRoot.shipped()).npm
    assert sorted({key for _, key in keys}) == [
        "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
        "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
    ]
