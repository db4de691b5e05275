"""The parts of the libraries that are not public: this fails when they move, and says where they are used."""

from importlib.metadata import version
from pathlib import Path

import pytest
from pypi_attestations import (
    Attestation,
    AttestationType,
    CircleCIPublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
)

from pratique.adapters.attestations.library import PREDICATE_TYPES, Publisher, Reference
from pratique.adapters.attestations.refusal import Refused
from pratique.adapters.attestations.root import TrustRoot
from pratique.model.provenance import Reason
from tests.adapters.attestations.forge import Forge, Recipe, made_key
from tests.adapters.attestations.test_pypi import document


def test_every_kind_of_publisher_still_becomes_a_policy() -> None:
    for told in (
        GitHubPublisher(repository="a/b", workflow="c.yml"),
        GitLabPublisher(repository="a/b", workflow_filepath="c.yml"),
        GooglePublisher(email="a@example.invalid"),
        CircleCIPublisher(project_id="a", pipeline_definition_id="b"),
    ):
        assert callable(Publisher(told).verify)


def test_the_libraries_are_those_that_were_read() -> None:
    assert version("sigstore").startswith("4.5.")
    assert version("pypi-attestations").startswith("0.0.")


def test_two_kinds_of_statements_are_taken() -> None:
    assert {each.value for each in AttestationType} == PREDICATE_TYPES
    assert len(PREDICATE_TYPES) == 2


def test_the_reference_implementation_has_a_word_of_its_own(forge: Forge, fixtures: Path) -> None:
    reference = Reference(TrustRoot(forge.trusted_root(), forge.npm_keys()))
    ((publisher, (attestation,)),) = reference.read(forge.pypi(Recipe(checkpoint_by=made_key())))
    with pytest.raises(Refused) as caught:
        reference.agree(attestation, publisher, attestation.envelope.statement)
    assert caught.value.reason is Reason.SECOND_OPINION
    ((publisher, (good,)),) = reference.read(forge.pypi())
    reference.agree(good, publisher, good.envelope.statement)
    with pytest.raises(Refused, match="another statement"):
        reference.agree(good, publisher, b"{}")
    real = Attestation.model_validate(document(fixtures)["attestation_bundles"][0]["attestations"][0])
    with pytest.raises(Refused) as caught:
        reference.agree(real, publisher, real.envelope.statement)
    assert caught.value.reason is Reason.SECOND_OPINION
