"""Every adapter that a contract suite asks: one line each, by name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from pratique.adapters.blobs.disk import DiskBlobs
from pratique.adapters.blobs.memory import MemoryBlobs
from pratique.adapters.clock import SystemClock
from pratique.adapters.store.memory import MemoryStore
from pratique.adapters.store.sqlite import SqliteStore
from pratique.adapters.system import Ed25519Signer
from pratique.ports import Blobs, Signer, Store
from tests.contracts.folder_store import FolderStore


async def in_process(store: Store) -> Store:
    """A store that needs no opening."""
    return store


STORES: dict[str, Callable[[Path, Signer], Awaitable[Store]]] = {
    "memory": lambda _, signer: in_process(MemoryStore(signer)),
    "sqlite": lambda folder, signer: SqliteStore.open(folder / "ledger.sqlite", signer),
    "folder": lambda folder, signer: in_process(FolderStore(folder, signer)),
}

BLOBS: dict[str, Callable[[Path], Blobs]] = {
    "memory": lambda _: MemoryBlobs(),
    "disk": lambda folder: DiskBlobs(folder / "blobs", SystemClock()),
}


@pytest.fixture(scope="session")
def signer() -> Ed25519Signer:
    return Ed25519Signer.fresh("ledger.example/contract")


Opening = Callable[[Signer], Awaitable[Store]]


@pytest.fixture(params=STORES)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens an empty store of each kind, under a signer of the test's choice."""
    return lambda signer: STORES[request.param](tmp_path, signer)


@pytest.fixture
async def store(opening: Opening, signer: Ed25519Signer) -> AsyncIterator[Store]:
    opened = await opening(signer)
    yield opened
    await opened.close()


@pytest.fixture(params=BLOBS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return BLOBS[request.param](tmp_path)
