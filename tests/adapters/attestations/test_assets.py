"""Published attestations that name a registry's host, and so are not kept here: read from a folder that a variable names.

`PRATIQUE_ATTESTATION_ASSETS` names a folder with `pypi-attestations` (`test/assets` of the source distribution of that package),
`pacote` (`test/fixtures/sigstore` of npm/pacote), `sigstore-js` (`tests/bundles` of sigstore/sigstore-js) and `conformance`
(`test/assets/bundle-verify` of sigstore/sigstore-conformance). Parts that are not there are skipped.
"""

import hashlib
import json
import os
from pathlib import Path

import pytest

from pratique.adapters.attestations import npm as module
from pratique.adapters.attestations.anchors import anchors_of
from pratique.adapters.attestations.npm import NpmAttestations
from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier, closed
from pratique.model.provenance import Identity, Provenance, Rejected, Signer
from tests.adapters.attestations.edits import Plain
from tests.adapters.attestations.test_npm_attestations import REAL

pytestmark = pytest.mark.journey


def assets(name: str) -> Path:
    folder = Path(os.environ.get("PRATIQUE_ATTESTATION_ASSETS", "none")) / name  # noqa: TID251 - of the tests only
    if not folder.is_dir():
        pytest.skip(f"no folder {name} with published attestations")
    return folder


def told(folder: Path, name: str) -> Plain:
    return json.loads((folder / name).read_bytes())


def kinds(answer: Provenance) -> list[tuple[str, str, str]]:
    assert not isinstance(answer, Rejected), answer
    return [(each.identity.kind, each.identity.repository, each.identity.account) for each in answer]


@pytest.mark.parametrize(
    ("file", "sha256", "expected"),
    [
        (
            "pypi_attestations-0.0.19.tar.gz",
            "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3",
            [("github", "trailofbits/pypi-attestations", "")],
        ),
        (
            "circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl",
            "",
            [("circleci", "", "")],
        ),
        (
            "gcb_attestation_test-0.0.0.tar.gz",
            "",
            [("google", "", "919436158236-compute@developer.gserviceaccount.com")],
        ),
    ],
)
async def test_provenance_documents_are_verified(
    real: AttestationVerifier, file: str, sha256: str, expected: list[tuple[str, str, str]]
) -> None:
    folder = assets("pypi-attestations")
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    assert digest == (sha256 or digest)
    answer = await real.pypi(file, digest, (folder / f"{file}.provenance").read_bytes())
    seen = kinds(answer)
    assert [each[0] for each in seen] == [each[0] for each in expected]
    assert all(found == wanted for found, wanted in zip(seen, expected, strict=True) if any(wanted[1:]))


@pytest.mark.parametrize(
    ("file", "suffix", "publisher", "outcome"),
    [
        (
            "gitlab_oidc_project-0.0.3.tar.gz",
            "publish.attestation",
            {"kind": "GitLab", "repository": "facutuesca/gitlab-oidc-project", "workflow_filepath": ".gitlab-ci.yml"},
            "gitlab",
        ),
        (
            "pypi_attestation_models-0.0.4a2.tar.gz",
            "attestation",
            {"kind": "GitHub", "repository": "trailofbits/pypi-attestation-models", "workflow": "release.yml"},
            "github",
        ),
        (
            "pypi_attestations-0.0.19.tar.gz",
            "slsa.attestation",
            {"kind": "GitHub", "repository": "trailofbits/pypi-attestations", "workflow": "release.yml"},
            "github",
        ),
        (
            "rfc8785-0.1.2-py3-none-any.whl",
            "publish.attestation",
            {"kind": "GitHub", "repository": "a/b", "workflow": "c"},
            "log-key-unknown",
        ),
    ],
)
async def test_attestations_by_themselves_are_as_they_should_be(
    real: AttestationVerifier, file: str, suffix: str, publisher: dict[str, str], outcome: str
) -> None:
    folder = assets("pypi-attestations")
    bundle = {"publisher": publisher, "attestations": [told(folder, f"{file}.{suffix}")]}
    document = json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()
    answer = await real.pypi(file, hashlib.sha256((folder / file).read_bytes()).hexdigest(), document)
    assert (answer.reason if isinstance(answer, Rejected) else kinds(answer)[0][0]) == outcome, answer


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("valid", None),
        ("invalid", "malformed"),
        ("malformed-subject", "signature"),
        ("mismatched-keyid", "npm-key"),
        ("mismatched-subject-digest", "signature"),
        ("mismatched-subject-name", "signature"),
        ("no-keyid", "malformed"),
        ("unsupported", "signature"),
    ],
)
async def test_what_npm_tests_itself_with(real: AttestationVerifier, name: str, outcome: str | None) -> None:
    purl, sha512, *_ = REAL["npm-sigstore-0.4.0.slsa.json"]
    document = (assets("pacote") / f"{name}-attestations.json").read_bytes()
    answer = await real.npm(purl, sha512, document)
    if outcome is None:
        assert [each[0] for each in kinds(answer)] == [Signer.GITHUB, Signer.NPM_KEY]
    else:
        assert isinstance(answer, Rejected)
        assert answer.reason == outcome, answer


def test_bundles_of_sigstore_js_hold() -> None:
    npm = NpmAttestations(anchors_of(TrustRoot.shipped()))
    bundles = sorted(assets("sigstore-js").glob("*.sigstore"))
    assert len(bundles) == 9
    for each in bundles:
        plain = json.loads(each.read_bytes())
        assert not isinstance(closed(lambda plain=plain: npm.check(plain)), Rejected), each.name  # type: ignore[misc]  # bound at once


NOT_READ = frozenset({"rekor2-dsse-happy-path"})
"""Entries of the second kind of log, which neither PyPI nor npm have."""


def test_envelopes_of_the_conformance_suite_are_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    # Some of its certificates name no repository, which is not what is tried here.
    monkeypatch.setattr(module, "identity_of", lambda *_: Identity(Signer.PERSON))
    seen = {}
    for folder in sorted(assets("conformance").iterdir()):
        bundle = folder / "bundle.sigstore.json"
        text = bundle.read_bytes() if bundle.is_file() else b""
        if b'"dsseEnvelope"' in text:
            root = folder / "trusted_root.json"
            npm = NpmAttestations(anchors_of(TrustRoot.read(root) if root.is_file() else TrustRoot.shipped()))
            answer = closed(lambda text=text, npm=npm: npm.check(json.loads(text)))  # type: ignore[misc]  # bound at once
            seen[folder.name] = answer.reason if isinstance(answer, Rejected) else "holds"
    print(json.dumps(seen, indent=1))  # noqa: T201 - the table is what is reported
    assert len(seen) >= 10
    wrong = {name for name, outcome in seen.items() if (outcome == "holds") == name.endswith("_fail")}
    assert wrong <= NOT_READ, seen
