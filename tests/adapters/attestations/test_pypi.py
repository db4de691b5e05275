"""Provenance of PyPI that holds: real, and of every kind of publisher."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model.provenance import Identity, Logged, Provenance, Rejected, Signer, Verified
from tests.adapters.attestations.conftest import Ask
from tests.adapters.attestations.forge import CLAIMS, NPM, SHA256, Forge, Recipe

REAL = ("pypi_attestations-0.0.19.tar.gz", "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3")
BY = {"kind": "GitHub", "repository": "trailofbits/pypi-attestations", "workflow": "release.yml"}


def document(fixtures: Path, publisher: dict[str, Any] | None = None) -> dict[str, Any]:
    attestation = json.loads((fixtures / "pypi-attestations-0.0.19.slsa.json").read_bytes())
    return {"version": 1, "attestation_bundles": [{"publisher": publisher or BY, "attestations": [attestation]}]}


def one(answer: Provenance) -> Verified:
    assert not isinstance(answer, Rejected), answer
    (verified,) = answer
    return verified


async def test_a_real_attestation_is_verified_and_says_who_built(real: AttestationVerifier, fixtures: Path) -> None:
    verified = one(await real.pypi(*REAL, json.dumps(document(fixtures)).encode()))
    who = verified.identity
    assert (who.kind, who.repository, who.repository_id, who.owner_id) == (
        Signer.GITHUB, "trailofbits/pypi-attestations", "772247423", "2314423",
    )  # fmt: skip
    assert (who.workflow, who.ref) == (".github/workflows/release.yml", "refs/tags/v0.0.19")
    assert (who.trigger, who.runner, who.environment) == ("release", "github-hosted", "")
    assert who.commit == "08802efe1f8e5fec4ad842d6b8ce97656092ee72"
    assert who.run.endswith("/actions/runs/12169989787/attempts/1")
    assert who.log_index == 153454647
    assert str(who.log_time) == "2024-12-04 23:13:46+00:00"
    assert (verified.subject, verified.digest) == (REAL[0], f"sha256:{REAL[1]}")
    assert verified.evidence is Logged.INCLUSION_PROOF


async def test_the_environment_that_the_index_claims_is_not_believed(real: AttestationVerifier, fixtures: Path) -> None:
    told = document(fixtures, {**BY, "environment": "production"})
    assert one(await real.pypi(*REAL, json.dumps(told).encode())).identity.environment == ""


async def test_the_environment_of_the_certificate_is(forge: Forge, pypi: Ask) -> None:
    recipe = Recipe(claims={**CLAIMS, 23: "production"})
    assert one(await pypi(forge.pypi(recipe))).identity.environment == "production"


async def test_every_attestation_of_every_bundle_is_told(forge: Forge, pypi: Ask) -> None:
    told = forge.pypi(Recipe(), Recipe())
    told["attestation_bundles"] += forge.pypi(Recipe())["attestation_bundles"]
    answer = await pypi(told)
    assert not isinstance(answer, Rejected)
    assert len(answer) == 3


async def test_a_name_in_another_spelling_is_the_same_file(forge: Forge, pypi: Ask) -> None:
    recipe = Recipe(subjects=({"name": "Calc-1.0-py3-none-any.whl", "digest": {"sha256": SHA256}},))
    assert one(await pypi(forge.pypi(recipe))).subject == "Calc-1.0-py3-none-any.whl"


PROJECT = "https://gitlab.com/group/sub/calc"
PIPELINE = "https://circleci.com/api/v2/projects/one/pipeline-definitions/two"
MAIL = "builder@calc.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("publisher", "claims", "name", "expected"),
    [
        pytest.param(
            {"kind": "GitLab", "repository": "group/sub/calc", "workflow_filepath": "ci/release.yml"},
            {
                8: "https://gitlab.com",
                12: PROJECT,
                13: "1" * 40,
                14: "refs/tags/1",
                18: f"{PROJECT}//ci/release.yml@refs/tags/1",
            },
            x509.UniformResourceIdentifier(f"{PROJECT}//ci/release.yml@refs/tags/1"),
            ("gitlab", "group/sub/calc", "ci/release.yml", ""),
            id="gitlab",
        ),
        pytest.param(
            {"kind": "Google", "email": MAIL},
            {1: "https://accounts.google.com", 8: "https://accounts.google.com"},
            x509.RFC822Name(MAIL),
            ("google", "", "", MAIL),
            id="google",
        ),
        pytest.param(
            {"kind": "CircleCI", "project_id": "one", "pipeline_definition_id": "two"},
            {8: "https://oidc.circleci.com", 9: PIPELINE, 12: "github.com/ann/calc"},
            x509.UniformResourceIdentifier(PIPELINE),
            ("circleci", "github.com/ann/calc", "", PIPELINE),
            id="circleci",
        ),
    ],
)
async def test_every_kind_of_publisher_is_told_as_what_it_is(
    forge: Forge,
    pypi: Ask,
    publisher: dict[str, str],
    claims: dict[int, str],
    name: x509.GeneralName,
    expected: tuple[str, ...],
) -> None:
    recipe = Recipe(claims=claims, names=(name,))
    who: Identity = one(await pypi(forge.pypi(recipe, publisher=publisher))).identity
    assert (who.kind, who.repository, who.workflow, who.account) == expected


async def test_old_certificates_say_less_and_that_is_told(forge: Forge, npm: Ask) -> None:
    old = {1: CLAIMS[8], 2: "release", 3: "2" * 40, 4: "publish", 5: "ann/calc", 6: "refs/tags/v1.0"}
    who = one(await npm(forge.npm(replace(NPM, claims=old)))).identity
    assert (who.repository, who.workflow, who.trigger) == ("ann/calc", ".github/workflows/release.yml", "release")
    assert (who.repository_id, who.owner_id, who.commit) == ("", "", "2" * 40)


async def test_a_workflow_of_another_repository_is_told_whole(forge: Forge, npm: Ask) -> None:
    elsewhere = "https://github.com/org/shared/.github/workflows/build.yml"
    who = one(await npm(forge.npm(replace(NPM, claims={**CLAIMS, 18: f"{elsewhere}@refs/heads/main"})))).identity
    assert who.workflow == elsewhere


async def test_a_claim_of_any_length_is_read(forge: Forge, pypi: Ask) -> None:
    for length in (1, 127, 128, 255, 256, 2_000):
        who = one(await pypi(forge.pypi(Recipe(claims={**CLAIMS, 23: "e" * length})))).identity
        assert who.environment == "e" * length
