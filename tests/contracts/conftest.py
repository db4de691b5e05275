from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.ports import Blobs, Store


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    return Ed25519Signer.fresh("ledger.example/contract")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, signer: Ed25519Signer) -> AsyncIterator[Store]:
    opened: Store = (
        MemoryStore(signer) if request.param == "memory" else await SqliteStore.open(tmp_path / "l.sqlite", signer)
    )
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "disk"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return MemoryBlobs() if request.param == "memory" else DiskBlobs(tmp_path / "blobs")
