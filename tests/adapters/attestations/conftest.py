import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pratique.adapters.attestations.root import TrustRoot
from pratique.adapters.attestations.verifier import AttestationVerifier
from pratique.model.provenance import Provenance
from tests.adapters.attestations.edits import Plain
from tests.adapters.attestations.forge import FILE, PURL, SHA256, SHA512, Forge

Ask = Callable[..., Awaitable[Provenance]]


@pytest.fixture(scope="session")
def real() -> AttestationVerifier:
    """With the keys that ship."""
    return AttestationVerifier()


@pytest.fixture(scope="session")
def forge() -> Forge:
    return Forge()


@pytest.fixture(scope="session")
def forged(forge: Forge) -> AttestationVerifier:
    """With the keys of the forge."""
    return AttestationVerifier(TrustRoot(forge.trusted_root(), forge.npm_keys()))


@pytest.fixture
def pypi(forged: AttestationVerifier) -> Ask:
    async def ask(document: Plain, name: str = FILE, sha256: str = SHA256) -> Provenance:
        return await forged.pypi(name, sha256, json.dumps(document).encode())

    return ask


@pytest.fixture
def npm(forged: AttestationVerifier) -> Ask:
    async def ask(document: Plain, purl: str = PURL, sha512: str = SHA512) -> Provenance:
        return await forged.npm(purl, sha512, json.dumps(document).encode())

    return ask


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return Path(__file__).parent / "fixtures"
